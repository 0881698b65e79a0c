#include "reports/xml.h"

#include <stdbool.h>

#include "base/utf8.h"

static void add_char(struct buf *out, const unsigned char *p, size_t n, unsigned c, bool attribute)
{
    switch (c) {
    case '&':
        buf_add_c(out, "&amp;");
        return;
    case '<':
        buf_add_c(out, "&lt;");
        return;
    case '>':
        buf_add_c(out, "&gt;");
        return;
    case '"':
        buf_add_c(out, attribute ? "&quot;" : "\"");
        return;
    case '\r':
        buf_add_c(out, "&#13;");
        return;
    case '\n':
        buf_add_c(out, attribute ? "&#10;" : "\n");
        return;
    case '\t':
        buf_add_c(out, attribute ? "&#9;" : "\t");
        return;
    default:
        break;
    }
    if (!utf8_is_harmful(c)) /* Char of XML 1.0 section 2.2 allows all others */
        buf_add(out, p, n);
    else
        buf_printf(out, "\\u{%x}", c);
}

static void add(struct buf *out, struct str text, bool attribute)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t plain = 0, i = 0;

    while (i < text.len) {
        unsigned c = 0;
        size_t n;

        if (p[i] >= 0x20 && p[i] < 0x7F && p[i] != '&' && p[i] != '<' && p[i] != '>' &&
            p[i] != '"') {
            i++;
            continue;
        }
        buf_add(out, text.data + plain, i - plain);
        n = utf8_decode(str_slice(text, i, text.len), &c);
        if (n)
            add_char(out, p + i, n, c, attribute);
        else
            buf_printf(out, "\\x%02x", p[i]);
        i += n ? n : 1;
        plain = i;
    }
    if (text.len > plain)
        buf_add(out, text.data + plain, text.len - plain);
}

void xml_text(struct buf *out, struct str text)
{
    add(out, text, false);
}

void xml_attribute(struct buf *out, struct str text)
{
    add(out, text, true);
}

static void capped(struct buf *out, struct str text, size_t max, bool attribute)
{
    const struct str part = utf8_part(text, max);

    add(out, part, attribute);
    if (part.len < text.len)
        buf_printf(out, " [truncated %zu bytes]", text.len - part.len);
}

void xml_text_capped(struct buf *out, struct str text, size_t max)
{
    capped(out, text, max, false);
}

void xml_attribute_capped(struct buf *out, struct str text, size_t max)
{
    capped(out, text, max, true);
}
