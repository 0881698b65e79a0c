#include "cli/tags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "cli/term.h"

static bool any_has(const struct testset *set, const char *tag)
{
    for (size_t i = 0; i < set->item_count; i++)
        for (size_t k = 0; k < set->items[i].test->tag_count; k++)
            if (strcmp(set->items[i].test->tags[k], tag) == 0)
                return true;
    return false;
}

/* All tags of all cases, some more than once. The caller frees it. */
static const char **all_tags(const struct testset *set, size_t *ret_count)
{
    const char **tags;
    size_t count = 0;

    for (size_t i = 0; i < set->item_count; i++)
        count += set->items[i].test->tag_count;
    tags = mem_array(count + 1, sizeof(*tags));
    *ret_count = count;
    count = 0;
    for (size_t i = 0; i < set->item_count; i++)
        for (size_t k = 0; k < set->items[i].test->tag_count; k++)
            tags[count++] = set->items[i].test->tags[k];
    return tags;
}

void tags_tell_unknown(const struct testset *set, const struct select_wish *wish)
{
    for (size_t i = 0; i < wish->tag_count; i++) {
        const char **known, *near;
        size_t count;

        if (any_has(set, wish->tags[i]))
            continue;
        known = all_tags(set, &count);
        near = suggest_nearest(str_c(wish->tags[i]), known, count);
        term_err("smokegate: no case has the tag \"%s\"%s%s%s\n", wish->tags[i],
                 near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        free(known);
    }
}
