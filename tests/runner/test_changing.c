#include "runner/changing.h"

#include "base/mem.h"
#include "base/secret.h"
#include "tests/test.h"

static void what_looks_like_another_value_each_time_is_found(void **state)
{
    const struct changing_known known = {
        .now_ms = 1769860800000, /* 2026-01-31T12:00:00Z */
        .request_id = STR("req-1"),
        .request =
            STR("{\"id\":\"6f1e0f3c-8c1f-4c52-8a94-2d1f2c1b0a99\",\"day\":\"2020-01-01T00:00\"}"),
    };
    static const struct {
        const char *value, *paths;
    } rows[] = {
        {"{\"a\":1,\"b\":\"x\",\"c\":[null,true]}", "[]"},
        {"\"00000000-0000-4000-8000-000000000000\"", "[\"$\"]"},
        {"{\"id\":\"ord 00000000-0000-4000-8000-00000000000A!\"}", "[\"$['id']\"]"},
        {"{\"id\":\"6f1e0f3c-8c1f-4c52-8a94-2d1f2c1b0a99\"}", "[]"}, /* it was sent */
        {"{\"at\":\"2026-01-31T12:00:00Z\",\"day\":\"2026-01-31\"}", "[\"$['at']\"]"},
        {"{\"day\":\"2020-01-01T00:00\"}", "[]"},
        {"{\"trace\":\"id=req-1;\"}", "[\"$['trace']\"]"},
        {"[{\"t\":1769860801},{\"t\":1769860799999},{\"t\":1000}]", "[\"$[*]['t']\"]"},
        {"{\"t\":1669860800}", "[]"},
        {"{\"token\":\"is hunter2-long\"}", "[\"$['token']\"]"},
        {"{\"a b\":{\"it's\":\"req-1\"}}", "[\"$['a b']['it\\\\'s']\"]"},
    };

    (void)state;
    secret_add(STR("hunter2-long"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        json_auto_t *value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL), *paths = NULL;
        CLEANUP(mem_freep) char *got = NULL;

        assert_non_null(value);
        paths = changing_paths(value, &known);
        got = json_dumps(paths, 0);
        if (strcmp(got, rows[i].paths) != 0)
            fail_msg("%s gave %s", rows[i].value, got);
    }
    assert_true(changing_text(STR("made at 2026-01-31 12:00"), &known));
    assert_false(changing_text(STR("plain"), &known));
    secret_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_like_another_value_each_time_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
