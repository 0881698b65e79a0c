/*
 * Equality as JSON Schema (core, 4.2.2) and RFC 9535 (2.3.5.2.2) have it: numbers by their exact
 * value, members in any order, elements in order, strings byte for byte; true is not 1.
 */
#ifndef JSON_EQUAL_H
#define JSON_EQUAL_H

#include <stdbool.h>
#include <stdint.h>

#include "json/reader.h"

/* Each value with the document it came from, for its exact numbers; NULL for values made by hand.
 */
bool json_equal_exact(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                      const json_t *b);

/* Equal values, whatever documents they come from, have equal hashes. */
uint64_t json_hash(const json_t *value);

#endif
