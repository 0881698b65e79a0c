/* Schemas against their meta-schemas: private to json/schema/. */
#ifndef JSON_SCHEMA_META_H
#define JSON_SCHEMA_META_H

#include "json/schema/node.h"

/*
 * Checks every document that the program was made from, but for the drafts' own, against the
 * meta-schema of its dialect. Adds a fault for each value that has none yet.
 */
void meta_check(struct schema *schema, struct faults *faults);

/* As schema_compile, without that, and never NULL: `frames.failed` says whether it can be used. */
struct schema *schema_compile_unchecked(struct json_ref at, const struct schema_options *options,
                                        struct faults *faults);

#endif
