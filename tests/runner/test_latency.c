#include "runner/latency.h"

#include "tests/runner/support.h"
#include "tests/test.h"

static void percentiles_are_nearest_ranks(void **state)
{
    static const struct {
        size_t count;
        int64_t at[LATENCY_PERCENTILES];
    } rows[] = {
        {1, {1, 1, 1, 1, 1}},        {2, {1, 2, 2, 2, 2}},
        {3, {2, 3, 3, 3, 3}},        {4, {2, 3, 4, 4, 4}},
        {10, {5, 8, 9, 10, 10}},     {20, {10, 15, 18, 19, 20}},
        {100, {50, 75, 90, 95, 99}}, {200, {100, 150, 180, 190, 198}},
    };
    int64_t times[200];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct latency l;

        for (size_t k = 0; k < rows[i].count; k++)
            times[k] = (int64_t)(rows[i].count - k);
        l = latency_of(times, rows[i].count);
        assert_int_equal(l.count, rows[i].count);
        assert_int_equal(l.min_us, 1);
        assert_int_equal(l.max_us, rows[i].count);
        for (size_t p = 0; p < LATENCY_PERCENTILES; p++)
            assert_int_equal(l.at_us[p], rows[i].at[p]);
    }
    assert_int_equal(latency_of(NULL, 0).count, 0);
}

static void a_distribution_reads_as_one_line(void **state)
{
    const struct latency l = {20, 11200, 210500, {12000, 13500, 19000, 31000, 210500}};
    struct buf out = {0};

    (void)state;
    latency_describe(&l, &out);
    assert_string_equal(buf_c(&out), "min 11.2, p50 12.0, p90 19.0, p99 210, max 210 ms of 20 "
                                     "invocations");
    buf_release(&out);
}

/* ---- expectations ---- */

static const struct latency ours = {20, 10000, 90000, {20000, 30000, 40000, 50000, 90000}};
static const struct latency live = {20, 10000, 60000, {20000, 20000, 20000, 50000, 60000}};

static enum check_result judge(const char *latency, const struct latency *other,
                               struct check_run *run)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct support_case c;
    enum check_result result;

    buf_printf(&text,
               "{\"function\":\"orders\",\"cases\":[{\"name\":\"a\",\"repeat\":20,"
               "\"expect\":{\"latency\":%s}}]}",
               latency);
    support_case_open(&c, buf_c(&text));
    result = latency_run(c.compiled->expect.latency, &ours, other, run);
    support_case_close(&c);
    return result;
}

static void limits_and_ratios_hold_or_do_not(void **state)
{
    static const struct {
        const char *latency;
        size_t failures; /* with times of Live */
        size_t alone;    /* without */
    } rows[] = {
        {"{\"p50\":{\"max\":\"20ms\"},\"p99\":{\"min\":\"90ms\",\"max\":\"0.09s\"}}", 0, 0},
        {"{\"p50\":{\"max\":\"19ms\"},\"p75\":{\"max\":\"1ms\"},\"p90\":{\"max\":\"1ms\"},"
         "\"p95\":{\"max\":\"1ms\"},\"p99\":{\"max\":\"1ms\"}}",
         5, 5},
        {"{\"ratio\":{\"max\":2}}", 0, 0},   /* 1, 2, 1.5 of p50, p90, p99 */
        {"{\"ratio\":{\"max\":1.4}}", 2, 0}, /* not p90, not p99 */
        {"{\"p95\":{\"max\":\"1s\"},\"ratio\":{\"max\":1.4}}", 0, 0},
        {"{\"p90\":{\"max\":\"1ms\"},\"ratio\":{\"max\":1.4}}", 2, 1},
        {"{\"ratio\":{\"p75\":{\"max\":1.5},\"p99\":{\"max\":1.5}}}", 0, 0},
        {"{\"ratio\":{\"p75\":{\"max\":1.49},\"p99\":{\"max\":1.5}}}", 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct check_run run = {.arena = &arena}, alone = {.arena = &arena};

        assert_int_equal(judge(rows[i].latency, &live, &run),
                         rows[i].failures ? CHECK_FAILED : CHECK_OK);
        assert_int_equal(run.failures, rows[i].failures);
        assert_int_equal(judge(rows[i].latency, NULL, &alone),
                         rows[i].alone ? CHECK_FAILED : CHECK_OK);
        assert_int_equal(alone.failures, rows[i].alone);
        arena_release(&arena);
    }
}

static void no_time_at_all_divides_nothing(void **state)
{
    const struct latency none = {2, 0, 0, {0}};
    struct arena arena = {0};
    struct check_run run = {.arena = &arena};

    (void)state;
    assert_int_equal(judge("{\"ratio\":{\"max\":1.5}}", &none, &run), CHECK_FAILED);
    assert_int_equal(run.failures, 3);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_nearest_ranks),
        cmocka_unit_test(a_distribution_reads_as_one_line),
        cmocka_unit_test(limits_and_ratios_hold_or_do_not),
        cmocka_unit_test(no_time_at_all_divides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
