#include "runner/testcase.h"

#include <stdlib.h>

#include "runner/compile.h"
#include "runner/table.h"

void testset_init(struct testset *set)
{
    *set = (struct testset){0};
}

static void suite_release(struct suite *suite)
{
    for (size_t i = 0; i < suite->case_count; i++)
        table_free(suite->cases[i].table);
    json_decref(suite->capture_names);
    json_doc_free(suite->doc);
}

void testset_release(struct testset *set)
{
    /* First what borrows from the documents. */
    compile_caches_free(set->caches);
    for (size_t i = 0; i < set->suite_count; i++)
        suite_release(set->suites[i]);
    free(set->items);
    arena_release(&set->arena);
    *set = (struct testset){0};
}

const char *item_title(const struct item *item, struct arena *arena)
{
    return arena_printf(arena, "%s > %s", item->test->suite->name, item->name);
}

json_t *item_row(const struct item *item)
{
    return item->test->table ? table_row(item->test->table, item->row) : NULL;
}
