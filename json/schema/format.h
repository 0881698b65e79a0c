/*
 * The values of "format" that assert something, and what they say about strings. A name that is
 * not here asserts nothing, as every draft has it. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_FORMAT_H
#define JSON_SCHEMA_FORMAT_H

#include <stdbool.h>

#include "base/str.h"

struct format {
    const char *name;
    bool (*check)(struct str text); /* `text` is valid UTF-8 and may hold NUL */
};

const struct format *format_find(struct str name); /* NULL: unknown */

#endif
