#include "base/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Every spelling of every secret, longest first so that a part never hides the whole. */
static struct needle {
    char *data;
    size_t len;
} * needles;
static size_t needle_count;

static int longest_first(const void *a, const void *b)
{
    const struct needle *x = a, *y = b;

    return x->len > y->len ? -1 : x->len < y->len;
}

static void add_needle(struct str s)
{
    if (s.len < SECRET_MIN)
        return;
    for (size_t i = 0; i < needle_count; i++)
        if (str_eq(s, (struct str){needles[i].data, needles[i].len}))
            return;
    needles = mem_grow(needles, needle_count + 1, sizeof(*needles));
    needles[needle_count++] = (struct needle){mem_dup_n(s.data, s.len), s.len};
}

/*
 * base64 of a secret that begins `shift` bytes into a group of three: only the characters that no
 * neighbouring byte has a part in are the same whatever stands around it.
 */
static void add_base64(struct str value, size_t shift)
{
    struct buf padded = {0}, text = {0};
    size_t from, to;

    buf_add(&padded, "\0\0", shift);
    buf_add_str(&padded, value);
    base64_encode(&text, buf_str(&padded));
    from = shift == 0 ? 0 : shift == 1 ? 2 : 3;
    to = (padded.len * 8) / 6; /* whole sextets */
    if (to > from)
        add_needle(str_slice(buf_str(&text), from, to));
    buf_wipe(&padded);
    buf_wipe(&text);
}

static void add_hex(struct str value)
{
    struct buf text = {0};

    hex_encode(&text, value);
    add_needle(buf_str(&text));
    for (size_t i = 0; i < text.len; i++)
        text.data[i] = (char)toupper((unsigned char)text.data[i]);
    add_needle(buf_str(&text));
    buf_wipe(&text);
}

/* How an encoder of JSON may spell what is no ASCII: as it is, or by UTF-16 units. */
enum units { UNITS_NONE, UNITS_LOWER, UNITS_UPPER };

static void add_unit(struct buf *out, unsigned unit, enum units units)
{
    if (units == UNITS_LOWER)
        buf_printf(out, "\\u%04x", unit);
    else
        buf_printf(out, "\\u%04X", unit);
}

static void add_units(struct buf *out, unsigned c, enum units units)
{
    if (c >= 0x10000) {
        add_unit(out, 0xD800 + ((c - 0x10000) >> 10), units);
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    add_unit(out, c, units);
}

static void json_escape(struct buf *out, struct str value, enum units units)
{
    static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";

    for (size_t i = 0, n; i < value.len; i += n) {
        unsigned c = (unsigned char)value.data[i];
        const char *at = c ? strchr(plain, (int)c) : NULL;

        n = c < 0x80 ? 1 : utf8_decode(str_slice(value, i, value.len), &c);
        if (at)
            buf_printf(out, "\\%c", escaped[at - plain]);
        else if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else if (n && c >= 0x80 && units != UNITS_NONE)
            add_units(out, c, units);
        else
            buf_add(out, value.data + i, n ? n : 1);
        n = n ? n : 1;
    }
}

/* In JSON, and in JSON that is a string of JSON: a response quoted by a report. */
static void add_json(struct str value)
{
    for (enum units units = UNITS_NONE; units <= UNITS_UPPER; units++) {
        struct buf once = {0}, twice = {0};

        json_escape(&once, value, units);
        add_needle(buf_str(&once));
        json_escape(&twice, buf_str(&once), UNITS_NONE);
        add_needle(buf_str(&twice));
        buf_wipe(&once);
        buf_wipe(&twice);
    }
}

static void add_regex(struct str value)
{
    struct buf text = {0};

    regex_quote(&text, value);
    add_needle(buf_str(&text));
    buf_wipe(&text);
}

bool secret_add(struct str value)
{
    struct buf percent = {0};

    if (value.len < SECRET_MIN)
        return false;
    add_needle(value);
    add_json(value);
    add_regex(value);
    for (size_t shift = 0; shift < 3; shift++)
        add_base64(value, shift);
    percent_encode(&percent, value, "");
    add_needle(buf_str(&percent));
    buf_wipe(&percent);
    add_hex(value);
    qsort(needles, needle_count, sizeof(*needles), longest_first);
    return true;
}

static const struct needle *needle_at(const char *at, size_t left)
{
    for (size_t i = 0; i < needle_count; i++)
        if (needles[i].len <= left && needles[i].data[0] == *at &&
            memcmp(needles[i].data, at, needles[i].len) == 0)
            return &needles[i];
    return NULL;
}

void secret_mask(struct buf *text)
{
    struct buf out = {0};
    size_t from = 0, i = 0;

    if (needle_count == 0)
        return;
    while (i < text->len) {
        const struct needle *hit = needle_at(text->data + i, text->len - i);

        if (!hit) {
            i++;
            continue;
        }
        buf_add(&out, text->data + from, i - from);
        buf_add_c(&out, "***");
        i += hit->len;
        from = i;
    }
    if (from == 0)
        return;
    buf_add(&out, text->data + from, text->len - from);
    out.max = text->max;
    buf_release(text);
    *text = out;
}

struct str secret_masked(struct arena *arena, struct str text)
{
    struct buf copy = {0};
    struct str result;

    if (needle_count == 0)
        return arena_str(arena, text);
    buf_add_str(&copy, text);
    secret_mask(&copy);
    result = arena_str(arena, buf_str(&copy));
    buf_release(&copy);
    return result;
}

bool secret_any(void)
{
    return needle_count > 0;
}

void secret_clear(void)
{
    for (size_t i = 0; i < needle_count; i++) {
        mem_wipe(needles[i].data, needles[i].len);
        free(needles[i].data);
    }
    free(needles);
    needles = NULL;
    needle_count = 0;
}
