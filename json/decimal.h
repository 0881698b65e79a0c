/* Numbers as decimal digits, from their source: private to json/number*.c. */
#ifndef JSON_DECIMAL_H
#define JSON_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "json/reader.h"

/* sign * DIGITS * 10^scale; the digits have no zeros at either end, none at all for zero. */
struct decimal {
    bool negative;
    struct str digits; /* may hold one '.' */
    size_t count;      /* of digits */
    int64_t scale;
    char own[32];
};

/* RFC 8259, section 6. The text is known to be a number, and must outlive the decimal. */
void decimal_parse(struct decimal *d, struct str text);

/* By its lexeme in `doc` (may be NULL), else its integer or the fewest digits of its double. */
void decimal_of(struct decimal *d, const struct json_doc *doc, const json_t *number);

/* The digits in turn, from *at = 0, the point left out; 0 behind the last. */
int decimal_digit(const struct decimal *d, size_t *at);

int decimal_compare(const struct decimal *x, const struct decimal *y);

/* |a - b| <= limit? Exactly, while no more than DECIMAL_WIDTH_MAX digits lie between the places. */
bool decimal_is_close(const struct decimal *a, const struct decimal *b,
                      const struct decimal *limit);

enum { DECIMAL_WIDTH_MAX = 20000 };

/* The fewest digits that give the double back, as snprintf would write them. */
int decimal_shortest(char *out, size_t size, double value);

#endif
