#include "json/scan.h"

#include <stdio.h>
#include <string.h>

size_t scan_utf8_length(const char *p, const char *end)
{
    const unsigned char *s = (const unsigned char *)p;
    const size_t left = (size_t)(end - p);

    if (s[0] < 0xc2)
        return 0;
    if (s[0] < 0xe0)
        return left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if (s[0] < 0xf0) {
        if (left < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
            return 0;
        return (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ? 0 : 3;
    }
    if (s[0] > 0xf4 || left < 4 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 ||
        (s[3] & 0xc0) != 0x80)
        return 0;
    return (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ? 0 : 4;
}

static int hex4(const char *p, const char *end)
{
    int v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char c = p[i];

        if (c >= '0' && c <= '9')
            v = v << 4 | (c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            v = v << 4 | ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return v;
}

static void add_utf8(struct buf *out, unsigned cp)
{
    char bytes[4];
    size_t n = 0;

    if (cp < 0x80)
        bytes[n++] = (char)cp;
    else if (cp < 0x800) {
        bytes[n++] = (char)(0xc0 | cp >> 6);
        bytes[n++] = (char)(0x80 | (cp & 0x3f));
    } else if (cp < 0x10000) {
        bytes[n++] = (char)(0xe0 | cp >> 12);
        bytes[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        bytes[n++] = (char)(0x80 | (cp & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | cp >> 18);
        bytes[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        bytes[n++] = (char)(0x80 | (cp & 0x3f));
    }
    buf_add(out, bytes, n);
}

/* \uXXXX at `at`, a pair of them for what lies beyond the BMP. Returns the bytes used, 0: a fault.
 */
static size_t unicode_escape(struct scan_string *s)
{
    const int high = hex4(s->at + 2, s->end);
    int low;

    if (high < 0) {
        s->fault = "found \\u without four hex digits";
        return 0;
    }
    if (high < 0xd800 || high > 0xdfff) {
        add_utf8(s->out, (unsigned)high);
        return 6;
    }
    low =
        s->end - s->at >= 12 && s->at[6] == '\\' && s->at[7] == 'u' ? hex4(s->at + 8, s->end) : -1;
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        s->fault = "found half of a surrogate pair";
        return 0;
    }
    add_utf8(s->out, 0x10000 + (((unsigned)high & 0x3ff) << 10 | ((unsigned)low & 0x3ff)));
    return 12;
}

size_t scan_escape(struct scan_string *s)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *at;

    if (s->end - s->at < 2) {
        s->fault = "the string does not end";
        return 0;
    }
    if (s->at[1] == 'u')
        return unicode_escape(s);
    at = s->at[1] ? strchr(names, s->at[1]) : NULL;
    if (!at) {
        s->fault = "found an escape that JSON does not have; \\\\ is a backslash";
        return 0;
    }
    buf_putc(s->out, values[at - names]);
    return 2;
}

bool scan_string(struct scan_string *s)
{
    const char *from = s->at;

    buf_clear(s->out);
    for (;;) {
        size_t n;

        s->at = scan_plain(s->at);
        if (s->at == s->end) {
            s->fault = "the string does not end";
            return false;
        }
        if (*s->at == '"')
            break;
        if (*s->at == '\\') {
            buf_add(s->out, from, (size_t)(s->at - from));
            s->escaped = true;
            n = scan_escape(s);
            s->at += n;
            from = s->at;
        } else if ((unsigned char)*s->at < 0x20) {
            s->fault = "found a control character in a string; write it as \\u00XX, \\n or \\t";
            return false;
        } else {
            n = scan_utf8_length(s->at, s->end);
            s->at += n;
            if (!n)
                s->fault = "found bytes that are not UTF-8";
        }
        if (!n)
            return false;
    }
    if (s->escaped)
        buf_add(s->out, from, (size_t)(s->at - from));
    return true;
}

static bool is_digit(const char *p)
{
    return *p >= '0' && *p <= '9';
}

static bool expect_digit(struct scan_number *n, const char *what)
{
    n->fault = what;
    return is_digit(n->at);
}

/* Collects digits; `mantissa` saturates beyond 19 of them. */
struct digits {
    uint64_t mantissa;
    unsigned count;          /* of the mantissa's, leading zeros not counted */
    unsigned trailing_zeros; /* at the end of what was seen */
    int scale;               /* digits behind the point that are in the mantissa */
    int dropped;             /* digits before the point that are not */
};

static void take_digits(struct scan_number *n, struct digits *d, bool fraction)
{
    for (; is_digit(n->at); n->at++) {
        const unsigned v = (unsigned)(*n->at - '0');

        if (d->count < 19) {
            d->mantissa = d->mantissa * 10 + v;
            d->scale += fraction;
            d->count += d->count || v;
        } else {
            d->count++;
            d->dropped += !fraction;
        }
        d->trailing_zeros = v ? 0 : d->trailing_zeros + (d->count > 0);
    }
}

static bool take_exponent(struct scan_number *n, int *ret_exponent)
{
    bool negative = false;
    int e = 0;

    n->at++;
    if (*n->at == '+' || *n->at == '-')
        negative = *n->at++ == '-';
    if (!expect_digit(n, "a digit of the exponent"))
        return false;
    for (; is_digit(n->at); n->at++)
        e = e < 100000 ? e * 10 + (*n->at - '0') : e;
    *ret_exponent = negative ? -e : e;
    return true;
}

static void finish_integer(struct scan_number *n, const struct digits *d, bool negative)
{
    const uint64_t limit = (uint64_t)INT64_MAX + negative;

    n->fits = d->count <= 19 && d->mantissa <= limit;
    if (n->fits)
        n->integer = negative ? (int64_t)(~d->mantissa + 1) : (int64_t)d->mantissa;
}

/* Clinger's fast path: both factors are exact doubles, so that one operation rounds once. */
static void finish_real(struct scan_number *n, const struct digits *d, int exponent, bool negative)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int e = exponent - d->scale + d->dropped;

    if (d->count > 15 || e < -22 || e > 22)
        return;
    n->real = (double)d->mantissa;
    n->real = e < 0 ? n->real / tens[-e] : n->real * tens[e];
    n->real = negative ? -n->real : n->real;
    n->is_real_exact = true;
}

bool scan_number(struct scan_number *n)
{
    const bool negative = *n->at == '-';
    struct digits d = {0};
    int exponent = 0;

    n->at += negative;
    if (!expect_digit(n, "a digit"))
        return false;
    if (*n->at == '0' && is_digit(n->at + 1)) {
        n->at++;
        n->fault = "no digit after a leading 0";
        return false;
    }
    take_digits(n, &d, false);
    n->is_integer = true;
    if (*n->at == '.') {
        n->is_integer = false;
        n->at++;
        if (!expect_digit(n, "a digit after the point"))
            return false;
        take_digits(n, &d, true);
    }
    if (*n->at == 'e' || *n->at == 'E') {
        n->is_integer = false;
        if (!take_exponent(n, &exponent))
            return false;
    }
    n->digits = d.count - (d.trailing_zeros < d.count ? d.trailing_zeros : d.count);
    if (n->is_integer)
        finish_integer(n, &d, negative);
    else
        finish_real(n, &d, exponent, negative);
    return true;
}

void scan_describe(char *out, size_t size, const char *at, const char *end)
{
    size_t n;

    if (at == end) {
        snprintf(out, size, "the end");
        return;
    }
    n = (unsigned char)*at < 0x80 ? 1 : scan_utf8_length(at, end);
    if ((unsigned char)*at < 0x20 || *at == 0x7f || n == 0) {
        snprintf(out, size, "byte 0x%02x", (unsigned char)*at);
        return;
    }
    if (*at >= 'A' && *at <= 'z' && *at != '[' && *at != ']' &&
        *at != '\\') /* a whole word tells more */
        for (n = 1; n < 12 && at + n < end &&
                    ((at[n] >= 'a' && at[n] <= 'z') || (at[n] >= 'A' && at[n] <= 'Z'));
             n++)
            ;
    snprintf(out, size,
             *at == '"'    ? "a string"
             : *at == '\'' ? "a single quote"
                           : "\"%.*s\"",
             (int)n, at);
}

size_t scan_escape_length(const char *at, const char *end, size_t *ret_content)
{
    struct buf content = {0};
    struct scan_string s = {.at = at, .end = end, .out = &content};
    const size_t used = scan_escape(&s);

    *ret_content = content.len;
    buf_release(&content);
    return used ? used : 1;
}
