#include "json/schema/format.h"

#include <string.h>
#include <strings.h>

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool format_ipv4(struct str s)
{
    struct str rest = s, part;
    unsigned long long n;
    int parts = 0;

    if (!s.len)
        return false;
    while (str_cut(&rest, '.', &part)) {
        if (part.len > 3 || (part.len > 1 && part.data[0] == '0') || !str_to_u64(part, 255, &n))
            return false;
        parts++;
    }
    return parts == 4;
}

static bool is_group(struct str s)
{
    if (!s.len || s.len > 4)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!(s.data[i] >= '0' && s.data[i] <= '9') &&
            !((s.data[i] | 0x20) >= 'a' && (s.data[i] | 0x20) <= 'f'))
            return false;
    return true;
}

/* The groups of one side of "::" (or of all): their number, an IPv4 address at the end being two.
 * -1: not groups. */
static int count_groups(struct str s, bool may_end_in_ipv4)
{
    struct str rest = s, part;
    int n = 0;

    if (!s.len)
        return 0;
    while (str_cut(&rest, ':', &part)) {
        const bool last = !rest.data;

        if (last && may_end_in_ipv4 && memchr(part.len ? part.data : "", '.', part.len))
            return format_ipv4(part) ? n + 2 : -1;
        if (!is_group(part))
            return -1;
        n++;
    }
    return n;
}

bool format_ipv6(struct str s)
{
    const size_t gap = str_find(s, STR("::"), 0);
    int before, after;

    if (gap == (size_t)-1)
        return count_groups(s, true) == 8;
    before = count_groups(str_slice(s, 0, gap), false);
    after = count_groups(str_slice(s, gap + 2, s.len), true);
    return before >= 0 && after >= 0 && before + after <= 7;
}

bool format_is_ldh_name(struct str s)
{
    struct str rest = s, label;

    if (!s.len || s.len > 253)
        return false;
    while (str_cut(&rest, '.', &label)) {
        if (!label.len || label.len > 63 || label.data[0] == '-' ||
            label.data[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alnum(label.data[i]) && label.data[i] != '-')
                return false;
    }
    return true;
}

/* ---- e-mail ---- */

static bool is_atext(char c, bool international)
{
    return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)) ||
           (international && (unsigned char)c >= 0x80);
}

static bool is_dot_string(struct str s, bool international)
{
    struct str rest = s, atom;

    if (!s.len)
        return false;
    while (str_cut(&rest, '.', &atom)) {
        if (!atom.len)
            return false;
        for (size_t i = 0; i < atom.len; i++)
            if (!is_atext(atom.data[i], international))
                return false;
    }
    return true;
}

/* The bytes of a quoted string at the start, with its quotes; 0: none. */
static size_t quoted_length(struct str s, bool international)
{
    for (size_t i = 1; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.data[i];

        if (c == '"')
            return i + 1;
        if (c == '\\' && ++i < s.len && s.data[i] >= ' ' && s.data[i] < 0x7f)
            continue;
        if (c == '\\' || c < ' ' || c == 0x7f || (c >= 0x80 && !international))
            return 0;
    }
    return 0;
}

static bool is_address_literal(struct str s)
{
    const struct str inner = s.len >= 2 ? str_slice(s, 1, s.len - 1) : (struct str){0};

    if (!inner.len || s.data[0] != '[' || s.data[s.len - 1] != ']')
        return false;
    if (inner.len > 5 && strncasecmp(inner.data, "IPv6:", 5) == 0) /* ABNF: in any case */
        return format_ipv6(str_slice(inner, 5, inner.len));
    return format_ipv4(inner);
}

static bool is_mailbox(struct str s, bool international)
{
    size_t at = 0;
    struct str domain;

    if (s.len && s.data[0] == '"') {
        at = quoted_length(s, international);
        if (!at)
            return false;
    } else {
        while (at < s.len && s.data[at] != '@')
            at++;
        if (!is_dot_string(str_slice(s, 0, at), international))
            return false;
    }
    if (at > 64 || at >= s.len || s.data[at] != '@')
        return false;
    domain = str_slice(s, at + 1, s.len);
    if (domain.len && domain.data[0] == '[')
        return is_address_literal(domain);
    return international ? format_idn_hostname(domain) : format_is_ldh_name(domain);
}

bool format_email(struct str s)
{
    return is_mailbox(s, false);
}

bool format_idn_email(struct str s)
{
    return is_mailbox(s, true);
}
