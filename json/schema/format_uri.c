#include "json/schema/format.h"

#include <stdint.h>
#include <string.h>

#include "json/schema/utf8.h"

static bool is_alpha(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint32_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(uint32_t c, const char *set)
{
    return c && c < 0x80 && strchr(set, (int)c);
}

/* RFC 3987, section 2.2. */
static bool is_ucschar(uint32_t c)
{
    return (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
           (c >= 0xfdf0 && c <= 0xffef) ||
           (c >= 0x10000 && c <= 0xefffd && (c & 0xffff) < 0xfffe &&
            !(c >= 0xe0000 && c < 0xe1000));
}

static bool is_iprivate(uint32_t c)
{
    return (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && c <= 0x10fffd && (c & 0xffff) < 0xfffe);
}

/* Unreserved characters, sub-delims, %XX, and what else `more` has. */
static bool all_allowed(struct str s, const char *more, bool international, bool private_use)
{
    for (size_t i = 0; i < s.len;) {
        const uint32_t c = utf8_next(s, &i);

        if (is_alpha(c) || is_digit(c) || is_one_of(c, "-._~!$&'()*+,;=") || is_one_of(c, more))
            continue;
        if (c == '%' && i + 1 < s.len && is_hex((unsigned char)s.data[i]) &&
            is_hex((unsigned char)s.data[i + 1])) {
            i += 2;
            continue;
        }
        if (!international || !(is_ucschar(c) || (private_use && is_iprivate(c))))
            return false;
    }
    return true;
}

/* The part of `s` before the first of `stops`. */
static struct str cut_before(struct str *s, const char *stops)
{
    size_t i = 0;
    struct str part;

    while (i < s->len && !is_one_of((unsigned char)s->data[i], stops))
        i++;
    part = str_slice(*s, 0, i);
    *s = str_slice(*s, i, s->len);
    return part;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_ip_future(struct str s)
{
    size_t i = 1;

    if (!s.len || (s.data[0] | 0x20) != 'v')
        return false;
    while (i < s.len && is_hex((unsigned char)s.data[i]))
        i++;
    if (i == 1 || i + 1 >= s.len || s.data[i] != '.')
        return false;
    s = str_slice(s, i + 1, s.len);
    return !memchr(s.data, '%', s.len) && all_allowed(s, ":", false, false);
}

static bool is_port(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit((unsigned char)s.data[i]))
            return false;
    return true;
}

static bool is_authority(struct str s, bool international)
{
    const char *at = s.len ? memchr(s.data, '@', s.len) : NULL;
    struct str host;
    size_t end;

    if (at) {
        const size_t n = (size_t)(at - s.data);

        if (!all_allowed(str_slice(s, 0, n), ":", international, false))
            return false;
        s = str_slice(s, n + 1, s.len);
    }
    if (s.len && s.data[0] == '[') {
        end = str_find(s, STR("]"), 0);
        if (end == (size_t)-1)
            return false;
        host = str_slice(s, 1, end);
        s = str_slice(s, end + 1, s.len);
        if (!format_ipv6(host) && !is_ip_future(host))
            return false;
    } else {
        host = cut_before(&s, ":");
        if (!all_allowed(host, "", international, false))
            return false;
    }
    return !s.len || (s.data[0] == ':' && is_port(str_slice(s, 1, s.len)));
}

static bool cut_scheme(struct str *s)
{
    size_t i = 0;

    if (!s->len || !is_alpha((unsigned char)s->data[0]))
        return false;
    while (i < s->len &&
           (is_alpha((unsigned char)s->data[i]) || is_digit((unsigned char)s->data[i]) ||
            is_one_of((unsigned char)s->data[i], "+-.")))
        i++;
    if (i == s->len || s->data[i] != ':')
        return false;
    *s = str_slice(*s, i + 1, s->len);
    return true;
}

static bool is_uri(struct str s, bool international, bool needs_scheme)
{
    const bool scheme = cut_scheme(&s);
    struct str path, query = {0}, first;

    if (needs_scheme && !scheme)
        return false;
    path = cut_before(&s, "?#");
    if (s.len && s.data[0] == '?') {
        s = str_slice(s, 1, s.len);
        query = cut_before(&s, "#");
    }
    if (!all_allowed(query, ":@/?", international, true) ||
        !all_allowed(str_slice(s, 1, s.len), ":@/?", international, false))
        return false;
    if (str_starts(path, STR("//"))) {
        path = str_slice(path, 2, path.len);
        if (!is_authority(cut_before(&path, "/"), international))
            return false;
    } else if (!scheme) { /* else "a:b" would be a scheme */
        first = path;
        first = cut_before(&first, "/");
        if (first.len && memchr(first.data, ':', first.len))
            return false;
    }
    return all_allowed(path, ":@/", international, false);
}

bool format_uri(struct str s)
{
    return is_uri(s, false, true);
}

bool format_uri_reference(struct str s)
{
    return is_uri(s, false, false);
}

bool format_iri(struct str s)
{
    return is_uri(s, true, true);
}

bool format_iri_reference(struct str s)
{
    return is_uri(s, true, false);
}

/* ---- RFC 6570 ---- */

/* varchar *( ["."] varchar ), then ":" and up to four digits, or "*". */
static bool is_varspec(struct str s)
{
    size_t i = 0;
    bool after_dot = true;

    while (i < s.len && s.data[i] != ':' && s.data[i] != '*') {
        const unsigned char c = (unsigned char)s.data[i];

        if (c == '.') {
            if (after_dot)
                return false;
            after_dot = true;
            i++;
            continue;
        }
        if (c == '%') {
            if (i + 2 >= s.len || !is_hex((unsigned char)s.data[i + 1]) ||
                !is_hex((unsigned char)s.data[i + 2]))
                return false;
            i += 2;
        } else if (!is_alpha(c) && !is_digit(c) && c != '_') {
            return false;
        }
        after_dot = false;
        i++;
    }
    if (after_dot)
        return false;
    s = str_slice(s, i, s.len);
    if (!s.len || str_eq_c(s, "*"))
        return true;
    return s.data[0] == ':' && s.len >= 2 && s.len <= 5 && s.data[1] != '0' &&
           is_port(str_slice(s, 1, s.len));
}

static bool is_expression(struct str s)
{
    struct str spec;

    if (s.len && is_one_of((unsigned char)s.data[0], "+#./;?&=,!@|"))
        s = str_slice(s, 1, s.len);
    if (!s.len)
        return false;
    while (str_cut(&s, ',', &spec))
        if (!is_varspec(spec))
            return false;
    return true;
}

bool format_uri_template(struct str s)
{
    for (size_t i = 0; i < s.len;) {
        const size_t from = i;
        const uint32_t c = utf8_next(s, &i);

        if (c == '{') {
            const size_t end = str_find(s, STR("}"), i);

            if (end == (size_t)-1 || !is_expression(str_slice(s, i, end)))
                return false;
            i = end + 1;
        } else if (c == '%') {
            if (from + 2 >= s.len || !is_hex((unsigned char)s.data[from + 1]) ||
                !is_hex((unsigned char)s.data[from + 2]))
                return false;
        } else if (c <= ' ' || c == 0x7f || is_one_of(c, "\"<>\\^`|}") ||
                   (c >= 0x80 && !is_ucschar(c) && !is_iprivate(c))) {
            return false;
        }
    }
    return true;
}
