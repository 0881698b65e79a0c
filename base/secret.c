#include "base/secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret_forms.h"

/* Lines of a longer secret that are shorter say too little to be blanked out everywhere. */
enum { LINE_MIN = 12 };

/* Every spelling of every secret, longest first so that a part never hides the whole. */
static struct needle {
    char *data;
    size_t len;
    bool is_value; /* all spellings of it are here */
} * needles;
static size_t needle_count;

/* A bit for the two bytes that some needle begins with: almost every place is none. */
static uint8_t begins[65536 / 8];

static unsigned first_two(const char *p)
{
    return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static int longest_first(const void *a, const void *b)
{
    const struct needle *x = a, *y = b;

    return x->len > y->len ? -1 : x->len < y->len;
}

static struct needle *find(struct str s)
{
    for (size_t i = 0; i < needle_count; i++)
        if (str_eq(s, (struct str){needles[i].data, needles[i].len}))
            return &needles[i];
    return NULL;
}

static void add_needle(struct str s)
{
    if (s.len < SECRET_MIN || find(s))
        return;
    needles = mem_grow(needles, needle_count + 1, sizeof(*needles));
    needles[needle_count++] = (struct needle){mem_dup_n(s.data, s.len), s.len, false};
    begins[first_two(s.data) / 8] |= (uint8_t)(1U << first_two(s.data) % 8);
}

/* A key in PEM is quoted by logs line for line. What frames it (RFC 7468) is no secret. */
static void add_lines(struct str value)
{
    struct str line;

    while (value.len && str_cut(&value, '\n', &line)) {
        line = str_trim(line);
        if (line.len >= LINE_MIN && !str_starts(line, STR("-----")))
            secret_forms(line, add_needle);
    }
}

bool secret_add(struct str value)
{
    const struct needle *known = find(value);

    if (value.len < SECRET_MIN)
        return false;
    if (known && known->is_value) /* every case that uses it says so */
        return true;
    secret_forms(value, add_needle);
    find(value)->is_value = true;
    if (memchr(value.data, '\n', value.len))
        add_lines(value);
    qsort(needles, needle_count, sizeof(*needles), longest_first);
    return true;
}

/* The length of the longest needle that stands there, or 0. */
static size_t hit_at(struct str text, size_t at)
{
    const size_t left = text.len - at;
    const char *p = text.data + at;

    if (left < SECRET_MIN || !(begins[first_two(p) / 8] & 1U << first_two(p) % 8))
        return 0;
    for (size_t i = 0; i < needle_count; i++)
        if (needles[i].len <= left && needles[i].data[0] == p[0] &&
            memcmp(needles[i].data, p, needles[i].len) == 0)
            return needles[i].len;
    return 0;
}

/* Where it ends what begins at `at` and is `len` long, with secrets that begin within it. */
static size_t hit_end(struct str text, size_t at, size_t len)
{
    size_t end = at + len;

    for (size_t i = at + 1; i < end; i++) {
        const size_t more = hit_at(text, i);

        if (i + more > end)
            end = i + more;
    }
    return end;
}

/* Appends the masked text up to about `max` bytes. Returns whether there was anything to mask. */
static bool mask(struct buf *out, struct str text, size_t max)
{
    size_t from = 0, i = 0;
    bool any = false;

    while (i < text.len && out->len + (i - from) < max) {
        const size_t len = hit_at(text, i);

        if (!len) {
            i++;
            continue;
        }
        buf_add(out, text.data + from, i - from);
        buf_add_c(out, "***");
        from = i = hit_end(text, i, len);
        any = true;
    }
    if (any || i < text.len)
        buf_add(out, text.data + from, i - from);
    return any || i < text.len;
}

void secret_mask(struct buf *text)
{
    struct buf out = {0};

    if (needle_count == 0 || !mask(&out, buf_str(text), SIZE_MAX))
        return;
    out.max = text->max;
    buf_release(text);
    *text = out;
}

struct str secret_masked(struct arena *arena, struct str text)
{
    return secret_masked_part(arena, text, SIZE_MAX);
}

struct str secret_masked_part(struct arena *arena, struct str text, size_t max)
{
    struct buf out = {0};
    struct str result;

    if (needle_count == 0 || !mask(&out, text, max))
        return arena_str(arena, str_slice(text, 0, max));
    result = arena_str(arena, str_slice(buf_str(&out), 0, max));
    buf_release(&out);
    return result;
}

bool secret_any(void)
{
    return needle_count > 0;
}

bool secret_in(struct str text)
{
    for (size_t i = 0; needle_count && i < text.len; i++)
        if (hit_at(text, i))
            return true;
    return false;
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
    mem_wipe(begins, sizeof(begins));
}
