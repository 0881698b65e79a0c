/* The meta-schemas of all drafts, as text: a table made from json/schema/metaschemas/. */
#ifndef JSON_SCHEMA_METASCHEMAS_H
#define JSON_SCHEMA_METASCHEMAS_H

#include <stddef.h>

struct metaschema {
    const char *uri; /* without a fragment */
    const char *text;
    size_t len;
};

extern const struct metaschema metaschemas[];
extern const size_t metaschema_count;

#endif
