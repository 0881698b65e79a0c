/* Lists of layers and of their versions: pages, filters, and their order. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/local/api.h"

#define LAYERS "/2018-10-31/layers"

static struct api api;

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

static void publish(const char *layer, const char *runtime)
{
    struct buf target = {0}, body = {0};

    buf_printf(&target, LAYERS "/%s/versions", layer);
    buf_printf(&body, "{\"Content\":{%s},\"CompatibleRuntimes\":[\"%s\"]}", api_zip_member(" 10"),
               runtime);
    api_do(&api, 201, "POST", buf_c(&target), buf_c(&body));
    buf_release(&target);
    buf_release(&body);
}

/*
 * All pages of a list as text, "3 2|1": the members' `key` of `list`, pages divided by bars.
 * Follows NextMarker.
 */
static void walk(struct buf *out, const char *target, const char *list, const char *inside,
                 const char *key)
{
    struct buf at = {0};

    buf_clear(out);
    buf_add_c(&at, target);
    for (int pages = 0; pages < 100; pages++) {
        json_t *page = api_call(&api, 200, "GET", buf_c(&at), NULL), *item;
        const char *marker = json_string_value(json_object_get(page, "NextMarker"));
        size_t i;

        buf_add_c(out, pages ? "|" : "");
        json_array_foreach(json_object_get(page, list), i, item)
        {
            const json_t *from = inside ? json_object_get(item, inside) : item;
            const json_t *value = json_object_get(from, key);

            buf_add_c(out, i ? " " : "");
            if (!inside && json_is_string(value))
                buf_add_c(out, json_string_value(value));
            else
                buf_printf(out, "%d", (int)json_integer_value(value));
        }
        if (!marker) {
            json_decref(page);
            break;
        }
        buf_clear(&at);
        buf_printf(&at, "%s%cMarker=%s", target, strchr(target, '?') ? '&' : '?', marker);
        json_decref(page);
    }
    buf_release(&at);
}

static void shows(const char *target, const char *list, const char *inside, const char *key,
                  const char *expected)
{
    struct buf seen = {0};

    walk(&seen, target, list, inside, key);
    assert_string_equal(buf_c(&seen), expected);
    buf_release(&seen);
}

static void versions_are_listed_newest_first(void **state)
{
    (void)state;
    shows(LAYERS "/a/versions", "LayerVersions", NULL, "Version", "");
    for (int i = 0; i < 7; i++)
        publish("a", "nodejs22.x");
    publish("b", "nodejs22.x");
    api_do(&api, 204, "DELETE", LAYERS "/a/versions/5", NULL);
    shows(LAYERS "/a/versions", "LayerVersions", NULL, "Version", "7 6 4 3 2 1");
    shows(LAYERS "/a/versions?MaxItems=2", "LayerVersions", NULL, "Version", "7 6|4 3|2 1");
    shows(LAYERS "/a/versions?MaxItems=4", "LayerVersions", NULL, "Version", "7 6 4 3|2 1");
    shows(LAYERS "/a/versions?MaxItems=6", "LayerVersions", NULL, "Version", "7 6 4 3 2 1");
}

static void fifty_versions_are_a_page(void **state)
{
    struct buf expected = {0};

    (void)state;
    for (int i = 0; i < 101; i++)
        publish("a", "nodejs22.x");
    for (int i = 101; i > 0; i--)
        buf_printf(&expected, "%d%s", i, i == 1 ? "" : i % 50 == 2 ? "|" : " ");
    shows(LAYERS "/a/versions", "LayerVersions", NULL, "Version", buf_c(&expected));
    shows(LAYERS "/a/versions?MaxItems=10000", "LayerVersions", NULL, "Version", buf_c(&expected));
    buf_release(&expected);
}

static void a_filter_looks_past_what_does_not_match(void **state)
{
    (void)state;
    for (int i = 1; i <= 9; i++)
        publish("a", i % 4 == 1 ? "python3.12" : "nodejs22.x");
    publish("b", "python3.12");
    publish("b", "nodejs22.x");
    publish("c", "nodejs22.x");
    shows(LAYERS "/a/versions?CompatibleRuntime=python3.12", "LayerVersions", NULL, "Version",
          "9 5 1");
    shows(LAYERS "/a/versions?CompatibleRuntime=python3.12&MaxItems=1", "LayerVersions", NULL,
          "Version", "9|5|1");
    shows(LAYERS "/a/versions?CompatibleRuntime=java21", "LayerVersions", NULL, "Version", "");
    /* of each layer the newest that matches, not the newest if it matches */
    shows(LAYERS "?CompatibleRuntime=python3.12", "Layers", NULL, "LayerName", "a b");
    shows(LAYERS "?CompatibleRuntime=python3.12", "Layers", "LatestMatchingVersion", "Version",
          "9 1");
    shows(LAYERS "?CompatibleRuntime=nodejs22.x", "Layers", "LatestMatchingVersion", "Version",
          "8 2 1");
}

static void layers_are_listed_by_name(void **state)
{
    (void)state;
    publish("b", "nodejs22.x");
    publish("a-1", "nodejs22.x");
    publish("a", "nodejs22.x");
    publish("c", "nodejs22.x");
    publish("c", "nodejs22.x");
    shows(LAYERS, "Layers", NULL, "LayerName", "a a-1 b c");
    shows(LAYERS "?MaxItems=1", "Layers", NULL, "LayerName", "a|a-1|b|c");
    shows(LAYERS "?MaxItems=3", "Layers", "LatestMatchingVersion", "Version", "1 1 1|2");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(versions_are_listed_newest_first),
        CASE(fifty_versions_are_a_page),
        CASE(a_filter_looks_past_what_does_not_match),
        CASE(layers_are_listed_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
