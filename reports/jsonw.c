#include "reports/jsonw.h"

#include <inttypes.h>

static size_t sequence(const unsigned char *p, size_t left)
{
    size_t n = p[0] < 0x80                    ? 1
               : p[0] >= 0xC2 && p[0] < 0xE0  ? 2
               : (p[0] & 0xF0) == 0xE0        ? 3
               : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                              : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

void jsonw_quoted(struct buf *out, struct str value)
{
    const unsigned char *p = (const unsigned char *)value.data;

    buf_putc(out, '"');
    for (size_t i = 0; i < value.len;) {
        size_t n = sequence(p + i, value.len - i);

        if (n == 0)
            buf_add_c(out, "\\ufffd");
        else if (p[i] == '"' || p[i] == '\\')
            buf_printf(out, "\\%c", p[i]);
        else if (p[i] == '\n')
            buf_add_c(out, "\\n");
        else if (p[i] < 0x20 || p[i] == 0x7f)
            buf_printf(out, "\\u%04x", p[i]);
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
