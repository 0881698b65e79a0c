#include "runner/shard.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct group {
    size_t first; /* its smallest item: names it, and breaks ties */
    int64_t us;   /* 0: has no selected item */
    unsigned shard;
};

/* ---- what belongs together ---- */

static size_t find(size_t *up, size_t i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

static void join(size_t *up, size_t a, size_t b)
{
    a = find(up, a);
    b = find(up, b);
    if (a < b)
        up[b] = a;
    else
        up[a] = b;
}

static bool stays_whole(const struct suite *suite)
{
    if (json_object_size(suite->capture_names))
        return true;
    for (size_t i = 0; i < suite->case_count; i++)
        if (suite->cases[i].role != CASE_NORMAL)
            return true;
    return false;
}

static void join_needs(size_t *up, const struct testcase *test)
{
    for (size_t i = 0; i < test->needed_count && test->item_count; i++) {
        const struct testcase *other = test->needed[i];

        for (size_t k = 0; k < other->item_count; k++)
            join(up, test->first_item, other->first_item + k);
        for (size_t k = 1; k < test->item_count; k++)
            join(up, test->first_item, test->first_item + k);
    }
}

static size_t *group_items(const struct testset *set)
{
    size_t *up = mem_array(set->item_count + 1, sizeof(*up));

    for (size_t i = 0; i < set->item_count; i++)
        up[i] = i;
    for (size_t i = 0; i < set->suite_count; i++) {
        const struct suite *suite = set->suites[i];

        for (size_t k = 1; stays_whole(suite) && k < suite->item_count; k++)
            join(up, suite->first_item, suite->first_item + k);
        for (size_t k = 0; k < suite->case_count; k++)
            join_needs(up, &suite->cases[k]);
    }
    return up;
}

/* ---- how long it takes ---- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(json_t *times)
{
    size_t count = 0;
    CLEANUP(mem_freep) int64_t *all = mem_array(json_object_size(times) + 1, sizeof(*all));
    const char *title;
    json_t *us;

    json_object_foreach(times, title, us) all[count++] = json_integer_value(us);
    qsort(all, count, sizeof(*all), by_value);
    return count && all[count / 2] > 0 ? all[count / 2] : 1;
}

static int64_t time_of(const struct item *item, json_t *times, int64_t otherwise,
                       struct arena *scratch)
{
    json_t *us = times ? json_object_get(times, item_title(item, scratch)) : NULL;

    arena_reset(scratch);
    return us && json_integer_value(us) > 0 ? json_integer_value(us) : otherwise;
}

/* ---- who gets what ---- */

static int longest_first(const void *a, const void *b)
{
    const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;

    if (x->us != y->us)
        return x->us < y->us ? 1 : -1;
    return (x->first > y->first) - (x->first < y->first);
}

static void deal(struct group *groups, size_t count, unsigned shards)
{
    CLEANUP(mem_freep) struct group **sorted = mem_array(count + 1, sizeof(*sorted));
    CLEANUP(mem_freep) int64_t *loads = mem_array(shards, sizeof(*loads));
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        if (groups[i].us)
            sorted[used++] = &groups[i];
    qsort(sorted, used, sizeof(*sorted), longest_first);
    for (size_t i = 0; i < used; i++) {
        unsigned least = 0;

        for (unsigned k = 1; k < shards; k++)
            if (loads[k] < loads[least])
                least = k;
        sorted[i]->shard = least + 1;
        loads[least] += sorted[i]->us;
    }
}

/* ---- the whole ---- */

static void identify(struct buf *out, const struct item *item)
{
    const struct suite *suite = item->test->suite;

    buf_printf(out, "%s%c%s:%u:%u:%u\n", suite->file, '\0', suite->sha256, item->test->pos.line,
               item->test->pos.column, item->row);
}

void shard_describe(struct shard_whole *ret, const struct testset *set, const size_t *order,
                    size_t count)
{
    CLEANUP(mem_freep) unsigned char *chosen = mem_zalloc(set->item_count + 1);
    CLEANUP(buf_release) struct buf text = {0};

    *ret = (struct shard_whole){.places = mem_array(set->item_count + 1, sizeof(size_t))};
    for (size_t i = 0; i < count; i++)
        chosen[order[i]] = 1;
    for (size_t i = 0; i < set->item_count; i++) {
        if (!chosen[i])
            continue;
        ret->places[i] = ret->cases++;
        identify(&text, &set->items[i]);
    }
    sha256_hex(ret->sha256, buf_str(&text));
}

void shard_whole_release(struct shard_whole *whole)
{
    free(whole->places);
    *whole = (struct shard_whole){0};
}

void shard_select(const struct testset *set, size_t *order, size_t *count, unsigned shard,
                  unsigned shards, json_t *times)
{
    CLEANUP(mem_freep) size_t *up = group_items(set);
    CLEANUP(mem_freep) struct group *groups = mem_array(set->item_count + 1, sizeof(*groups));
    struct arena scratch = {0};
    int64_t otherwise = times ? median(times) : 1;
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        struct group *g = &groups[find(up, order[i])];

        g->first = find(up, order[i]);
        g->us += time_of(&set->items[order[i]], times, otherwise, &scratch);
    }
    deal(groups, set->item_count, shards);
    for (size_t i = 0; i < *count; i++)
        if (groups[find(up, order[i])].shard == shard)
            order[kept++] = order[i];
    *count = kept;
    arena_release(&scratch);
}
