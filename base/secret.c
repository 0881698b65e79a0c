#include "base/secret.h"

#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret_forms.h"
#include "base/utf8.h"

/* Lines of a longer secret that are shorter say too little to be blanked out everywhere. */
enum { LINE_MIN = 12 };

struct needle {
    struct str text;
    bool is_value; /* all spellings of it are here */
    char bytes[];  /* of the text */
};

/* ---- every spelling of every secret, in the order of their bytes ---- */

static void *needles; /* tsearch(3) */
static size_t needle_count;

static int by_bytes(const void *a, const void *b)
{
    const struct needle *x = a, *y = b;

    return str_cmp(x->text, y->text);
}

static struct needle *find(struct str s)
{
    struct needle *const *at = tfind(&(struct needle){.text = s}, &needles, by_bytes);

    return at ? *at : NULL;
}

/* The last one not behind what is sought: a search, which gives that first, ends next to it. */
static const struct needle *not_behind;

static int by_bytes_remembering(const void *sought, const void *at)
{
    const int order = by_bytes(sought, at);

    if (order >= 0)
        not_behind = at;
    return order;
}

static size_t common(struct str a, struct str b)
{
    size_t n = 0;

    while (n < a.len && n < b.len && a.data[n] == b.data[n])
        n++;
    return n;
}

/*
 * The length of the longest that `s` begins with, or 0. Whatever `s` begins with stands before it,
 * and so does all that lies between the two: that begins with it as well. So the nearest one before
 * `s` tells how much of `s` is worth another look.
 */
static size_t longest_in_front(struct str s)
{
    while (s.len >= SECRET_MIN) {
        size_t same;

        not_behind = NULL;
        tfind(&(struct needle){.text = s}, &needles, by_bytes_remembering);
        if (!not_behind)
            return 0;
        same = common(not_behind->text, s);
        if (same == not_behind->text.len)
            return same;
        s.len = same;
    }
    return 0;
}

/* ---- almost every place of a text is none where one begins ---- */

enum { FOURS_BITS = 22 };

/* A bit for the two bytes that some begin with, and one for a hash of four. */
static uint8_t twos[65536 / 8], fours[(1U << FOURS_BITS) / 8];

static unsigned first_two(const char *p)
{
    return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static unsigned first_four(const char *p)
{
    const unsigned four = first_two(p) << 16 | first_two(p + 2);

    return four * 2654435769U >> (32 - FOURS_BITS); /* Knuth's multiplicative hash */
}

static void set_bit(uint8_t *bits, unsigned i)
{
    bits[i / 8] |= (uint8_t)(1U << i % 8);
}

static bool has_bit(const uint8_t *bits, unsigned i)
{
    return bits[i / 8] & 1U << i % 8;
}

static bool may_begin(const char *four)
{
    return has_bit(twos, first_two(four)) && has_bit(fours, first_four(four));
}

/* ---- adding ---- */

static void add_needle(struct str s)
{
    struct needle *n;

    if (s.len < SECRET_MIN || find(s))
        return;
    n = mem_alloc(sizeof(*n) + s.len);
    memcpy(n->bytes, s.data, s.len);
    n->text = (struct str){n->bytes, s.len};
    n->is_value = false;
    mem_must(tsearch(n, &needles, by_bytes));
    needle_count++;
    set_bit(twos, first_two(s.data));
    set_bit(fours, first_four(s.data));
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
    const struct needle *known;

    if (value.len < SECRET_MIN)
        return false;
    known = find(value);
    if (known && known->is_value) /* every case that uses it says so */
        return true;
    secret_forms(value, add_needle);
    find(value)->is_value = true;
    if (memchr(value.data, '\n', value.len))
        add_lines(value);
    return true;
}

/* ---- looking ---- */

/* The length of the longest that stands there, or 0. */
static size_t hit_at(struct str text, size_t at)
{
    if (text.len - at < SECRET_MIN || !may_begin(text.data + at))
        return 0;
    return longest_in_front(str_slice(text, at, text.len));
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

void secret_copy(char *out, size_t size, struct str text)
{
    struct arena arena = {0};

    if (text.len >= size)
        text = utf8_part(secret_masked_part(&arena, text, size), size - 1);
    memcpy(out, text.data ? text.data : "", text.len);
    out[text.len] = '\0';
    arena_release(&arena);
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
    while (needles) {
        struct needle *n = *(struct needle **)needles; /* the root */

        twos[first_two(n->bytes) / 8] = 0;
        fours[first_four(n->bytes) / 8] = 0; /* not all: most pages have never been touched */
        tdelete(n, &needles, by_bytes);
        mem_wipe_free(n);
    }
    needle_count = 0;
}
