#include "runner/difference.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/secret.h"
#include "runner/align.h"
#include "runner/print.h"

bool diff_is_text(struct str s)
{
    return str_find(s, STR("\n"), 0) < s.len - (s.len > 0);
}

static size_t back_to_character(struct str s, size_t at)
{
    while (at > 0 && at < s.len && ((unsigned char)s.data[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static size_t on_to_character(struct str s, size_t at)
{
    while (at < s.len && ((unsigned char)s.data[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* The part [from, to) with what is around it, as ..."ab cd"... */
static void line_part(struct diff *d, char sign, struct str s, size_t from, size_t to)
{
    CLEANUP(buf_release) struct buf text = {0}, part = {0};
    struct arena arena = {0};

    from = back_to_character(s, from > DIFF_STRING_AROUND ? from - DIFF_STRING_AROUND : 0);
    to = on_to_character(s, to + DIFF_STRING_AROUND < s.len ? to + DIFF_STRING_AROUND : s.len);
    print_quoted(&part, str_slice(s, from, to));
    buf_printf(&text, "%s%s%s", from ? "..." : "",
               print_clip(&arena, buf_str(&part), DIFF_VALUE_MAX), to < s.len ? "..." : "");
    diff_line(d, sign, buf_str(&text));
    arena_release(&arena);
}

static void differing_part(struct diff *d, struct str expected, struct str actual)
{
    struct arena arena = {0}; /* masked before they are cut: a part of a secret is not found */
    const struct str a = secret_masked(&arena, expected), b = secret_masked(&arena, actual);
    const size_t shorter = a.len < b.len ? a.len : b.len;
    const bool same = str_eq(a, b); /* they differ in a secret: all is shown of both */
    size_t head = 0, tail = 0;

    while (!same && head < shorter && a.data[head] == b.data[head])
        head++;
    head = back_to_character(a, back_to_character(b, head));
    while (!same && tail < shorter - head && a.data[a.len - 1 - tail] == b.data[b.len - 1 - tail])
        tail++;
    line_part(d, '-', a, head, a.len - tail);
    line_part(d, '+', b, head, b.len - tail);
    arena_release(&arena);
}

struct lines {
    struct str *items;
    size_t count;
};

static struct lines split(struct str text)
{
    struct lines lines = {0};
    size_t cap = 0;
    struct str line;

    while (str_cut(&text, '\n', &line)) {
        if (lines.count == cap) {
            cap = cap * 2 + 16;
            lines.items = mem_grow(lines.items, cap, sizeof(*lines.items));
        }
        lines.items[lines.count++] = line;
    }
    return lines;
}

struct texts {
    struct lines expected, actual;
};

static bool same_lines(const void *ctx, size_t i, size_t k)
{
    const struct texts *t = ctx;

    return str_eq(t->expected.items[i], t->actual.items[k]);
}

static void lines_until(struct diff *d, char sign, const struct lines *l, size_t *at, size_t end)
{
    for (; *at < end; ++*at) {
        const size_t before = d->path.len;

        buf_printf(&d->path, "%sline %zu", before ? " " : "", *at + 1);
        line_part(d, sign, l->items[*at], 0, l->items[*at].len);
        diff_leave(d, before);
    }
}

static void differing_lines(struct diff *d, struct str expected, struct str actual)
{
    struct texts t = {split(expected), split(actual)};
    size_t *pair = mem_array(t.expected.count + 1, sizeof(*pair));
    size_t i = 0, k = 0;

    align_sequences(pair, t.expected.count, t.actual.count, same_lines, &t);
    for (size_t next = 0; next <= t.expected.count; next++) {
        const bool at_end = next == t.expected.count;

        if (!at_end && pair[next] == ALIGN_NONE)
            continue;
        lines_until(d, '-', &t.expected, &i, next);
        lines_until(d, '+', &t.actual, &k, at_end ? t.actual.count : pair[next]);
        i++;
        k++;
    }
    mem_freep(&pair);
    mem_freep(&t.expected.items);
    mem_freep(&t.actual.items);
}

void diff_strings(struct diff *d, struct str expected, struct str actual)
{
    if (diff_is_text(expected) || diff_is_text(actual))
        differing_lines(d, expected, actual);
    else
        differing_part(d, expected, actual);
}
