#include "base/buf.h"

#include "tests/test.h"

static void crossing_the_cap_adds_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_int_equal(buf_add_c(&b, "12345678"), 0);
    assert_int_equal(buf_add_c(&b, "abc"), -1);
    assert_int_equal(buf_printf(&b, "%d", 123), -1);
    assert_string_equal(b.data, "12345678");
    assert_int_equal(buf_add_c(&b, "90"), 0);
    assert_int_equal(buf_putc(&b, 'x'), -1);
    assert_int_equal(b.len, 10);
    buf_release(&b);
}

static void it_grows_and_stays_terminated(void **state)
{
    struct buf b = {0};

    (void)state;
    assert_string_equal(buf_c(&b), "");
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "%d,", i);
    assert_int_equal(strlen(b.data), b.len);
    assert_int_equal(b.len, 48890);
    buf_release(&b);
}

static void stealing_leaves_an_empty_buffer(void **state)
{
    struct buf b = {0};
    char *text;

    (void)state;
    buf_add_c(&b, "mine");
    text = buf_steal(&b);
    assert_string_equal(text, "mine");
    assert_int_equal(b.len, 0);
    free(text);
    text = buf_steal(&b);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossing_the_cap_adds_nothing),
        cmocka_unit_test(it_grows_and_stays_terminated),
        cmocka_unit_test(stealing_leaves_an_empty_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
