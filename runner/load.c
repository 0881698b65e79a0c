#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/testcase.h"

#include "base/file.h"
#include "base/mem.h"
#include "json/strict.h"
#include "runner/compile.h"
#include "runner/load_case.h"
#include "runner/needs.h"
#include "runner/print.h"
#include "runner/scope.h"
#include "runner/table.h"

struct loader {
    struct testset *set;
    const struct runner_config *config;
    struct faults *faults;
    size_t item_cap;
    const char *last_key, *last_function; /* of the item before */
};

/* ---- suites ---- */

/* "cases/orders.json" is the suite "orders" unless it says otherwise. */
static const char *name_of_file(struct arena *arena, const char *file)
{
    const char *slash = strrchr(file, '/');
    struct str base = str_c(slash ? slash + 1 : file);

    if (str_ends(base, STR(".json")) && base.len > 5)
        base.len -= 5;
    return arena_dup_str(arena, base);
}

static void read_cases(struct loader *l, struct suite *suite, struct json_ref at,
                       enum case_role role)
{
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        struct testcase *test = &suite->cases[suite->case_count++];

        test->suite = suite;
        test->role = role;
        case_read(test, k.ref, l->config, &l->set->arena, l->faults);
    }
}

static void collect_captures(struct suite *suite)
{
    suite->capture_names = json_object();
    for (size_t i = 0; i < suite->case_count; i++) {
        const char *name;
        json_t *value;

        json_object_foreach(suite->cases[i].capture.value, name, value)
            json_object_set_new(suite->capture_names, name, json_true());
    }
}

enum { NAME, DESCRIPTION, FUNCTION, VARIABLES, DEFAULTS, CASES, SETUP, TEARDOWN };

static const struct strict_key suite_keys[] = {
    {"suite", STRICT_STRING, false},    {"description", STRICT_STRING, false},
    {"function", STRICT_STRING, false}, {"variables", STRICT_OBJECT, false},
    {"defaults", STRICT_OBJECT, false}, {"cases", STRICT_ARRAY, true},
    {"setup", STRICT_ARRAY, false},     {"teardown", STRICT_ARRAY, false},
};

const char *suite_key(size_t i)
{
    return i < ARRAY_LEN(suite_keys) ? suite_keys[i].name : NULL;
}

static void read_suite(struct loader *l, struct suite *suite, struct json_ref root)
{
    struct json_ref got[ARRAY_LEN(suite_keys)];
    size_t count;

    strict_object(root, "case file", suite_keys, ARRAY_LEN(suite_keys), got, l->faults);
    suite->name = got[NAME].value && json_string_length(got[NAME].value)
                      ? json_string_value(got[NAME].value)
                      : name_of_file(&l->set->arena, suite->file);
    suite->function = got[FUNCTION];
    suite->variables = got[VARIABLES];
    suite->defaults = case_settings_default;
    settings_read(&suite->defaults, got[DEFAULTS], l->faults);
    count = json_array_size(got[SETUP].value) + json_array_size(got[CASES].value) +
            json_array_size(got[TEARDOWN].value);
    suite->cases = arena_array(&l->set->arena, count + 1, sizeof(*suite->cases));
    read_cases(l, suite, got[SETUP], CASE_SETUP);
    read_cases(l, suite, got[CASES], CASE_NORMAL);
    read_cases(l, suite, got[TEARDOWN], CASE_TEARDOWN);
    collect_captures(suite);
}

/* ---- items ---- */

static const char *row_identity(struct loader *l, json_t *row, uint32_t at)
{
    json_t *id = json_object_get(row, "id");
    CLEANUP(buf_release) struct buf text = {0};

    if (!id)
        return arena_printf(&l->set->arena, "%u", at + 1);
    if (json_is_string(id))
        return arena_dup(&l->set->arena, json_string_value(id));
    print_json(&text, NULL, id);
    return arena_dup(&l->set->arena, buf_c(&text));
}

/* Exactly what a long table needs: doubling would take half as much again. */
static void reserve_items(struct loader *l, size_t more)
{
    const size_t need = l->set->item_count + more;

    if (need <= l->item_cap)
        return;
    l->item_cap = need > l->item_cap * 2 ? need : l->item_cap * 2;
    l->set->items = mem_grow(l->set->items, l->item_cap, sizeof(*l->set->items));
}

static struct item *push_item(struct loader *l)
{
    struct testset *set = l->set;

    reserve_items(l, 1);
    set->items[set->item_count] = (struct item){.index = (uint32_t)set->item_count};
    return &set->items[set->item_count++];
}

static bool name_item(struct loader *l, const struct testcase *test, uint32_t at, json_t *row,
                      const char *name, bool told_apart)
{
    struct item *item;

    if (l->set->item_count >= TESTSET_ITEMS_MAX) {
        json_fault(l->faults, test->name.doc, json_ref_start(test->name),
                   "more than %d cases and rows in one run", TESTSET_ITEMS_MAX);
        return false;
    }
    item = push_item(l);
    item->test = test;
    item->row = at;
    item->row_id = row ? row_identity(l, row, at) : NULL;
    item->name = row && !told_apart ? arena_printf(&l->set->arena, "%s [%s]", name, item->row_id)
                                    : arena_dup(&l->set->arena, name);
    return true;
}

static bool add_item(struct loader *l, const struct testcase *test, uint32_t at)
{
    json_t *row = test->table ? table_row(test->table, at) : NULL;
    struct scope scope = item_scope(test, row, l->config, l->set->item_count);
    json_auto_t *given = l->config->function ? json_string(l->config->function) : NULL;
    struct arena scratch = {0};
    const char *name;
    bool added;

    scope.function = given                  ? given
                     : test->function.value ? test->function.value
                                            : test->suite->function.value;
    name = template_text(&scope, test->name, &scratch, l->faults);
    added = name && name_item(l, test, at, row, name, scope.used_row);

    arena_release(&scratch);
    json_decref(row);
    return added;
}

static bool add_items(struct loader *l, struct suite *suite)
{
    bool whole = true;

    suite->first_item = l->set->item_count;
    for (size_t i = 0; i < suite->case_count; i++) {
        struct testcase *test = &suite->cases[i];
        size_t rows = test->table ? table_count(test->table) : 1;

        test->first_item = l->set->item_count;
        if (test->unreadable)
            rows = 0;
        reserve_items(l, rows < TESTSET_ITEMS_MAX ? rows : TESTSET_ITEMS_MAX);
        for (size_t k = 0; whole && k < rows; k++)
            whole = add_item(l, test, (uint32_t)k);
        test->item_count = l->set->item_count - test->first_item;
    }
    suite->item_count = l->set->item_count - suite->first_item;
    return whole;
}

static int by_name(const void *a, const void *b)
{
    const struct item *const x = *(const struct item *const *)a, *const y =
                                                                     *(const struct item *const *)b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_index(const void *a, const void *b)
{
    const struct item *const x = ((const struct item *const *)a)[0],
                             *const y = ((const struct item *const *)b)[0];

    return (x->index > y->index) - (x->index < y->index);
}

static void tell_same_name(struct loader *l, const struct suite *suite, const struct item *item,
                           const struct item *first)
{
    fault_hint(json_fault(l->faults, suite->doc, item->test->pos,
                          "a second case \"%s\": the first is in line %u", item->name,
                          first->test->pos.line),
               "%s",
               item->row_id ? "rows want different \"id\" members, or a name with a {{row.…}} that "
                              "tells them apart"
                            : "names tell cases apart in every report");
}

/* By sorting: a table of a hundred thousand names would cost more than the rows themselves. */
static void check_names(struct loader *l, const struct suite *suite)
{
    CLEANUP(mem_freep)
    const struct item **sorted = mem_array(suite->item_count + 1, sizeof(*sorted));
    CLEANUP(mem_freep) const struct item *(*pairs)[2] = NULL; /* a repeated one, its first */
    const struct item *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < suite->item_count; i++)
        sorted[i] = &l->set->items[suite->first_item + i];
    qsort(sorted, suite->item_count, sizeof(*sorted), by_name);
    for (size_t i = 0; i < suite->item_count; i++) {
        if (!first || strcmp(first->name, sorted[i]->name) != 0) {
            first = sorted[i];
            continue;
        }
        pairs = mem_grow(pairs, count + 1, sizeof(*pairs));
        pairs[count][0] = sorted[i];
        pairs[count++][1] = first;
    }
    if (count)
        qsort(pairs, count, sizeof(*pairs), by_index);
    for (size_t i = 0; i < count; i++)
        tell_same_name(l, suite, pairs[i][0], pairs[i][1]);
}

/* Neighbours mostly go to the same function. */
static const char *intern(struct loader *l, const char **last, const char *text)
{
    if (!*last || strcmp(*last, text) != 0)
        *last = arena_dup(&l->set->arena, text);
    return *last;
}

static void keep_function(struct loader *l, struct item *item, const struct compiled *compiled)
{
    if (compiled->function_unknown)
        return;
    item->function_key = intern(l, &l->last_key, compiled->function_key);
    item->function = strcmp(compiled->function, item->function_key) == 0
                         ? item->function_key
                         : intern(l, &l->last_function, compiled->function);
}

/* Compiled once only to find every mistake; thrown away at once. */
static void check_items(struct loader *l, const struct suite *suite)
{
    for (size_t i = 0; i < suite->item_count; i++) {
        struct item *item = &l->set->items[suite->first_item + i];
        struct compiled *compiled = NULL;

        if (compile_item(&compiled, l->set, item, l->config, NULL, l->faults) == 0)
            keep_function(l, item, compiled);
        else if (item->row_id) /* its other rows would say the same again */
            i = item->test->first_item + item->test->item_count - suite->first_item - 1;
        compiled_free(compiled);
    }
}

/* ---- files ---- */

static void load_file(struct loader *l, const char *file)
{
    struct testset *set = l->set;
    struct json_doc *doc = json_doc_load_faults(file, JSON_CASE_FILE_MAX, l->faults);
    const size_t first_fault = l->faults->count;
    CLEANUP(mem_freep) char *dir = NULL;
    struct suite *suite;

    if (!doc)
        return;
    dir = path_dir(file);
    suite = arena_alloc(&set->arena, sizeof(*suite));
    suite->file = arena_dup(&set->arena, file);
    suite->dir = arena_dup(&set->arena, dir);
    suite->doc = doc;
    sha256_hex(suite->sha256, json_doc_text(doc));
    suite->index = set->suite_count;
    set->suites[set->suite_count++] = suite;
    read_suite(l, suite, json_doc_root(doc));
    needs_resolve(suite, &set->arena, l->faults);
    /* Going on with what can be read: all mistakes of a file are told in one pass. */
    if (add_items(l, suite)) {
        check_names(l, suite);
        check_items(l, suite);
    }
    faults_tidy(l->faults, first_fault, suite->file);
}

void testset_load(struct testset *set, const char *const *files, size_t file_count,
                  const struct runner_config *config, struct faults *faults)
{
    struct loader l = {.set = set, .config = config, .faults = faults};

    if (!set->caches)
        set->caches = compile_caches_new(config);
    set->suites = arena_array(&set->arena, file_count + 1, sizeof(struct suite *));
    for (size_t i = 0; i < file_count; i++)
        load_file(&l, files[i]);
}
