#include "runner/verdict.h"

#include "tests/test.h"

static void a_run_is_as_good_as_its_worst_case(void **state)
{
    static const struct {
        struct verdict_counts counts;
        bool flaky_fails;
        enum run_verdict want;
    } rows[] = {
        {{{0, 0, 0, 0}, 0}, false, RUN_EMPTY},        {{{0, 0, 0, 9}, 0}, false, RUN_EMPTY},
        {{{1, 0, 0, 0}, 0}, false, RUN_PASS},         {{{1, 0, 0, 5}, 0}, false, RUN_PASS},
        {{{9, 0, 1, 0}, 0}, false, RUN_INCONCLUSIVE}, {{{9, 1, 1, 0}, 0}, false, RUN_FAIL},
        {{{0, 0, 1, 0}, 0}, false, RUN_INCONCLUSIVE}, {{{9, 0, 0, 0}, 1}, false, RUN_PASS},
        {{{9, 0, 0, 0}, 1}, true, RUN_FAIL},          {{{9, 0, 1, 0}, 1}, true, RUN_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(verdict_of_run(&rows[i].counts, rows[i].flaky_fails), rows[i].want);
}

static void only_what_did_not_happen_is_sent_again(void **state)
{
    static const struct {
        enum answer_kind kind;
        enum err_kind error;
        bool idempotent, want;
    } rows[] = {
        {ANSWER_THROTTLED, ERR_NONE, false, true},
        {ANSWER_TRANSPORT, ERR_UNREACHABLE, false, true}, /* nothing was sent */
        {ANSWER_TRANSPORT, ERR_UNKNOWN, false, false},    /* it may have run */
        {ANSWER_TRANSPORT, ERR_UNKNOWN, true, true},
        {ANSWER_TRANSPORT, ERR_LIMIT, true, false}, /* it would be too long again */
        {ANSWER_SERVICE_ERROR, ERR_NONE, true, false},
        {ANSWER_SUCCESS, ERR_NONE, true, false},
        {ANSWER_FUNCTION_ERROR, ERR_NONE, true, false},
        {ANSWER_TIMEOUT, ERR_NONE, true, false},
        {ANSWER_INIT_ERROR, ERR_NONE, true, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(resend_is_safe(rows[i].kind, rows[i].error, rows[i].idempotent),
                         rows[i].want);
}

static void waits_double_up_to_a_cap_with_full_jitter(void **state)
{
    struct rng rng;

    (void)state;
    rng_seed(&rng, 1);
    for (unsigned again = 1; again < 70; again++) {
        int64_t most = 500, longest = 0;

        for (unsigned i = 1; i < again && most < BACKOFF_MAX_MS; i++)
            most *= 2;
        most = most > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : most;
        for (int i = 0; i < 200; i++) {
            int64_t wait = retry_wait_ms(500, again, &rng);

            assert_in_range(wait, 0, most);
            longest = wait > longest ? wait : longest;
        }
        assert_true(longest > most / 2);
    }
    assert_in_range(retry_wait_ms(0, 1, &rng), 0, 1);
}

static void attempts_are_counted(void **state)
{
    (void)state;
    assert_true(retry_wanted(VERDICT_FAILED, 1, 2));
    assert_true(retry_wanted(VERDICT_INCONCLUSIVE, 2, 2));
    assert_false(retry_wanted(VERDICT_FAILED, 3, 2));
    assert_false(retry_wanted(VERDICT_FAILED, 1, 0));
    assert_false(retry_wanted(VERDICT_PASSED, 1, 2));
    assert_false(retry_wanted(VERDICT_SKIPPED, 1, 2));
}

static void names_are_found_again(void **state)
{
    (void)state;
    for (int i = 0; i < VERDICT_COUNT; i++) {
        enum verdict verdict;

        assert_true(verdict_find(verdict_name((enum verdict)i), &verdict));
        assert_int_equal(verdict, i);
    }
    for (int i = RUN_PASS; i <= RUN_EMPTY; i++) {
        enum run_verdict verdict;

        assert_true(run_verdict_find(run_verdict_name((enum run_verdict)i), &verdict));
        assert_int_equal(verdict, i);
    }
    assert_false(verdict_find("fine", &(enum verdict){0}));
    assert_false(run_verdict_find(NULL, &(enum run_verdict){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_as_good_as_its_worst_case),
        cmocka_unit_test(only_what_did_not_happen_is_sent_again),
        cmocka_unit_test(waits_double_up_to_a_cap_with_full_jitter),
        cmocka_unit_test(attempts_are_counted),
        cmocka_unit_test(names_are_found_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
