#include "runner/needs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "json/strict.h"

static struct str name_of(const struct testcase *test)
{
    return (struct str){json_string_value(test->name.value), json_string_length(test->name.value)};
}

static int by_name(const void *a, const void *b)
{
    const struct testcase *const x = *(struct testcase *const *)a, *const y =
                                                                       *(struct testcase *const *)b;
    const int order = str_cmp(name_of(x), name_of(y));

    return order ? order : (x > y) - (x < y); /* of two of a name, the file's first */
}

/* The cases that have a name, sorted by it: a file may hold as many needs as cases. */
struct index {
    struct testcase **cases;
    size_t count;
};

static struct index index_make(struct suite *suite)
{
    struct index index = {mem_array(suite->case_count + 1, sizeof(struct testcase *)), 0};

    for (size_t i = 0; i < suite->case_count; i++)
        if (json_is_string(suite->cases[i].name.value))
            index.cases[index.count++] = &suite->cases[i];
    qsort(index.cases, index.count, sizeof(struct testcase *), by_name);
    return index;
}

static struct testcase *find_case(const struct index *index, struct str name)
{
    size_t low = 0, high = index->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (str_cmp(name_of(index->cases[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->count && str_eq(name_of(index->cases[low]), name) ? index->cases[low]
                                                                          : NULL;
}

static void unknown_case(struct suite *suite, struct json_ref at, struct faults *faults)
{
    struct str name = {json_string_value(at.value), json_string_length(at.value)};
    struct fault *fault = json_fault(faults, at.doc, json_ref_start(at),
                                     "this file has no case \"%.*s\"", STR_ARG(name));
    CLEANUP(mem_freep) const char **names = mem_array(suite->case_count + 1, sizeof(*names));
    size_t count = 0;
    const char *near;

    for (size_t i = 0; i < suite->case_count; i++)
        if (suite->cases[i].name.value)
            names[count++] = json_string_value(suite->cases[i].name.value);
    near = suggest_nearest(name, names, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
}

static bool resolve_case(struct suite *suite, const struct index *index, struct testcase *test,
                         struct arena *arena, struct faults *faults)
{
    bool whole = true;

    if (!test->needs.value)
        return true;
    test->needed =
        arena_array(arena, json_array_size(test->needs.value) + 1, sizeof(struct testcase *));
    for (struct json_child k = json_child_first(test->needs); k.ref.value; k = json_child_next(k)) {
        struct testcase *other = NULL;

        if (json_is_string(k.ref.value))
            other = find_case(index, (struct str){json_string_value(k.ref.value),
                                                  json_string_length(k.ref.value)});
        else
            json_fault(faults, k.ref.doc, json_ref_start(k.ref), "the name of a case, found %s",
                       strict_type_name(k.ref.value));
        if (other && other->role > test->role) {
            json_fault(faults, k.ref.doc, json_ref_start(k.ref),
                       "a %s case runs before \"%s\" and cannot need it",
                       test->role == CASE_SETUP ? "setup" : "normal",
                       json_string_value(other->name.value));
            whole = false;
        } else if (other)
            test->needed[test->needed_count++] = other;
        else if (json_is_string(k.ref.value))
            unknown_case(suite, k.ref, faults);
        whole = whole && other;
    }
    return whole;
}

/* ---- circles ---- */

enum colour { WHITE, GREY, BLACK };

struct walk {
    struct suite *suite;
    unsigned char *colours;
    struct testcase **path;
    size_t depth;
    struct faults *faults;
};

static void tell_circle(const struct walk *w, const struct testcase *start)
{
    CLEANUP(buf_release) struct buf text = {0};
    size_t from = 0;

    while (w->path[from] != start)
        from++;
    for (size_t i = from; i < w->depth; i++)
        buf_printf(&text, "\"%s\" -> ", json_string_value(w->path[i]->name.value));
    buf_printf(&text, "\"%s\"", json_string_value(start->name.value));
    json_fault(w->faults, start->needs.doc, json_ref_start(start->needs),
               "cases need each other in a circle: %s", buf_c(&text));
}

/* Without recursion: a chain of needs may be as long as the file. */
static bool walk_from(struct walk *w, struct testcase *start, size_t *next)
{
    w->depth = 0;
    w->path[w->depth++] = start;
    w->colours[start - w->suite->cases] = GREY;
    while (w->depth) {
        struct testcase *test = w->path[w->depth - 1];
        size_t at = (size_t)(test - w->suite->cases);

        if (next[at] < test->needed_count) {
            struct testcase *other = test->needed[next[at]++];
            size_t k = (size_t)(other - w->suite->cases);

            if (w->colours[k] == GREY) {
                tell_circle(w, other);
                return false;
            }
            if (w->colours[k] == WHITE) {
                w->colours[k] = GREY;
                w->path[w->depth++] = other;
            }
            continue;
        }
        w->colours[at] = BLACK;
        w->depth--;
    }
    return true;
}

static bool no_circles(struct suite *suite, struct faults *faults)
{
    CLEANUP(mem_freep) unsigned char *colours = mem_zalloc(suite->case_count + 1);
    CLEANUP(mem_freep) size_t *next = mem_array(suite->case_count + 1, sizeof(*next));
    CLEANUP(mem_freep)
    struct testcase **path = mem_array(suite->case_count + 1, sizeof(struct testcase *));
    struct walk w = {suite, colours, path, 0, faults};

    bool none = true;

    for (size_t i = 0; i < suite->case_count; i++) {
        if (colours[i] != WHITE || walk_from(&w, &suite->cases[i], next))
            continue;
        none = false; /* and what led there has been looked at */
        for (size_t k = 0; k < w.depth; k++)
            colours[w.path[k] - suite->cases] = BLACK;
    }
    return none;
}

bool needs_resolve(struct suite *suite, struct arena *arena, struct faults *faults)
{
    struct index index = index_make(suite);
    bool whole = true;

    for (size_t i = 0; i < suite->case_count; i++)
        whole = resolve_case(suite, &index, &suite->cases[i], arena, faults) && whole;
    free(index.cases);
    return no_circles(suite, faults) && whole;
}
