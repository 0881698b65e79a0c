#include "local/throttle.h"

#include "tests/test.h"

static unsigned taken(struct throttle *t, enum throttle_bucket bucket, int64_t at_ms)
{
    unsigned n = 0;

    while (n < 1000 && throttle_take(t, bucket, at_ms))
        n++;
    return n;
}

static void a_second_holds_as_many_requests_as_the_rate_says(void **state)
{
    struct throttle *t = throttle_new(15);

    (void)state;
    assert_int_equal(taken(t, THROTTLE_CONTROL, 1000), 15);
    assert_int_equal(taken(t, THROTTLE_CONTROL, 1000), 0);
    assert_int_equal(taken(t, THROTTLE_CONTROL, 1200), 3);
    assert_int_equal(taken(t, THROTTLE_CONTROL, 1000000), 15); /* nothing is saved up */
    assert_int_equal(taken(t, THROTTLE_GET_FUNCTION, 1000), 100);
    assert_int_equal(taken(t, THROTTLE_GET_POLICY, 1000), 15);
    throttle_free(t);
}

static void no_rate_is_no_limit(void **state)
{
    struct throttle *t = throttle_new(0);

    (void)state;
    assert_int_equal(taken(t, THROTTLE_CONTROL, 0), 1000);
    throttle_free(t);
}

static void a_slow_rate_lets_one_through_now_and_then(void **state)
{
    struct throttle *t = throttle_new(0.5);

    (void)state;
    assert_int_equal(taken(t, THROTTLE_CONTROL, 0), 1);
    assert_int_equal(taken(t, THROTTLE_CONTROL, 1999), 0);
    assert_int_equal(taken(t, THROTTLE_CONTROL, 2001), 1);
    throttle_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_holds_as_many_requests_as_the_rate_says),
        cmocka_unit_test(no_rate_is_no_limit),
        cmocka_unit_test(a_slow_rate_lets_one_through_now_and_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
