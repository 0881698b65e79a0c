#include "runner/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rand.h"
#include "json/pattern.h"

static bool has_tag(const struct testcase *test, const struct select_wish *wish)
{
    if (!wish->tag_count)
        return true;
    for (size_t i = 0; i < wish->tag_count; i++)
        for (size_t k = 0; k < test->tag_count; k++)
            if (strcmp(wish->tags[i], test->tags[k]) == 0)
                return true;
    return false;
}

static bool on_line(const struct testcase *test, const struct select_wish *wish)
{
    if (!wish->line_count)
        return true;
    for (size_t i = 0; i < wish->line_count; i++) {
        unsigned line = wish->lines[i].line;

        if (strcmp(wish->lines[i].file, test->suite->file) == 0 &&
            line >= json_ref_start(test->self).line && line <= json_ref_end(test->self).line)
            return true;
    }
    return false;
}

static bool is_wanted(const struct item *item, const struct select_wish *wish,
                      struct pattern *filter, struct arena *scratch)
{
    const char *title;
    bool wanted;

    if (item->test->role != CASE_NORMAL || !has_tag(item->test, wish) || !on_line(item->test, wish))
        return false;
    if (!filter && !wish->titles)
        return true;
    title = item_title(item, scratch);
    wanted = !filter || pattern_match(filter, str_c(title)) == PATTERN_MATCH;
    wanted = wanted && (!wish->titles || json_object_get(wish->titles, title));
    arena_reset(scratch);
    return wanted;
}

/* All items of the cases it needs, and of what they need. */
static void add_needed(const struct testset *set, const struct testcase *test,
                       unsigned char *chosen)
{
    for (size_t i = 0; i < test->needed_count; i++) {
        const struct testcase *other = test->needed[i];

        if (other->item_count && chosen[other->first_item] == 2)
            continue;
        for (size_t k = 0; k < other->item_count; k++)
            chosen[other->first_item + k] = 2; /* with what it needs itself */
        add_needed(set, other, chosen);
    }
}

static void add_frame(const struct testset *set, unsigned char *chosen)
{
    for (size_t i = 0; i < set->suite_count; i++) {
        const struct suite *suite = set->suites[i];
        bool any = false;

        for (size_t k = 0; k < suite->item_count && !any; k++)
            any = chosen[suite->first_item + k] != 0;
        for (size_t k = 0; any && k < suite->item_count; k++)
            if (set->items[suite->first_item + k].test->role != CASE_NORMAL)
                chosen[suite->first_item + k] = 1;
    }
}

static void shuffle_all(size_t *order, size_t count, uint64_t seed)
{
    struct rng rng;

    rng_seed(&rng, seed);
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)rng_below(&rng, i), swap = order[i - 1];

        order[i - 1] = order[k];
        order[k] = swap;
    }
}

int select_items(const struct testset *set, const struct select_wish *wish, size_t **ret_order,
                 size_t *ret_count, struct err *err)
{
    CLEANUP(mem_freep) unsigned char *chosen = mem_zalloc(set->item_count + 1);
    CLEANUP(pattern_freep) struct pattern *filter = NULL;
    struct arena scratch = {0};
    size_t *order;
    size_t count = 0;

    if (wish->filter &&
        pattern_compile(&filter, str_c(wish->filter), PATTERN_PCRE2, 0, NULL, err) < 0)
        return err_ctx(err, "--filter");
    for (size_t i = 0; i < set->item_count; i++) {
        if (!is_wanted(&set->items[i], wish, filter, &scratch))
            continue;
        chosen[i] = chosen[i] ? chosen[i] : 1;
        add_needed(set, set->items[i].test, chosen);
    }
    arena_release(&scratch);
    add_frame(set, chosen);
    order = mem_array(set->item_count + 1, sizeof(*order));
    for (size_t i = 0; i < set->item_count; i++)
        if (chosen[i])
            order[count++] = i;
    if (wish->shuffle)
        shuffle_all(order, count, wish->seed);
    *ret_order = order;
    *ret_count = count;
    return 0;
}
