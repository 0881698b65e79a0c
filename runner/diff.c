#include "runner/diff.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "json/equal.h"
#include "runner/align.h"
#include "runner/difference.h"
#include "runner/print.h"

void diff_line(struct diff *d, char sign, struct str text)
{
    if (d->lines >= DIFF_LINES_MAX) {
        d->dropped++;
        return;
    }
    buf_printf(d->out, "%s%c %s%s%.*s", d->lines ? "\n" : "", sign, buf_c(&d->path),
               d->path.len ? ": " : "", STR_ARG(text));
    d->lines++;
}

static void line(struct diff *d, char sign, const struct json_doc *doc, const json_t *value)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct arena arena = {0};

    if (d->lines < DIFF_LINES_MAX)
        print_json(&text, doc, value);
    diff_line(d, sign, str_c(print_clip(&arena, buf_str(&text), DIFF_VALUE_MAX)));
    arena_release(&arena);
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

void diff_leave(struct diff *d, size_t before)
{
    d->path.len = before;
    if (d->path.data)
        d->path.data[before] = '\0';
}

static void values(struct diff *d, json_t *expected, json_t *actual);

static struct str string_of(const json_t *value)
{
    return (struct str){json_string_value(value), json_string_length(value)};
}

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
        diff_leave(d, before);
    }
    for (void *it = json_object_iter(actual); it; it = json_object_iter_next(actual, it)) {
        struct str key = key_at(it);
        size_t before;

        if (json_object_getn(expected, key.data, key.len))
            continue;
        before = enter_key(d, key);
        line(d, '+', d->actual_doc, json_object_iter_value(it));
        diff_leave(d, before);
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

struct arrays {
    const struct diff *d;
    const json_t *expected, *actual;
    uint64_t *expected_hashes, *actual_hashes; /* most pairs are told apart by these */
};

static uint64_t *hashes_of(const struct diff *d, const struct json_doc *doc, const json_t *array)
{
    const bool exactly = json_hash_is_exact(d->expected_doc) || json_hash_is_exact(d->actual_doc);
    uint64_t *hashes = mem_array(json_array_size(array), sizeof(*hashes));

    for (size_t i = 0; i < json_array_size(array); i++)
        hashes[i] = json_hash(doc, json_array_get(array, i), exactly);
    return hashes;
}

static bool same_elements(const void *ctx, size_t i, size_t k)
{
    const struct arrays *a = ctx;

    return a->expected_hashes[i] == a->actual_hashes[k] &&
           same(a->d, json_array_get(a->expected, i), json_array_get(a->actual, k));
}

static void element(struct diff *d, char sign, const struct json_doc *doc, const json_t *array,
                    size_t i)
{
    const size_t before = enter_index(d, i);

    line(d, sign, doc, json_array_get(array, i));
    diff_leave(d, before);
}

/* Between two pairs that are equal: elements of both sides are compared one by one, the rest is
 * missing or new. */
static void gap(struct diff *d, const struct arrays *a, size_t *i, size_t i_end, size_t *k,
                size_t k_end)
{
    for (; *i < i_end && *k < k_end; ++*i, ++*k) {
        const size_t before = enter_index(d, *k);

        values(d, json_array_get(a->expected, *i), json_array_get(a->actual, *k));
        diff_leave(d, before);
    }
    for (; *i < i_end; ++*i)
        element(d, '-', d->expected_doc, a->expected, *i);
    for (; *k < k_end; ++*k)
        element(d, '+', d->actual_doc, a->actual, *k);
}

static void arrays(struct diff *d, json_t *expected, json_t *actual)
{
    struct arrays a = {d, expected, actual, hashes_of(d, d->expected_doc, expected),
                       hashes_of(d, d->actual_doc, actual)};
    const size_t n = json_array_size(expected), m = json_array_size(actual);
    size_t *pair = mem_array(n + 1, sizeof(*pair));
    size_t i = 0, k = 0;

    align_sequences(pair, n, m, same_elements, &a);
    for (size_t next = 0; next < n; next++) {
        if (pair[next] == ALIGN_NONE)
            continue;
        gap(d, &a, &i, next, &k, pair[next]);
        i = next + 1;
        k = pair[next] + 1;
    }
    gap(d, &a, &i, n, &k, m);
    mem_freep(&pair);
    mem_freep(&a.expected_hashes);
    mem_freep(&a.actual_hashes);
}

static void values(struct diff *d, json_t *expected, json_t *actual)
{
    if (json_is_object(expected) && json_is_object(actual)) {
        objects(d, expected, actual); /* tells nothing of equal ones */
        return;
    }
    if (same(d, expected, actual))
        return;
    if (json_is_array(expected) && json_is_array(actual)) {
        arrays(d, expected, actual);
    } else if (diff_is_useful(expected, actual)) {
        diff_strings(d, string_of(expected), string_of(actual));
    } else {
        line(d, '-', d->expected_doc, expected);
        line(d, '+', d->actual_doc, actual);
    }
}

bool diff_is_useful(const json_t *expected, const json_t *actual)
{
    struct str a, b;

    if ((json_is_object(expected) && json_is_object(actual)) ||
        (json_is_array(expected) && json_is_array(actual)))
        return true;
    if (!json_is_string(expected) || !json_is_string(actual))
        return false;
    a = string_of(expected);
    b = string_of(actual);
    return (a.len > DIFF_STRING_LONG && b.len > DIFF_STRING_LONG) || diff_is_text(a) ||
           diff_is_text(b);
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
