#include "base/str.h"

#include <string.h>

struct str str_c(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
    return str_eq(a, str_c(b));
}

int str_cmp(struct str a, struct str b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.data, b.data, n) : 0;

    if (c)
        return c;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return (struct str){s.data ? s.data + from : NULL, to - from};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.len && is_blank(s.data[0]))
        s = str_slice(s, 1, s.len);
    while (s.len && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

struct str str_last_line(struct str s)
{
    struct str rest = str_trim(s), line = {0};

    while (rest.len && str_cut(&rest, '\n', &line))
        ;
    return str_trim(line);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    for (size_t i = from; i + needle.len <= s.len; i++)
        if (needle.len == 0 || memcmp(s.data + i, needle.data, needle.len) == 0)
            return i;
    return (size_t)-1;
}

uint64_t str_hash(struct str s)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a, the low bits mixed at the end */

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.data[i]) * 1099511628211u;
    return h ^ (h >> 29);
}

bool str_cut(struct str *rest, char sep, struct str *ret_part)
{
    const char *at;

    if (!rest->data)
        return false;
    at = rest->len ? memchr(rest->data, sep, rest->len) : NULL;
    if (!at) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *ret_part = (struct str){rest->data, (size_t)(at - rest->data)};
    *rest = (struct str){at + 1, rest->len - ret_part->len - 1};
    return true;
}

bool str_to_u64(struct str s, unsigned long long max, unsigned long long *ret_value)
{
    unsigned long long v = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const unsigned d = (unsigned)(unsigned char)s.data[i] - '0';

        if (d > 9 || v > (max - d) / 10 || d > max)
            return false;
        v = v * 10 + d;
    }
    *ret_value = v;
    return true;
}
