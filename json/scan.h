/* The bytes of JSON's strings and numbers (RFC 8259, sections 6 and 7): private to the reader. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/*
 * The first byte from `p` on that is a quote, a backslash, a control character or beyond ASCII.
 * There must be one before the text's end or right at it, and seven readable bytes behind it: the
 * NUL and the padding that end a document's text. Eight bytes at once: a borrow can only spoil the
 * bytes above the first one that is found.
 */
static inline const char *scan_plain(const char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

    for (;; p += 8) {
        uint64_t w, quote, slash, found;

        memcpy(&w, p, 8);
        quote = w ^ ones * '"';
        slash = w ^ ones * '\\';
        found = ((w - ones * 0x20) | (quote - ones) | (slash - ones) | w) & highs;
        if (found)
            return p + __builtin_ctzll(found) / 8;
    }
#else
    while ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
#endif
}

struct scan_string {
    const char *at; /* in: behind the opening quote. out: the closing quote, or the fault */
    const char *end;
    struct buf *out; /* the content with escapes resolved, when there are any */
    bool escaped;    /* out: the content is in `out`, else it is the bytes themselves */
    const char *fault;
};

/*
 * Scans to the closing quote, checking UTF-8 and escapes; what scan_plain() asks of the text is
 * asked here too. False: `fault` says what is wrong at `at`.
 */
bool scan_string(struct scan_string *s);

/*
 * The escape whose backslash stands at s->at, added to s->out. Returns the bytes it takes, 0:
 * `fault` says what is wrong.
 */
size_t scan_escape(struct scan_string *s);

/* Length of the valid UTF-8 sequence (RFC 3629) at `p`, 0 when there is none. p < end. */
size_t scan_utf8_length(const char *p, const char *end);

struct scan_number {
    const char *at;  /* in: its first byte. out: behind it, or where the fault is */
    bool is_integer; /* neither fraction nor exponent */
    bool fits;       /* an integer within int64 */
    int64_t integer;
    bool is_real_exact; /* `real` is right without a slow conversion */
    double real;
    unsigned digits;   /* significant ones, without zeros at either end; 0 for a zero */
    const char *fault; /* what was expected */
};

/* What follows the number must be readable: at the end of a text, its NUL. */
bool scan_number(struct scan_number *n);

/* What stands at `at`, for messages: "\"x\"", "the end", "byte 0x01". */
void scan_describe(char *out, size_t size, const char *at, const char *end);

/* How many bytes the escape at `at` (its backslash) takes in the source, and gives in the content.
 */
size_t scan_escape_length(const char *at, const char *end, size_t *ret_content);

#endif
