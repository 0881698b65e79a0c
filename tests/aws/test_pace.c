/* The rate budget: a burst, then evenly, with a reserve for what is urgent. */
#include "tests/test.h"

#include "aws/pace.h"

static void after_a_burst_calls_go_evenly(void **state)
{
    struct pace p;

    (void)state;
    pace_init(&p, 10, 5, 0, 1000);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pace_wait_ms(&p, 1000, false), 0);
        pace_take(&p, 1000);
    }
    assert_in_range(pace_wait_ms(&p, 1000, false), 100, 102);
    assert_int_equal(pace_wait_ms(&p, 1101, false), 0);
    pace_take(&p, 1101);
    assert_in_range(pace_wait_ms(&p, 1101, false), 99, 102);
}

static void idle_time_fills_it_up_to_the_burst_and_no_more(void **state)
{
    struct pace p;
    int calls = 0;

    (void)state;
    pace_init(&p, 10, 5, 0, 0);
    for (int i = 0; i < 5; i++)
        pace_take(&p, 0);
    while (pace_wait_ms(&p, 3600 * 1000, false) == 0) {
        pace_take(&p, 3600 * 1000);
        calls++;
    }
    assert_int_equal(calls, 5);
}

static void the_reserve_is_for_urgent_calls_only(void **state)
{
    struct pace p;
    int ordinary = 0, urgent = 0;

    (void)state;
    pace_init(&p, 10, 6, 2, 0);
    for (; pace_wait_ms(&p, 0, false) == 0; ordinary++)
        pace_take(&p, 0);
    for (; pace_wait_ms(&p, 0, true) == 0; urgent++)
        pace_take(&p, 0);
    assert_int_equal(ordinary, 4);
    assert_int_equal(urgent, 2);
}

static void a_429_empties_all_but_the_reserve(void **state)
{
    struct pace p;

    (void)state;
    pace_init(&p, 10, 20, 2, 0);
    pace_throttled(&p, 0);
    assert_true(pace_wait_ms(&p, 0, false) > 0);
    assert_int_equal(pace_wait_ms(&p, 0, true), 0);
    assert_int_equal(pace_wait_ms(&p, 101, false), 0);
}

static void a_clock_that_goes_back_does_no_harm(void **state)
{
    struct pace p;

    (void)state;
    pace_init(&p, 10, 5, 0, 10000);
    pace_take(&p, 9000);
    assert_int_equal(pace_wait_ms(&p, 9000, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_burst_calls_go_evenly),
        cmocka_unit_test(idle_time_fills_it_up_to_the_burst_and_no_more),
        cmocka_unit_test(the_reserve_is_for_urgent_calls_only),
        cmocka_unit_test(a_429_empties_all_but_the_reserve),
        cmocka_unit_test(a_clock_that_goes_back_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
