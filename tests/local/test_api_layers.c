/* Lists of layers and of their versions: pages, the newest first, filters. */
#include "tests/test.h"

#include <stdio.h>

#include "base/codec.h"
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
    CLEANUP(buf_release) struct buf target = {0}, body = {0};

    buf_printf(&target, LAYERS "/%s/versions", layer);
    buf_printf(&body, "{\"Content\":{%s},\"CompatibleRuntimes\":[\"%s\"]}", api_zip_member("1"),
               runtime);
    api_do(&api, 201, "POST", buf_c(&target), buf_c(&body));
}

/* Every page of a list: "name:version" of each item, '|' between pages. */
static void list(const char *path, const char *query, struct buf *ret)
{
    CLEANUP(buf_release) struct buf target = {0};

    buf_printf(&target, LAYERS "%s?%s", path, query);
    for (int pages = 0; pages < 50; pages++) {
        json_t *page = api_call(&api, 200, "GET", buf_c(&target), NULL), *item;
        const json_t *items = json_object_get(page, *path ? "LayerVersions" : "Layers");
        const char *next = json_string_value(json_object_get(page, "NextMarker"));
        size_t i;

        json_array_foreach (items, i, item) {
            const json_t *version = *path ? item : json_object_get(item, "LatestMatchingVersion");
            const char *name = json_string_value(json_object_get(item, "LayerName"));

            buf_printf(ret, "%s%s%d ", name ? name : "", name ? ":" : "",
                       (int)json_integer_value(json_object_get(version, "Version")));
        }
        if (!next) {
            json_decref(page);
            return;
        }
        buf_add_c(ret, "| ");
        buf_clear(&target);
        buf_printf(&target, LAYERS "%s?%s&Marker=", path, query);
        assert_int_equal(percent_encode(&target, str_c(next), ""), 0);
        json_decref(page);
    }
    fail_msg("%s has no end", buf_c(ret));
}

static void assert_list(const char *path, const char *query, const char *expected)
{
    CLEANUP(buf_release) struct buf got = {0};

    list(path, query, &got);
    assert_string_equal(buf_c(&got), expected);
}

static void versions_come_in_pages_the_newest_first(void **state)
{
    CLEANUP(buf_release) struct buf expected = {0};

    (void)state;
    for (int i = 0; i < 101; i++)
        publish("a", i % 40 == 0 ? "nodejs20.x" : "python3.12");
    publish("ab", "nodejs20.x");
    api_do(&api, 204, "DELETE", LAYERS "/a/versions/100", NULL);
    for (int n = 101; n > 0; n--) {
        if (n != 100)
            buf_printf(&expected, "%d ", n);
        if (n == 51) /* fifty a page: 101, 99, 98 ... 51 | 50 ... 1 */
            buf_add_c(&expected, "| ");
    }
    assert_list("/a/versions", "", buf_c(&expected));
    assert_list("/a/versions", "CompatibleRuntime=nodejs20.x", "81 41 1 ");
    assert_list("/a/versions", "CompatibleRuntime=nodejs20.x&MaxItems=1", "81 | 41 | 1 ");
    assert_list("/a/versions", "CompatibleRuntime=nodejs20.x&MaxItems=3", "81 41 1 ");
    assert_list("/a/versions", "CompatibleRuntime=nodejs22.x", "");
    assert_list("/nothing/versions", "", "");
}

static void layers_are_listed_with_the_newest_version_that_matches(void **state)
{
    CLEANUP(buf_release) struct buf expected = {0};
    char name[16];

    (void)state;
    for (int i = 0; i < 120; i++) {
        snprintf(name, sizeof(name), "l%03d", i);
        publish(name, i % 50 == 7 ? "nodejs20.x" : "python3.12");
        buf_printf(&expected, "%s%s:%d ", i && i % 50 == 0 ? "| " : "", name, i == 57 ? 2 : 1);
        if (i == 57)
            publish(name, "python3.12");
    }
    assert_list("", "", buf_c(&expected));
    assert_list("", "CompatibleRuntime=nodejs20.x", "l007:1 l057:1 l107:1 ");
    assert_list("", "CompatibleRuntime=nodejs20.x&MaxItems=2", "l007:1 l057:1 | l107:1 ");
    assert_list("", "CompatibleRuntime=nodejs22.x", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(versions_come_in_pages_the_newest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(layers_are_listed_with_the_newest_version_that_matches,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
