#include "base/rand.h"

#include "tests/test.h"

static void the_same_seed_gives_the_same_numbers(void **state)
{
    struct rng a, b;

    (void)state;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    for (int i = 0; i < 100; i++)
        assert_int_equal(rng_next(&a), rng_next(&b));
    rng_seed(&b, 43);
    assert_int_not_equal(rng_next(&a), rng_next(&b));
}

static void numbers_stay_in_range_and_reach_every_value(void **state)
{
    struct rng r;
    int seen[7] = {0};

    (void)state;
    rng_seed(&r, 1);
    for (int i = 0; i < 7000; i++) {
        const double u = rng_unit(&r);

        assert_true(u >= 0 && u < 1);
        seen[rng_below(&r, 7)]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 800, 1200);
}

static void a_ulid_begins_with_its_time(void **state)
{
    char a[ULID_SIZE], b[ULID_SIZE];

    (void)state;
    rand_ulid(a, 1469918176385); /* the example of the ULID specification */
    rand_ulid(b, 1469918176385);
    assert_int_equal(strlen(a), 26);
    assert_memory_equal(a, "01ARYZ6S41", 10);
    assert_string_not_equal(a, b);
}

static void a_uuid_has_version_4_and_its_variant(void **state)
{
    char u[UUID_SIZE];

    (void)state;
    for (int i = 0; i < 100; i++) {
        rand_uuid(u, NULL);
        assert_int_equal(strlen(u), 36);
        assert_int_equal(u[14], '4');
        assert_non_null(strchr("89ab", u[19]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(numbers_stay_in_range_and_reach_every_value),
        cmocka_unit_test(a_ulid_begins_with_its_time),
        cmocka_unit_test(a_uuid_has_version_4_and_its_variant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
