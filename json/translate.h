/* ECMA-262 and I-Regexp patterns rewritten for PCRE2: private to json/pattern.c. */
#ifndef JSON_TRANSLATE_H
#define JSON_TRANSLATE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/pattern.h"

/* The rewritten pattern, and for each of its bytes the byte of the source it came from. */
struct translation {
    struct buf out;
    uint32_t *origin;
    size_t origin_cap;
};

void translation_release(struct translation *t);

/* The byte of the source that a byte of the result came from. */
size_t translation_origin(const struct translation *t, size_t at);

/*
 * Rewrites `source`. ERR_INPUT for what the dialect does not have, although PCRE2 might;
 * *ret_offset is the byte then. Syntax faults that PCRE2 finds itself are left to it.
 */
int translate(struct translation *t, struct str source, enum pattern_dialect dialect,
              size_t *ret_offset, struct err *err);

/*
 * The name PCRE2 10.40 knows a Unicode property by (ECMA-262 table 69, RFC 9485 section 3), in
 * `out`, or false.
 */
bool translate_property(char *out, size_t size, struct str name, enum pattern_dialect dialect,
                        bool *ret_negate);

#endif
