/* Places as texts, for reports and output: private to json/schema/. */
#ifndef JSON_SCHEMA_EXPLAIN_H
#define JSON_SCHEMA_EXPLAIN_H

#include "base/buf.h"
#include "json/schema/eval.h"

/* schema_explain, perhaps with every branch in full. */
enum schema_verdict explain_all(const struct schema *schema, struct json_ref instance,
                                bool all_branches, struct schema_report *report);

/* Has it told all it may? */
bool explain_is_full(const struct schema_report *r);

/* The JSON Pointer from one value of a document to one inside it. */
const char *explain_pointer(struct arena *arena, const struct json_doc *doc, uint32_t from,
                            uint32_t to);

/* The keyword's place seen from the root schema, over the references on the way. */
const char *explain_keyword_location(struct arena *arena, const struct step *path,
                                     const struct node *n, uint32_t at);

/* The keyword's URI. */
const char *explain_absolute_location(struct arena *arena, const struct node *n, uint32_t at);

#endif
