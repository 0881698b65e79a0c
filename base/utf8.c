#define _XOPEN_SOURCE 700 /* wcwidth */
#include "base/utf8.h"

#include <locale.h>
#include <stdint.h>
#include <wchar.h>

size_t utf8_decode(struct str s, unsigned *ret_code_point)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s.data;
    size_t n = p[0] < 0x80             ? 1
               : (p[0] & 0xE0) == 0xC0 ? 2
               : (p[0] & 0xF0) == 0xE0 ? 3
               : (p[0] & 0xF8) == 0xF0 ? 4
                                       : 0;
    unsigned c;

    if (n == 0 || n > s.len)
        return 0;
    c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *ret_code_point = c;
    return n;
}

bool utf8_is_valid(struct str s)
{
    for (size_t i = 0, n; i < s.len; i += n) {
        unsigned c;

        n = utf8_decode(str_slice(s, i, s.len), &c);
        if (!n)
            return false;
    }
    return true;
}

void utf8_repair(struct buf *out, struct str bytes)
{
    size_t plain = 0, i = 0;

    while (i < bytes.len) {
        unsigned c;
        const size_t n = utf8_decode(str_slice(bytes, i, bytes.len), &c);

        if (!n) {
            buf_add(out, bytes.data + plain, i - plain);
            buf_printf(out, "\\x%02x", (unsigned char)bytes.data[i]);
            plain = i + 1;
        }
        i += n ? n : 1;
    }
    if (i > plain)
        buf_add(out, bytes.data + plain, i - plain);
}

struct str utf8_part(struct str s, size_t max)
{
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.data[max] & 0xC0) == 0x80)
        max--;
    return str_slice(s, 0, max);
}

bool utf8_is_harmful(unsigned c)
{
    if (c < 0x20)
        return c != '\n' && c != '\t';
    if (c < 0x7f)
        return false;
    return c < 0xa0 || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

void utf8_visible(struct buf *out, struct str bytes)
{
    size_t plain = 0, i = 0;

    while (i < bytes.len) {
        unsigned char byte = (unsigned char)bytes.data[i];
        unsigned c = 0;
        size_t n;

        if (byte >= 0x20 && byte < 0x7f) {
            i++;
            continue;
        }
        n = utf8_decode(str_slice(bytes, i, bytes.len), &c);
        if (n && !utf8_is_harmful(c)) {
            i += n;
            continue;
        }
        buf_add(out, bytes.data + plain, i - plain);
        if (n)
            buf_printf(out, "\\u{%x}", c);
        else
            buf_printf(out, "\\x%02x", byte);
        i += n ? n : 1;
        plain = i;
    }
    if (i > plain)
        buf_add(out, bytes.data + plain, i - plain);
}

/* ---- columns ---- */

enum { VARIATION_EMOJI = 0xfe0f };

static size_t width_of(unsigned c)
{
    int n;

    if (c < 0x80 || c == VARIATION_EMOJI) /* it may make the character before it a wide one */
        return 1;
    n = wcwidth((wchar_t)c);
    return n < 0 ? 2 : (size_t)n;
}

/* How many bytes, whole characters, fit into `room` columns. */
static size_t measure(struct str text, size_t room, size_t *ret_used)
{
    size_t at = 0, used = 0;

    while (at < text.len) {
        unsigned c = '?';
        size_t n = utf8_decode(str_slice(text, at, text.len), &c), width = width_of(c);

        if (used + width > room)
            break;
        used += width;
        at += n ? n : 1;
    }
    *ret_used = used;
    return at;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* wcwidth() speaks of the locale's characters; the program's own locale stays "C". */
static size_t measure_unicode(struct str text, size_t room, size_t *ret_used)
{
    locale_t unicode, before;
    size_t at;

    if (is_ascii(text))
        return measure(text, room, ret_used);
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!unicode)
        return measure(text, room, ret_used);
    before = uselocale(unicode);
    at = measure(text, room, ret_used);
    uselocale(before);
    freelocale(unicode);
    return at;
}

size_t utf8_columns(struct str text)
{
    size_t used;

    measure_unicode(text, SIZE_MAX, &used);
    return used;
}

size_t utf8_clip(struct str text, size_t columns)
{
    size_t used;

    return measure_unicode(text, columns, &used);
}
