/* Code points of text that is known to be valid UTF-8. Private to json/schema/. */
#ifndef JSON_SCHEMA_UTF8_H
#define JSON_SCHEMA_UTF8_H

#include <stdint.h>

#include "base/str.h"

/* The code point at *at, which moves behind it. *at < s.len. */
static inline uint32_t utf8_next(struct str s, size_t *at)
{
    const unsigned char first = (unsigned char)s.data[*at];
    size_t more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t c = more == 0 ? first : first & (0x3fu >> more);

    for (++*at; more && *at < s.len; more--, ++*at)
        c = c << 6 | ((unsigned char)s.data[*at] & 0x3f);
    return c;
}

#endif
