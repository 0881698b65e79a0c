#include "base/codec.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_encode(struct buf *out, struct str bytes)
{
    char *to = buf_reserve(out, (bytes.len + 2) / 3 * 4);
    const unsigned char *in = (const unsigned char *)bytes.data;

    if (!to)
        return -1;
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t left = bytes.len - i;
        const uint32_t v = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                           (left > 2 ? in[i + 2] : 0);

        *to++ = alphabet[v >> 18];
        *to++ = alphabet[v >> 12 & 63];
        *to++ = left > 1 ? alphabet[v >> 6 & 63] : '=';
        *to++ = left > 2 ? alphabet[v & 63] : '=';
    }
    *to = '\0';
    out->len = (size_t)(to - out->data);
    return 0;
}

int hex_encode(struct buf *out, struct str bytes)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char c = (unsigned char)bytes.data[i];

        if (buf_putc(out, hex[c >> 4]) < 0 || buf_putc(out, hex[c & 15]) < 0)
            return -1;
    }
    return 0;
}

int percent_encode(struct buf *out, struct str bytes, const char *also_kept)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char c = (unsigned char)bytes.data[i];
        const bool kept = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          (c >= '0' && c <= '9') || (c && strchr("-_.~", c)) ||
                          (c && strchr(also_kept, c));
        const char encoded[3] = {'%', hex[c >> 4], hex[c & 15]};

        if (kept ? buf_putc(out, (char)c) < 0 : buf_add(out, encoded, 3) < 0)
            return -1;
    }
    return 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_decode(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (c == '%' && i + 2 < text.len && hex_value(text.data[i + 1]) >= 0 &&
            hex_value(text.data[i + 2]) >= 0) {
            c = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
            i += 2;
        }
        if (buf_putc(out, c) < 0)
            return -1;
    }
    return 0;
}

/* The inverse of `alphabet`, plus one: 0 for what does not stand in it. */
static const unsigned char base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64};

static int base64_value(char c)
{
    return base64_values[(unsigned char)c] - 1;
}

int base64_decode(struct buf *out, struct str text)
{
    const size_t start = out->len;

    if (text.len % 4)
        return -1;
    for (size_t i = 0; i < text.len; i += 4) {
        const bool last = i + 4 == text.len;
        const int pad = last ? (text.data[i + 3] == '=') + (text.data[i + 2] == '=') : 0;
        uint32_t v = 0;

        if (pad && text.data[i + 3] != '=')
            goto bad;
        for (int k = 0; k < 4; k++) {
            const int d = k >= 4 - pad ? 0 : base64_value(text.data[i + (size_t)k]);

            if (d < 0)
                goto bad;
            v = v << 6 | (uint32_t)d;
        }
        if ((pad == 1 && v & 0xff) || (pad == 2 && v & 0xffff))
            goto bad;
        const char bytes[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
        if (buf_add(out, bytes, 3 - (size_t)pad) < 0)
            goto bad;
    }
    return 0;
bad:
    out->len = start;
    if (out->data)
        out->data[start] = '\0';
    return -1;
}

void regex_quote(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] && strchr("\\^$.|?*+()[]{}-#/ ", text.data[i]))
            buf_putc(out, '\\');
        buf_putc(out, text.data[i]);
    }
}
