/* The text of a recorded case file: what `record` knows, as a person would have written it. */
#ifndef CLI_RECORD_CASE_H
#define CLI_RECORD_CASE_H

#include "base/buf.h"
#include "json/reader.h"

struct record_case {
    const char *schema_ref; /* of "$schema"; NULL: left out */
    const char *suite, *name;
    const char *function; /* NULL: the project has one only */
    /* What is sent, at most one of: */
    const struct json_doc *payload;
    const char *payload_text;
    const char *event;
    /* What is expected; without any of it only that the function succeeds. */
    bool fails;
    const char *error_type; /* of a function that fails; "" has none */
    bool empty, is_text;    /* of a response that is no JSON */
    json_t *schema;         /* of the response, or NULL */
    json_t *body_schema;    /* of the JSON in its member "body", or NULL */
    const char *snapshot;   /* file name relative to the case file, or NULL */
    json_t *ignore;         /* array of JSONPaths; NULL or empty: none */
};

void record_case_print(struct buf *out, const struct record_case *c);

#endif
