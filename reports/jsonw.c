#include "reports/jsonw.h"

#include <inttypes.h>

#include "base/utf8.h"

/* Some split lines at U+2028 or U+0085, and a terminal obeys U+009B: \\u spells the same text. */
static void escaped(struct buf *out, unsigned c)
{
    if (c >= 0x10000)
        buf_printf(out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                   0xDC00 + ((c - 0x10000) & 0x3FF));
    else
        buf_printf(out, "\\u%04x", c);
}

void jsonw_quoted(struct buf *out, struct str value)
{
    const unsigned char *p = (const unsigned char *)value.data;

    buf_putc(out, '"');
    for (size_t i = 0; i < value.len;) {
        unsigned c;
        size_t n = utf8_decode(str_slice(value, i, value.len), &c);

        if (n == 0)
            buf_printf(out, "\\\\x%02x", p[i]); /* as utf8_visible() shows it in other reports */
        else if (p[i] == '"' || p[i] == '\\')
            buf_printf(out, "\\%c", p[i]);
        else if (p[i] == '\n')
            buf_add_c(out, "\\n");
        else if (p[i] == '\t' || utf8_is_harmful(c))
            escaped(out, c);
        else
            buf_add(out, p + i, n);
        i += n ? n : 1;
    }
    buf_putc(out, '"');
}

void jsonw_key(struct buf *out, const char *name)
{
    char last = out->len ? out->data[out->len - 1] : '{';

    if (last != '{' && last != '[')
        buf_putc(out, ',');
    buf_printf(out, "\"%s\":", name);
}

void jsonw_str(struct buf *out, const char *name, struct str value)
{
    jsonw_key(out, name);
    jsonw_quoted(out, value);
}

void jsonw_text(struct buf *out, const char *name, const char *value)
{
    if (value)
        jsonw_str(out, name, str_c(value));
}

void jsonw_int(struct buf *out, const char *name, int64_t value)
{
    jsonw_key(out, name);
    buf_printf(out, "%" PRId64, value);
}

void jsonw_bool(struct buf *out, const char *name, bool value)
{
    jsonw_key(out, name);
    buf_add_c(out, value ? "true" : "false");
}
