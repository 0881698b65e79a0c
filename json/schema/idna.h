/*
 * Internationalised labels of host names: IDNA 2008 (RFC 5890 to 5893) and Punycode (RFC 3492).
 * The tables are made from Python's Unicode data when smokegate is built. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_IDNA_H
#define JSON_SCHEMA_IDNA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { IDNA_LABEL_MAX = 63 };

/* Code points of one label. */
struct idna_label {
    uint32_t points[IDNA_LABEL_MAX];
    size_t count;
};

/* "xn--" is cut off before. False: it is no Punycode, or too long. Letters become lower case. */
bool punycode_decode(struct str text, struct idna_label *ret);

/* The length of the label in Punycode, without "xn--", and in `out` (of 64 bytes) the text itself;
 * 0: longer than 63. */
size_t punycode_encode(const struct idna_label *label, char *out);

/* Is it a U-label: valid code points in a valid context, normalised, no hyphens or marks where they
 * may not be? */
bool idna_is_label(const struct idna_label *label);

/* Has it right-to-left characters; does it meet the six conditions of RFC 5893, section 2? */
bool idna_has_right_to_left(const struct idna_label *label);
bool idna_meets_bidi_rule(const struct idna_label *label);

/* ---- tables ---- */

struct idna_range {
    uint32_t first, last;
    uint8_t value;
};

enum idna_bidi_class {
    BIDI_L,
    BIDI_R,
    BIDI_AL,
    BIDI_AN,
    BIDI_EN,
    BIDI_ES,
    BIDI_CS,
    BIDI_ET,
    BIDI_ON,
    BIDI_BN,
    BIDI_NSM
};

extern const struct idna_range idna_valid[], idna_bidi[], idna_marks[], idna_combining[];
extern const size_t idna_valid_count, idna_bidi_count, idna_marks_count, idna_combining_count;

/* Pairs that compose: sorted, `first` and `last` being the two. */
extern const struct idna_range idna_compositions[];
extern const size_t idna_compositions_count;

#endif
