/*
 * A JSON Schema (2020-12) that a value is valid under, for a person to start from: types, members,
 * which of them are required, the formats uuid, date-time and date. Elements of an array share one
 * schema, in which only what all of them have is required.
 */
#ifndef JSON_SCHEMA_INFER_H
#define JSON_SCHEMA_INFER_H

#include "json/reader.h"

/* Objects with more members than this are maps: their keys are data. */
enum { INFER_MEMBERS_MAX = 64 };

/* `doc` (may be NULL) knows the exact numbers of `value`. Returns owned. */
json_t *infer_schema(const struct json_doc *doc, json_t *value);

#endif
