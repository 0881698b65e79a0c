#include "local/route.h"

#include <stdio.h>

#include <jansson.h>

#include "tests/test.h"

static json_t *model;

static const char *text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static int load(void **state)
{
    const char *suites = getenv("SMOKEGATE_SUITES");
    char path[1024];

    (void)state;
    snprintf(path, sizeof(path), "%s/lambda-model/service-2.json", suites ? suites : "");
    model = json_load_file(path, 0, NULL);
    if (!model)
        print_message("no service model at %s: not compared with it\n", path);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    json_decref(model);
    return 0;
}

static const struct route *find(const char *method, const char *target, const char **labels)
{
    static struct arena arena;
    struct http_request request = {.method = str_c(method), .target = str_c(target)};
    bool other;

    arena_reset(&arena);
    http_split_target(&request);
    return route_find(&request, &arena, labels, &other);
}

/* "/a/{X}/b" -> "/a/x/b" */
static void example(char *out, size_t size, const char *uri)
{
    size_t len = 0;

    for (; *uri && len < size - 1; uri++) {
        if (*uri == '{') {
            out[len++] = 'x';
            uri = strchr(uri, '}');
        } else {
            out[len++] = *uri;
        }
    }
    out[len] = '\0';
}

static void every_operation_of_the_model_has_its_row(void **state)
{
    const json_t *operations = json_object_get(model, "operations");
    const char *name, *labels[CALL_LABELS_MAX];
    json_t *operation;
    size_t count = 0;

    (void)state;
    json_object_foreach((json_t *)(uintptr_t)operations, name, operation)
    {
        const json_t *http = json_object_get(operation, "http");
        const struct route *route;
        char target[256];

        example(target, sizeof(target), text(http, "requestUri"));
        route = find(text(http, "method"), target, labels);
        if (!route)
            fail_msg("%s: no route for %s %s", name, text(http, "method"), target);
        assert_string_equal(route->name, name);
        count++;
    }
    if (model)
        assert_true(count >= 85);
}

static void labels_are_decoded_after_the_path_was_split(void **state)
{
    const char *labels[CALL_LABELS_MAX];

    (void)state;
    assert_non_null(find("GET", "/2015-03-31/functions/a%2Fb%3A1/aliases/x%24?q=/", labels));
    assert_string_equal(labels[0], "a/b:1");
    assert_string_equal(labels[1], "x$");
    assert_null(labels[2]);
}

static void what_is_no_operation_has_no_row(void **state)
{
    static const char *const rows[][2] = {
        {"GET", "/"},
        {"GET", "/2015-03-31"},
        {"PATCH", "/2015-03-31/functions/f"},
        {"GET", "/2015-03-31/functions/f/aliases/a/b"},
        {"GET", "/2015-03-31/functions//aliases"},
        {"GET", "//2015-03-31/functions"},
        {"GET", "/2015-03-31/functions/f/../g"},
    };
    const char *labels[CALL_LABELS_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_null(find(rows[i][0], rows[i][1], labels));
    assert_non_null(find("GET", "/2015-03-31/functions/", labels)); /* as older clients have it */
}

static void a_query_chooses_between_two_operations(void **state)
{
    static const char path[] = "/2019-09-30/functions/f/provisioned-concurrency";
    const char *labels[CALL_LABELS_MAX];
    char target[128];

    (void)state;
    snprintf(target, sizeof(target), "%s?List=ALL", path);
    assert_string_equal(find("GET", target, labels)->name, "ListProvisionedConcurrencyConfigs");
    snprintf(target, sizeof(target), "%s?Qualifier=1", path);
    assert_string_equal(find("GET", target, labels)->name, "GetProvisionedConcurrencyConfig");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_of_the_model_has_its_row),
        cmocka_unit_test(labels_are_decoded_after_the_path_was_split),
        cmocka_unit_test(what_is_no_operation_has_no_row),
        cmocka_unit_test(a_query_chooses_between_two_operations),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
