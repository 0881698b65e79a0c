/* What a deploy command says of the version it published. */
#include "tests/test.h"

#include "promote/deploy.h"

static void the_last_line_tells_the_version_or_nothing_does(void **state)
{
    static const struct {
        const char *out;
        bool alone;
        const char *want;
    } rows[] = {
        {"", true, ""},
        {"Deploying...\nok\n", true, ""},
        {"{\"version\": \"12\"}", true, "12"},
        {"Deploying...\n{\"version\": \"12\"}\r\n\n", true, "12"},
        {"{\"version\": \"12\"}\nbye\n", true, ""}, /* only the last line counts */
        {"{\"versions\": {\"a\": \"7\", \"b\": \"9\"}}", false, "7"},
        {"{\"versions\": {\"b\": \"9\"}}", false, ""},
        {"{\"stack\": \"x\"}\n", true, ""},
        {"{ not json", true, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char version[LAMBDA_VERSION_SIZE] = "?";
        struct err err = {0};

        if (deploy_read_version(str_c(rows[i].out), "a", rows[i].alone, version, &err) < 0)
            fail_msg("%s: %s", rows[i].out, err.text);
        assert_string_equal(version, rows[i].want);
    }
}

static void what_cannot_be_a_version_is_refused(void **state)
{
    static const struct {
        const char *out;
        bool alone;
        const char *why;
    } rows[] = {
        {"{\"version\": 12}", true, "as text, such as"},
        {"{\"version\": \"$LATEST\"}", true, "as text, such as"},
        {"{\"version\": \"\"}", true, "as text, such as"},
        {"{\"versions\": {\"a\": \"1234567890123456789012345678901234567890\"}}", true,
         "as text, such as"},
        {"{\"version\": \"12\"}", false, "for several functions"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char version[LAMBDA_VERSION_SIZE];
        struct err err = {0};

        assert_int_equal(deploy_read_version(str_c(rows[i].out), "a", rows[i].alone, version, &err),
                         -1);
        assert_int_equal(err.kind, ERR_REFUSED);
        assert_contains(err.text, rows[i].why);
    }
}

static void what_was_meant_as_a_version_is_not_passed_over(void **state)
{
    static const char *const keys[] = {"a", "b"};
    static const struct {
        const char *out, *why; /* NULL: nothing is wrong */
    } rows[] = {
        {"", NULL},
        {"Deploying...\n", NULL},
        {"{\"version\": \"12\"}", NULL},
        {"{\"versions\": {\"b\": \"7\"}}", NULL},
        {"{\"versions\": 3}", "\"versions\" that are no object: expected"},
        {"{\"versions\": [\"7\"]}", "no object"},
        {"{\"versions\": \"7\"}", "no object"},
        {"{ not json", NULL},
        {"{\"stack\": \"x\"", NULL},
        {"{\"version\": \"12\"", "is no JSON: {\"version\""},
        {"ok\n{'versions': {}, \"versions\"}", "is no JSON"},
        {"{\"versions\": {\"a\": \"7\", \"orders-dev\": \"7\"}}", "a version of \"orders-dev\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        const int result = deploy_check_versions(str_c(rows[i].out), keys, 2, &err);

        assert_int_equal(result, rows[i].why ? -1 : 0);
        if (rows[i].why)
            assert_contains(err.text, rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_line_tells_the_version_or_nothing_does),
        cmocka_unit_test(what_cannot_be_a_version_is_refused),
        cmocka_unit_test(what_was_meant_as_a_version_is_not_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
