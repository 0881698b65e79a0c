#include "json/schema/format.h"

#include <string.h>

#include "json/schema/idna.h"
#include "json/schema/utf8.h"

/* What the labels of one name have together. */
struct host {
    size_t length; /* in A-labels, with the dots */
    bool right_to_left, breaks_bidi_rule;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static void note_label(struct host *h, const struct idna_label *label, size_t length)
{
    h->length += length + (h->length > 0);
    h->right_to_left = h->right_to_left || idna_has_right_to_left(label);
    h->breaks_bidi_rule = h->breaks_bidi_rule || !idna_meets_bidi_rule(label);
}

static bool has_right_direction(const struct host *h)
{
    return !h->right_to_left || !h->breaks_bidi_rule;
}

/* "xn--..." must be what its U-label is encoded as. */
static bool is_a_label(struct str text, struct idna_label *ret)
{
    char again[64];
    size_t n;

    text = str_slice(text, 4, text.len);
    if (!text.len || !punycode_decode(text, ret) || !idna_is_label(ret))
        return false;
    n = punycode_encode(ret, again);
    if (n != text.len)
        return false;
    for (size_t i = 0; i < n; i++)
        if (again[i] != lower(text.data[i]))
            return false;
    for (size_t i = 0; i < ret->count; i++)
        if (ret->points[i] >= 0x80)
            return true;
    return false; /* there is nothing to encode in it */
}

static bool has_prefix(struct str s)
{
    return s.len >= 4 && lower(s.data[0]) == 'x' && lower(s.data[1]) == 'n' && s.data[2] == '-' &&
           s.data[3] == '-';
}

static bool is_ascii_label(struct host *h, struct str text)
{
    struct idna_label label = {.count = 0};

    if (!format_is_ldh_name(text) || memchr(text.data, '.', text.len))
        return false;
    if (has_prefix(text)) {
        if (!is_a_label(text, &label))
            return false;
    } else {
        for (size_t i = 0; i < text.len; i++)
            label.points[label.count++] = (unsigned char)lower(text.data[i]);
    }
    note_label(h, &label, text.len);
    return true;
}

bool format_hostname(struct str s)
{
    struct host h = {0};
    struct str rest = s, label;

    if (!s.len || s.len > 253)
        return false;
    while (str_cut(&rest, '.', &label))
        if (!is_ascii_label(&h, label))
            return false;
    return has_right_direction(&h);
}

/* ---- with U-labels ---- */

static bool is_u_label(struct host *h, struct str text)
{
    struct idna_label label = {.count = 0};
    char encoded[64];
    size_t n;

    for (size_t i = 0; i < text.len;) {
        if (label.count == IDNA_LABEL_MAX)
            return false;
        label.points[label.count++] = utf8_next(text, &i);
    }
    n = idna_is_label(&label) ? punycode_encode(&label, encoded) : 0;
    if (!n || n + 4 > IDNA_LABEL_MAX)
        return false;
    note_label(h, &label, n + 4);
    return true;
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.data[i] >= 0x80)
            return false;
    return true;
}

static bool is_label(struct host *h, struct str text)
{
    if (!is_ascii(text))
        return is_u_label(h, text);
    /* two hyphens there are reserved for prefixes such as "xn--" */
    if (text.len >= 4 && text.data[2] == '-' && text.data[3] == '-' && !has_prefix(text))
        return false;
    return is_ascii_label(h, text);
}

bool format_idn_hostname(struct str s)
{
    struct host h = {0};
    size_t start = 0;

    for (size_t i = 0; i < s.len;) {
        const size_t here = i;
        const uint32_t c = utf8_next(s, &i);

        if (c != '.' && c != 0x3002 && c != 0xff0e && c != 0xff61)
            continue;
        if (!is_label(&h, str_slice(s, start, here)))
            return false;
        start = i;
    }
    return is_label(&h, str_slice(s, start, s.len)) && h.length <= 253 && has_right_direction(&h);
}
