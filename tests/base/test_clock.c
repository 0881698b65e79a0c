#include "base/clock.h"

#include "tests/test.h"

static void times_are_written_as_rfc_3339_and_read_back(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1000, "1969-12-31T23:59:59Z"},
        {951782400000, "2000-02-29T00:00:00Z"},
        {1440938160000, "2015-08-30T12:36:00Z"},
        {4102444799000, "2099-12-31T23:59:59Z"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[40];
        int64_t back = 1;

        clock_format_rfc3339(text, sizeof(text), rows[i].ms, false);
        assert_string_equal(text, rows[i].text);
        assert_true(clock_parse_rfc3339(str_c(text), &back));
        assert_int_equal(back, rows[i].ms);
    }
}

static void offsets_fractions_and_leap_seconds_are_read(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(clock_parse_rfc3339(STR("1985-04-12T23:20:50.52Z"), &ms));
    assert_int_equal(ms, 482196050520);
    assert_true(clock_parse_rfc3339(STR("1996-12-19t16:39:57-08:00"), &ms));
    assert_int_equal(ms, 851042397000);
    assert_true(clock_parse_rfc3339(STR("1990-12-31T15:59:60-08:00"), &ms));
    assert_int_equal(ms, 662688000000);
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2023-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-01-01T24:00:00Z",
        "2023-01-01T00:00:00",
        "2023-01-01",
        "2023-01-01T00:00:00.Z",
        "2023-01-01T00:00:00Zx",
        "2023-01-01T12:00:60Z",
        "2023-1-01T00:00:00Z",
    };
    int64_t ms = 7;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (clock_parse_rfc3339(str_c(bad[i]), &ms))
            fail_msg("accepted \"%s\"", bad[i]);
    assert_int_equal(ms, 7);
}

static void durations_have_a_unit(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(clock_parse_duration(STR("800ms"), &ms));
    assert_int_equal(ms, 800);
    assert_true(clock_parse_duration(STR("1.5m"), &ms));
    assert_int_equal(ms, 90000);
    assert_true(clock_parse_duration(STR("0.3s"), &ms));
    assert_int_equal(ms, 300);
    assert_true(clock_parse_duration(STR("365d"), &ms));
    assert_false(clock_parse_duration(STR("366d"), &ms));
    assert_false(clock_parse_duration(STR("5"), &ms));
    assert_false(clock_parse_duration(STR("s"), &ms));
    assert_false(clock_parse_duration(STR("5."), &ms));
    assert_false(clock_parse_duration(STR("5.s"), &ms));
    assert_false(clock_parse_duration(STR("-5s"), &ms));
    assert_false(clock_parse_duration(STR("5 s"), &ms));
    assert_false(clock_parse_duration(STR("99999999999999999999999d"), &ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_as_rfc_3339_and_read_back),
        cmocka_unit_test(offsets_fractions_and_leap_seconds_are_read),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(durations_have_a_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
