#include "base/suggest.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    const size_t m = a < b ? a : b;

    return m < c ? m : c;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment distance: Levenshtein plus the swap of neighbours. */
static size_t distance(struct str a, struct str b)
{
    size_t row[3][WORD_MAX + 1];

    for (size_t j = 0; j <= b.len; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            now[j] = min3(last[j] + 1, now[j - 1] + 1,
                          last[j - 1] + !same(a.data[i - 1], b.data[j - 1]));
            if (i > 1 && j > 1 && same(a.data[i - 1], b.data[j - 2]) &&
                same(a.data[i - 2], b.data[j - 1]) && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return row[a.len % 3][b.len];
}

const char *suggest_nearest(struct str word, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t best_distance = word.len < 2             ? 1
                           : word.len < 3           ? 2
                           : (word.len + 2) / 3 < 3 ? (word.len + 2) / 3 + 1
                                                    : 4;

    if (word.len == 0 || word.len > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct str c = str_c(candidates[i]);
        size_t d;

        if (c.len == 0 || c.len > WORD_MAX)
            continue;
        d = distance(word, c);
        if (d < best_distance) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}
