#include "base/secret_forms.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/utf8.h"

typedef void adder(struct str form);

static void add_and_wipe(struct buf *form, adder *add)
{
    add(buf_str(form));
    buf_wipe(form);
}

/*
 * base64 of a secret that begins `shift` bytes into a group of three: only the characters that no
 * neighbouring byte has a part in are the same whatever stands around it.
 */
static void base64_at(struct str value, size_t shift, adder *add)
{
    struct buf padded = {0}, text = {0};
    const size_t from = shift == 0 ? 0 : shift + 1;
    size_t to;

    buf_add(&padded, "\0\0", shift);
    buf_add_str(&padded, value);
    base64_encode(&text, buf_str(&padded));
    to = (padded.len * 8) / 6; /* whole sextets */
    if (to > from)
        add(str_slice(buf_str(&text), from, to));
    for (size_t i = 0; i < text.len; i++)
        text.data[i] = (char)(text.data[i] == '+' ? '-' : text.data[i] == '/' ? '_' : text.data[i]);
    if (to > from)
        add(str_slice(buf_str(&text), from, to));
    buf_wipe(&padded);
    buf_wipe(&text);
}

static void hex(struct str value, adder *add)
{
    struct buf text = {0};

    hex_encode(&text, value);
    add(buf_str(&text));
    for (size_t i = 0; i < text.len; i++)
        text.data[i] = (char)toupper((unsigned char)text.data[i]);
    add_and_wipe(&text, add);
}

/* ---- percent-encoding ---- */

static void lower_escapes(struct buf *text)
{
    for (size_t i = 0; i + 2 < text->len; i++)
        if (text->data[i] == '%') {
            text->data[i + 1] = (char)tolower((unsigned char)text->data[i + 1]);
            text->data[i + 2] = (char)tolower((unsigned char)text->data[i + 2]);
            i += 2;
        }
}

/* Of a form (application/x-www-form-urlencoded): a blank is '+', a tilde is no exception. */
static void as_form(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == ' ')
            buf_putc(out, '+');
        else if (value.data[i] == '~')
            buf_add_c(out, "%7E");
        else
            percent_encode(out, str_slice(value, i, i + 1), "*");
    }
}

static void percent(struct str value, adder *add)
{
    /* RFC 3986; Python's quote(); encodeURIComponent(); encodeURI(). */
    static const char *const kept[] = {"", "/", "!'()*", ";,/?:@&=+$#!'()*"};

    for (size_t i = 0; i <= sizeof(kept) / sizeof(*kept); i++) {
        struct buf text = {0};

        if (i < sizeof(kept) / sizeof(*kept))
            percent_encode(&text, value, kept[i]);
        else
            as_form(&text, value);
        add(buf_str(&text));
        lower_escapes(&text);
        add_and_wipe(&text, add);
    }
}

/* ---- JSON ---- */

/* What encoders of JSON do not agree on. */
struct json_style {
    const char *also; /* ASCII that is spelt \u00XX: Go and others spare HTML its own characters */
    bool units;       /* what is no ASCII is spelt in UTF-16 units */
    bool upper;       /* in upper-case digits */
    bool slash;       /* "\/" */
};

static void add_unit(struct buf *out, unsigned unit, const struct json_style *style)
{
    if (style->upper)
        buf_printf(out, "\\u%04X", unit);
    else
        buf_printf(out, "\\u%04x", unit);
}

static void add_units(struct buf *out, unsigned c, const struct json_style *style)
{
    if (c >= 0x10000) {
        add_unit(out, 0xD800 + ((c - 0x10000) >> 10), style);
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    add_unit(out, c, style);
}

static void json_escape(struct buf *out, struct str value, const struct json_style *style)
{
    static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";

    for (size_t i = 0, n; i < value.len; i += n) {
        unsigned c = (unsigned char)value.data[i];
        const char *at = c ? strchr(plain, (int)c) : NULL;

        n = c < 0x80 ? 1 : utf8_decode(str_slice(value, i, value.len), &c);
        if (c && c < 0x80 && strchr(style->also, (int)c))
            add_unit(out, c, style);
        else if (at)
            buf_printf(out, "\\%c", escaped[at - plain]);
        else if (c == '/' && style->slash)
            buf_add_c(out, "\\/");
        else if (c < 0x20)
            add_unit(out, c, style);
        else if (n && c >= 0x80 && style->units)
            add_units(out, c, style);
        else
            buf_add(out, value.data + i, n ? n : 1);
        n = n ? n : 1;
    }
}

/* In JSON, and in JSON that is a string of JSON: a response quoted by a report. */
static void json(struct str value, adder *add)
{
    static const struct json_style styles[] = {
        {.also = ""},
        {.also = "", .units = true},
        {.also = "", .units = true, .upper = true},
        {.also = "", .slash = true},
        {.also = "", .slash = true, .units = true},
        {.also = "<>&"},                                    /* Go, Rails */
        {.also = "<>&'", .units = true},                    /* Gson */
        {.also = "<>&'\"+`", .units = true, .upper = true}, /* System.Text.Json */
    };
    static const struct json_style outer = {.also = ""};

    for (size_t i = 0; i < sizeof(styles) / sizeof(*styles); i++) {
        struct buf once = {0}, twice = {0};

        json_escape(&once, value, &styles[i]);
        add(buf_str(&once));
        json_escape(&twice, buf_str(&once), &outer);
        add_and_wipe(&twice, add);
        buf_wipe(&once);
    }
}

/* ---- XML and HTML ---- */

static void xml_escape(struct buf *out, struct str value, const char *quote, const char *apostrophe)
{
    for (size_t i = 0; i < value.len; i++)
        switch (value.data[i]) {
        case '&':
            buf_add_c(out, "&amp;");
            break;
        case '<':
            buf_add_c(out, "&lt;");
            break;
        case '>':
            buf_add_c(out, "&gt;");
            break;
        case '"':
            buf_add_c(out, quote);
            break;
        case '\'':
            buf_add_c(out, apostrophe);
            break;
        default:
            buf_putc(out, value.data[i]);
        }
}

static void xml(struct str value, adder *add)
{
    static const char *const quotes[] = {"\"", "&quot;", "&#34;"}, *const apostrophes[] = {
                                                                       "'", "&apos;", "&#39;",
                                                                       "&#x27;"};

    for (size_t q = 0; q < sizeof(quotes) / sizeof(*quotes); q++)
        for (size_t a = 0; a < sizeof(apostrophes) / sizeof(*apostrophes); a++) {
            struct buf text = {0};

            xml_escape(&text, value, quotes[q], apostrophes[a]);
            add_and_wipe(&text, add);
        }
}

void secret_forms(struct str value, adder *add)
{
    struct buf text = {0};

    add(value);
    json(value, add);
    regex_quote(&text, value);
    add_and_wipe(&text, add);
    xml(value, add);
    for (size_t shift = 0; shift < 3; shift++)
        base64_at(value, shift, add);
    percent(value, add);
    hex(value, add);
}
