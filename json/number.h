/*
 * Numbers by their exact decimal value: 1 is 1.0, 2^63 is not 2^63 - 1, 1e400 is more than 1e399. A
 * number is a json_t and the document it came from, whose lexeme table knows what int64 and double
 * cannot tell (json_doc_lexeme); the document may be NULL for numbers made by hand.
 */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include <stdbool.h>

#include "base/buf.h"
#include "json/reader.h"

enum { NUMBER_SHORT_DIVISOR = 19 }; /* digits of a divisor that a word holds */

/* Less than 0, 0, more than 0, as a is less than, equal to, more than b. Both must be numbers. */
int number_compare(const struct json_doc *doc_a, const json_t *a, const struct json_doc *doc_b,
                   const json_t *b);

/* The same with an integer that is no document's: a length, a count. */
int number_compare_integer(const struct json_doc *doc, const json_t *a, json_int_t b);

/* No fraction: 1.0 and 1e400 are integers, 1.5 and 1e-400 are not. */
bool number_is_integer(const struct json_doc *doc, const json_t *number);

/*
 * Is `number` a whole multiple of `divisor`, exactly, as decimals: 0.0075 of 0.0001, 1e308 of 0.5?
 * However many digits they have; beyond
 * NUMBER_SHORT_DIVISOR of the divisor the time is their product. Of 0 only 0 is one.
 */
bool number_is_multiple(const struct json_doc *doc, const json_t *number,
                        const struct json_doc *divisor_doc, const json_t *divisor);

/* |number - target| <= tolerance, as decimals: 0.4 is close to 0.3 by 0.1. */
bool number_is_close(const struct json_doc *doc, const json_t *number,
                     const struct json_doc *limits_doc, const json_t *target,
                     const json_t *tolerance);

/* Appends the number as its source had it, or else its shortest decimal form. */
void number_write(struct buf *out, const struct json_doc *doc, const json_t *number);

#endif
