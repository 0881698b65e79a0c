#include "runner/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/utf8.h"

int print_double(struct buf *out, double value)
{
    char text[40];

    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (!strpbrk(text, ".eEni")) /* stays a real when it is read back */
        memcpy(text + strlen(text), ".0", 3);
    return buf_add_c(out, text);
}

/* What would act instead of being seen is escaped, whatever JSON allows. */
static int print_char(struct buf *out, const unsigned char *p, size_t len, unsigned c)
{
    switch (*p) {
    case '"':
        return buf_add_c(out, "\\\"");
    case '\\':
        return buf_add_c(out, "\\\\");
    case '\n':
        return buf_add_c(out, "\\n");
    case '\r':
        return buf_add_c(out, "\\r");
    case '\t':
        return buf_add_c(out, "\\t");
    case '\b':
        return buf_add_c(out, "\\b");
    case '\f':
        return buf_add_c(out, "\\f");
    default:
        break;
    }
    if (len == 0)
        return buf_printf(out, "\\x%02X", *p);
    if (c <= 0xffff && utf8_is_harmful(c))
        return buf_printf(out, "\\u%04x", c);
    return buf_add(out, p, len);
}

int print_quoted(struct buf *out, struct str text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    size_t plain = 0, i = 0;

    if (buf_putc(out, '"') < 0)
        return -1;
    while (i < text.len) {
        unsigned c = 0;
        size_t n;

        if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '"' && p[i] != '\\') {
            i++;
            continue;
        }
        n = utf8_decode(str_slice(text, i, text.len), &c);
        if (buf_add(out, p + plain, i - plain) < 0 || print_char(out, p + i, n, c) < 0)
            return -1;
        i += n ? n : 1;
        plain = i;
    }
    if (text.len > plain && buf_add(out, p + plain, text.len - plain) < 0)
        return -1;
    return buf_putc(out, '"');
}

static int print_array(struct buf *out, const struct json_doc *doc, const json_t *value)
{
    size_t n = json_array_size(value);

    if (buf_putc(out, '[') < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if ((i && buf_putc(out, ',') < 0) || print_json(out, doc, json_array_get(value, i)) < 0)
            return -1;
    return buf_putc(out, ']');
}

static int print_object(struct buf *out, const struct json_doc *doc, json_t *value)
{
    bool first = true;

    if (buf_putc(out, '{') < 0)
        return -1;
    for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
        struct str key = {json_object_iter_key(it), json_object_iter_key_len(it)};

        if ((!first && buf_putc(out, ',') < 0) || print_quoted(out, key) < 0 ||
            buf_putc(out, ':') < 0 || print_json(out, doc, json_object_iter_value(it)) < 0)
            return -1;
        first = false;
    }
    return buf_putc(out, '}');
}

static int print_number(struct buf *out, const struct json_doc *doc, const json_t *value)
{
    struct str exact = doc ? json_doc_lexeme(doc, value) : (struct str){NULL, 0};

    if (exact.len)
        return buf_add_str(out, exact);
    if (json_is_integer(value))
        return buf_printf(out, "%lld", (long long)json_integer_value(value));
    return print_double(out, json_real_value(value));
}

int print_json(struct buf *out, const struct json_doc *doc, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return print_object(out, doc, (json_t *)(uintptr_t)value); /* iterating changes nothing */
    case JSON_ARRAY:
        return print_array(out, doc, value);
    case JSON_STRING:
        return print_quoted(out, (struct str){json_string_value(value), json_string_length(value)});
    case JSON_INTEGER:
    case JSON_REAL:
        return print_number(out, doc, value);
    case JSON_TRUE:
        return buf_add_c(out, "true");
    case JSON_FALSE:
        return buf_add_c(out, "false");
    case JSON_NULL:
        return buf_add_c(out, "null");
    }
    return -1;
}

static int break_line(struct buf *out, unsigned level)
{
    return buf_printf(out, "\n%*s", (int)level * 2, "");
}

static int pretty_object(struct buf *out, const struct json_doc *doc, json_t *value, unsigned level)
{
    bool first = true;

    buf_putc(out, '{');
    for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
        struct str key = {json_object_iter_key(it), json_object_iter_key_len(it)};

        buf_add_c(out, first ? "" : ",");
        break_line(out, level + 1);
        print_quoted(out, key);
        buf_add_c(out, ": ");
        print_json_pretty(out, doc, json_object_iter_value(it), level + 1);
        first = false;
    }
    break_line(out, level);
    return buf_putc(out, '}');
}

int print_json_pretty(struct buf *out, const struct json_doc *doc, const json_t *value,
                      unsigned level)
{
    size_t n = json_array_size(value);

    if (json_object_size(value))
        return pretty_object(out, doc, (json_t *)(uintptr_t)value, level);
    if (!n)
        return print_json(out, doc, value);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_add_c(out, i ? "," : "");
        break_line(out, level + 1);
        print_json_pretty(out, doc, json_array_get(value, i), level + 1);
    }
    break_line(out, level);
    return buf_putc(out, ']');
}

const char *print_clip(struct arena *arena, struct str text, size_t max)
{
    size_t head, tail;

    if (secret_any()) /* before cutting: half a secret would not be found */
        text = secret_masked(arena, text);
    if (text.len <= max + max / 8) /* a cut that saves next to nothing only hides something */
        return arena_dup_str(arena, text);
    head = max * 2 / 3;
    tail = text.len - max / 3;
    while (head > 0 && ((unsigned char)text.data[head] & 0xC0) == 0x80)
        head--;
    while (tail < text.len && ((unsigned char)text.data[tail] & 0xC0) == 0x80)
        tail++;
    return arena_printf(arena, "%.*s... (%zu bytes left out) ...%.*s", (int)head, text.data,
                        tail - head, (int)(text.len - tail), text.data + tail);
}
