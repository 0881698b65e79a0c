/* The JSONPath Compliance Test Suite, read unchanged: every case, its nodes and its normalized
 * paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "json/equal.h"
#include "json/path/path.h"

static json_t *paths_of(const struct path_nodes *nodes)
{
    json_t *paths = json_array();

    for (size_t i = 0; i < nodes->count; i++) {
        struct buf path = {0};

        path_node_path(nodes, i, &path);
        json_array_append_new(paths, json_stringn(path.data, path.len));
        buf_release(&path);
    }
    return paths;
}

static json_t *values_of(const struct path_nodes *nodes)
{
    json_t *values = json_array();

    for (size_t i = 0; i < nodes->count; i++)
        json_array_append(values, nodes->items[i].value);
    return values;
}

/* Right when it is the one answer, or any of several. */
static bool is_right(const json_t *got, const json_t *one, const json_t *several)
{
    const json_t *alternative;
    size_t i;

    if (one)
        return json_equal_exact(NULL, got, NULL, one);
    json_array_foreach(several, i, alternative)
    {
        if (json_equal_exact(NULL, got, NULL, alternative))
            return true;
    }
    return !several;
}

static bool run_case(const json_t *c)
{
    const json_t *selector = json_object_get(c, "selector");
    const bool invalid = json_is_true(json_object_get(c, "invalid_selector"));
    const char *name = json_string_value(json_object_get(c, "name"));
    const struct str query = {json_string_value(selector), json_string_length(selector)};
    size_t offset = SIZE_MAX;
    struct path_nodes nodes = {0};
    struct path_query *q = NULL;
    struct err err = {0};
    json_t *values, *paths;
    bool good;

    if (path_compile(&q, query, &offset, &err) < 0) {
        if (!invalid || !err.text[0] || offset > query.len)
            printf("%s: refused at %zu: %s\n", name, offset, err.text);
        return invalid && err.text[0] && offset <= query.len;
    }
    if (invalid) {
        printf("%s: accepted %s\n", name, json_string_value(selector));
        path_free(q);
        return false;
    }
    path_select_value(q, NULL, json_object_get(c, "document"), &nodes, &err);
    values = values_of(&nodes);
    paths = paths_of(&nodes);
    good = is_right(values, json_object_get(c, "result"), json_object_get(c, "results")) &&
           is_right(paths, json_object_get(c, "result_paths"), json_object_get(c, "results_paths"));
    if (!good) {
        char *text = json_dumps(paths, 0);

        printf("%s: %s gives %s\n", name, json_string_value(selector), text);
        free(text);
    }
    json_decref(values);
    json_decref(paths);
    path_nodes_release(&nodes);
    path_free(q);
    return good;
}

/* suite_jsonpath [FOLDER with jsonpath/cts.json, instead of the suites' own] */
int main(int argc, char **argv)
{
    const char *suites = argc > 1 ? argv[1] : getenv("SMOKEGATE_SUITES");
    struct buf file = {0};
    json_t *root, *c;
    size_t i, passed = 0, failed = 0, refused = 0;

    buf_printf(&file, "%s/jsonpath/cts.json", suites ? suites : "../shared/suites");
    root = json_load_file(file.data, JSON_ALLOW_NUL, NULL);
    if (!root) {
        printf("the JSONPath compliance suite is not at %s\n", file.data);
        return 77;
    }
    json_array_foreach(json_object_get(root, "tests"), i, c)
    {
        const bool good = run_case(c);

        passed += good;
        failed += !good;
        refused += good && json_is_true(json_object_get(c, "invalid_selector"));
    }
    printf("jsonpath: %zu/%zu passed, %zu of them refusals\n# counted: %zu passed, %zu failed\n",
           passed, passed + failed, refused, passed, failed);
    json_decref(root);
    buf_release(&file);
    return failed || !passed;
}
