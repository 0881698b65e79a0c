#include "base/str.h"

#include "tests/test.h"

static void cutting_gives_every_part_even_empty_ones(void **state)
{
    static const char *const want[] = {"a", "", "b", ""};
    struct str rest = STR("a,,b,"), part;
    size_t n = 0;

    (void)state;
    while (str_cut(&rest, ',', &part)) {
        assert_true(n < ARRAY_LEN(want));
        assert_true(str_eq_c(part, want[n++]));
    }
    assert_int_equal(n, 4);
    rest = STR("");
    assert_true(str_cut(&rest, ',', &part));
    assert_int_equal(part.len, 0);
    assert_false(str_cut(&rest, ',', &part));
}

static void comparing_knows_length_and_nul(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("a.json"), STR(".json")));
    assert_int_equal(str_find(STR("hello"), STR("l"), 3), 3);
    assert_true(str_find(STR("hello"), STR("z"), 0) == (size_t)-1);
}

static void numbers_are_whole_and_within_the_limit(void **state)
{
    unsigned long long v = 9;

    (void)state;
    assert_true(str_to_u64(STR("65535"), 65535, &v));
    assert_int_equal(v, 65535);
    assert_false(str_to_u64(STR("65536"), 65535, &v));
    assert_false(str_to_u64(STR("99999999999999999999"), ~0ull, &v));
    assert_true(str_to_u64(STR("18446744073709551615"), ~0ull, &v));
    assert_false(str_to_u64(STR("9"), 5, &v));
    assert_false(str_to_u64(STR(""), 10, &v));
    assert_false(str_to_u64(STR("-1"), 10, &v));
    assert_false(str_to_u64(STR("1 "), 10, &v));
}

static void the_last_line_is_the_one_that_says_something(void **state)
{
    (void)state;
    assert_true(str_eq_c(str_last_line(STR("one\ntwo\r\n\n  \n")), "two"));
    assert_true(str_eq_c(str_last_line(STR("alone")), "alone"));
    assert_int_equal(str_last_line(STR(" \n\n")).len, 0);
    assert_int_equal(str_last_line(STR("")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cutting_gives_every_part_even_empty_ones),
        cmocka_unit_test(comparing_knows_length_and_nul),
        cmocka_unit_test(the_last_line_is_the_one_that_says_something),
        cmocka_unit_test(numbers_are_whole_and_within_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
