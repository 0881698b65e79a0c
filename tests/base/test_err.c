#include "base/err.h"

#include <errno.h>

#include "tests/test.h"

static void each_caller_puts_what_it_knows_in_front(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err_set(&err, ERR_NOT_FOUND, "no %s", "alias"), -1);
    assert_int_equal(err_ctx(&err, "orders-%s", "dev"), -1);
    assert_string_equal(err.text, "orders-dev: no alias");
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    err_sys(&err, ERR_IO, ENOENT, "x");
    assert_string_equal(err.text, "x: No such file or directory");
    err_set(&err, ERR_INPUT, "again %s", err.text);
    assert_string_equal(err.text, "again x: No such file or directory");
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), -1);
}

static void a_text_that_was_cut_looks_cut(void **state)
{
    char longer[3000];
    struct err err = {0};

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    err_set(&err, ERR_INPUT, "%s", longer);
    assert_string_equal(err.text + ERR_TEXT_MAX - 6, "xx...");
    err_ctx(&err, "%s", longer);
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_caller_puts_what_it_knows_in_front),
        cmocka_unit_test(a_text_that_was_cut_looks_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
