#include "runner/diff.h"

#include <string.h>

#include "base/arena.h"
#include "json/equal.h"
#include "runner/print.h"

struct diff {
    struct buf *out;
    const struct json_doc *expected_doc, *actual_doc;
    struct buf path; /* where we are */
    size_t lines, dropped;
};

static void line(struct diff *d, char sign, const struct json_doc *doc, const json_t *value)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct arena arena = {0};

    if (d->lines >= DIFF_LINES_MAX) {
        d->dropped++;
        return;
    }
    print_json(&text, doc, value);
    buf_printf(d->out, "%s%c %s%s%s", d->lines ? "\n" : "", sign, buf_c(&d->path),
               d->path.len ? ": " : "", print_clip(&arena, buf_str(&text), DIFF_VALUE_MAX));
    arena_release(&arena);
    d->lines++;
}

static size_t enter_key(struct diff *d, struct str key)
{
    size_t before = d->path.len;

    buf_putc(&d->path, '.');
    if (key.len && strspn(key.data, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_") >= key.len) {
        buf_add_str(&d->path, key);
    } else {
        d->path.len--;
        buf_putc(&d->path, '[');
        print_quoted(&d->path, key);
        buf_putc(&d->path, ']');
    }
    return before;
}

static void leave(struct diff *d, size_t before)
{
    d->path.len = before;
    if (d->path.data)
        d->path.data[before] = '\0';
}

static void values(struct diff *d, json_t *expected, json_t *actual);

static struct str key_at(void *iter)
{
    return (struct str){json_object_iter_key(iter), json_object_iter_key_len(iter)};
}

static void objects(struct diff *d, json_t *expected, json_t *actual)
{
    for (void *it = json_object_iter(expected); it; it = json_object_iter_next(expected, it)) {
        struct str key = key_at(it);
        json_t *other = json_object_getn(actual, key.data, key.len);
        size_t before = enter_key(d, key);

        if (other)
            values(d, json_object_iter_value(it), other);
        else
            line(d, '-', d->expected_doc, json_object_iter_value(it));
        leave(d, before);
    }
    for (void *it = json_object_iter(actual); it; it = json_object_iter_next(actual, it)) {
        struct str key = key_at(it);
        size_t before;

        if (json_object_getn(expected, key.data, key.len))
            continue;
        before = enter_key(d, key);
        line(d, '+', d->actual_doc, json_object_iter_value(it));
        leave(d, before);
    }
}

static bool same(const struct diff *d, const json_t *expected, const json_t *actual)
{
    return json_equal_exact(d->expected_doc, expected, d->actual_doc, actual);
}

static size_t enter_index(struct diff *d, size_t i)
{
    size_t before = d->path.len;

    buf_printf(&d->path, "[%zu]", i);
    return before;
}

/* One element put in or taken out must not make all behind it differ. */
static void arrays(struct diff *d, json_t *expected, json_t *actual)
{
    size_t n = json_array_size(expected), m = json_array_size(actual), from = 0, tail = 0, i,
           before;

    while (from < n && from < m &&
           same(d, json_array_get(expected, from), json_array_get(actual, from)))
        from++;
    while (tail < n - from && tail < m - from &&
           same(d, json_array_get(expected, n - 1 - tail), json_array_get(actual, m - 1 - tail)))
        tail++;
    for (i = from; i < n - tail && i < m - tail; i++) {
        before = enter_index(d, i);
        values(d, json_array_get(expected, i), json_array_get(actual, i));
        leave(d, before);
    }
    for (size_t k = i; k < n - tail; k++) {
        before = enter_index(d, k);
        line(d, '-', d->expected_doc, json_array_get(expected, k));
        leave(d, before);
    }
    for (size_t k = i; k < m - tail; k++) {
        before = enter_index(d, k);
        line(d, '+', d->actual_doc, json_array_get(actual, k));
        leave(d, before);
    }
}

static void values(struct diff *d, json_t *expected, json_t *actual)
{
    if (same(d, expected, actual))
        return;
    if (json_is_object(expected) && json_is_object(actual)) {
        objects(d, expected, actual);
    } else if (json_is_array(expected) && json_is_array(actual)) {
        arrays(d, expected, actual);
    } else {
        line(d, '-', d->expected_doc, expected);
        line(d, '+', d->actual_doc, actual);
    }
}

void diff_values(struct buf *out, const struct json_doc *expected_doc, json_t *expected,
                 const struct json_doc *actual_doc, json_t *actual)
{
    struct diff d = {.out = out, .expected_doc = expected_doc, .actual_doc = actual_doc};

    values(&d, expected, actual);
    if (d.dropped)
        buf_printf(out, "\nand %zu more lines", d.dropped);
    buf_release(&d.path);
}
