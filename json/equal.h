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

/* The same, adding to *work what it took: a value is 1, and so are 64 bytes. */
bool json_equal_counted(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                        const json_t *b, uint64_t *work);

/*
 * Equal values have equal hashes: of one document, or of several when all are hashed `exactly`.
 * Without that, numbers that only their lexemes tell apart have the same hash, which is quick.
 */
uint64_t json_hash(const struct json_doc *doc, const json_t *value, bool exactly);

/* Does the document hold numbers that are worth to be hashed exactly? */
bool json_hash_is_exact(const struct json_doc *doc);

#endif
