#include "runner/align.h"

#include "base/mem.h"

struct sequences {
    size_t from; /* equal elements at both beginnings */
    size_t n, m; /* what is left of each */
    align_same *same;
    const void *ctx;
};

/* length[i][k]: how many pairs the ends from i and k can have. */
static void pair_middle(size_t *pair, const struct sequences *s)
{
    const size_t row = s->m + 1;
    uint16_t *length = mem_array((s->n + 1) * row, sizeof(*length));
    bool *equal = mem_array(s->n * s->m, sizeof(*equal));

    for (size_t i = s->n; i-- > 0;)
        for (size_t k = s->m; k-- > 0;) {
            const uint16_t down = length[(i + 1) * row + k], right = length[i * row + k + 1];

            equal[i * s->m + k] = s->same(s->ctx, s->from + i, s->from + k);
            length[i * row + k] = equal[i * s->m + k]
                                      ? (uint16_t)(length[(i + 1) * row + k + 1] + 1)
                                      : (down > right ? down : right);
        }
    for (size_t i = 0, k = 0; i < s->n && k < s->m;) {
        if (equal[i * s->m + k]) {
            pair[s->from + i] = s->from + k;
            i++;
            k++;
        } else if (length[(i + 1) * row + k] >= length[i * row + k + 1])
            i++;
        else
            k++;
    }
    mem_freep(&length);
    mem_freep(&equal);
}

/* From where the two differ, how far to go on in each until they agree; false: not near enough. */
static bool find_agreement(const struct sequences *s, size_t i, size_t k, size_t *ret_i,
                           size_t *ret_k)
{
    for (size_t ahead = 1; ahead <= ALIGN_AHEAD; ahead++) {
        const bool more_i = i + ahead < s->n, more_k = k + ahead < s->m;

        *ret_i = *ret_k = ahead;
        if (more_i && more_k && s->same(s->ctx, s->from + i + ahead, s->from + k + ahead))
            return true;
        *ret_k = 0;
        if (more_i && s->same(s->ctx, s->from + i + ahead, s->from + k))
            return true;
        *ret_i = 0;
        *ret_k = ahead;
        if (more_k && s->same(s->ctx, s->from + i, s->from + k + ahead))
            return true;
    }
    return false;
}

static void pair_ahead(size_t *pair, const struct sequences *s)
{
    size_t i = 0, k = 0;

    while (i < s->n && k < s->m) {
        size_t skip_i = 1, skip_k = 1;

        if (s->same(s->ctx, s->from + i, s->from + k))
            pair[s->from + i] = s->from + k;
        else if (!find_agreement(s, i, k, &skip_i, &skip_k))
            skip_i = skip_k = 1;
        i += skip_i;
        k += skip_k;
    }
}

void align_sequences(size_t *pair, size_t n, size_t m, align_same *same, const void *ctx)
{
    struct sequences s = {0, n, m, same, ctx};

    for (size_t i = 0; i < n; i++)
        pair[i] = ALIGN_NONE;
    for (; s.n && s.m && same(ctx, s.from, s.from); s.n--, s.m--, s.from++)
        pair[s.from] = s.from;
    for (; s.n && s.m && same(ctx, s.from + s.n - 1, s.from + s.m - 1); s.n--, s.m--)
        pair[s.from + s.n - 1] = s.from + s.m - 1;
    /* A longer sequence of pairs than 16 bits hold cannot come from so few cells. */
    if (s.n && s.m && s.n <= ALIGN_CELLS_MAX / s.m && (s.n < UINT16_MAX || s.m < UINT16_MAX))
        pair_middle(pair, &s);
    else
        pair_ahead(pair, &s);
}
