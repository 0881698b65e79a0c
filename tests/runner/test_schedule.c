/* Small sets run to their end by hand: what starts when, and what never does. */
#include "runner/schedule.h"

#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

struct hand {
    struct support_case c;
    size_t order[64];
    struct schedule *schedule;
    struct arena arena;
    const char *reason;
};

static void open_hand(struct hand *h, const char *text)
{
    *h = (struct hand){0};
    support_case_open(&h->c, text);
    for (size_t i = 0; i < h->c.set.item_count; i++)
        h->order[i] = i;
    h->schedule = schedule_new(&h->c.set, h->order, h->c.set.item_count);
}

static void close_hand(struct hand *h)
{
    schedule_free(h->schedule);
    arena_release(&h->arena);
    support_case_close(&h->c);
}

static void expect(struct hand *h, enum schedule_next what, const char *name)
{
    size_t at = 0;
    enum schedule_next got = schedule_next(h->schedule, &at, &h->reason, &h->arena);

    assert_int_equal(got, what);
    if (!name)
        return;
    assert_string_equal(h->c.set.items[h->order[at]].name, name);
    if (what == SCHEDULE_START)
        schedule_started(h->schedule, at);
    else
        schedule_finished(h->schedule, at, false, VERDICT_SKIPPED);
}

static void finish(struct hand *h, const char *name, enum verdict verdict)
{
    for (size_t i = 0; i < h->c.set.item_count; i++)
        if (strcmp(h->c.set.items[h->order[i]].name, name) == 0)
            schedule_finished(h->schedule, i, true, verdict);
}

static void independent_cases_start_at_once_in_order(void **state)
{
    struct hand h;

    (void)state;
    open_hand(&h, "{\"cases\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}");
    expect(&h, SCHEDULE_START, "a");
    expect(&h, SCHEDULE_START, "b");
    expect(&h, SCHEDULE_START, "c");
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "b", VERDICT_FAILED);
    finish(&h, "a", VERDICT_PASSED);
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "c", VERDICT_PASSED);
    expect(&h, SCHEDULE_DONE, NULL);
    close_hand(&h);
}

static void needs_wait_for_every_row(void **state)
{
    struct hand h;

    (void)state;
    open_hand(&h, "{\"cases\":[{\"name\":\"last\",\"needs\":[\"rows\"]},"
                  "{\"name\":\"rows\",\"table\":[{\"id\":\"x\"},{\"id\":\"y\"}]}]}");
    expect(&h, SCHEDULE_START, "rows [x]");
    expect(&h, SCHEDULE_START, "rows [y]");
    finish(&h, "rows [x]", VERDICT_PASSED);
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "rows [y]", VERDICT_PASSED);
    expect(&h, SCHEDULE_START, "last");
    close_hand(&h);
}

static void a_bad_row_is_enough_to_skip(void **state)
{
    struct hand h;

    (void)state;
    open_hand(&h, "{\"cases\":[{\"name\":\"rows\",\"table\":[{\"id\":\"x\"},{\"id\":\"y\"}]},"
                  "{\"name\":\"last\",\"needs\":[\"rows\"]}]}");
    expect(&h, SCHEDULE_START, "rows [x]");
    expect(&h, SCHEDULE_START, "rows [y]");
    finish(&h, "rows [x]", VERDICT_INCONCLUSIVE);
    expect(&h, SCHEDULE_SKIP, "last");
    assert_string_equal(h.reason, "it needs \"rows\", which was inconclusive");
    close_hand(&h);
}

static void locks_and_serial_cases_wait_their_turn(void **state)
{
    struct hand h;

    (void)state;
    open_hand(&h, "{\"cases\":[{\"name\":\"a\",\"lock\":\"db\"},{\"name\":\"b\",\"lock\":\"db\"},"
                  "{\"name\":\"s\",\"serial\":true},{\"name\":\"c\"}]}");
    expect(&h, SCHEDULE_START, "a");
    expect(&h, SCHEDULE_START, "c");
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "c", VERDICT_PASSED);
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "a", VERDICT_FAILED); /* a lock is no need */
    expect(&h, SCHEDULE_START, "b");
    finish(&h, "b", VERDICT_PASSED);
    expect(&h, SCHEDULE_START, "s");
    finish(&h, "s", VERDICT_PASSED);
    expect(&h, SCHEDULE_DONE, NULL);
    close_hand(&h);
}

static void nothing_starts_beside_a_serial_case(void **state)
{
    struct hand h;

    (void)state;
    open_hand(&h, "{\"cases\":[{\"name\":\"s\",\"serial\":true},{\"name\":\"a\"}]}");
    expect(&h, SCHEDULE_START, "s");
    expect(&h, SCHEDULE_WAIT, NULL);
    finish(&h, "s", VERDICT_PASSED);
    expect(&h, SCHEDULE_START, "a");
    close_hand(&h);
}

static void teardown_runs_when_the_run_stops_but_not_when_it_is_cut(void **state)
{
    static const char text[] = "{\"cases\":[{\"name\":\"a\"},{\"name\":\"b\",\"serial\":true}],"
                               "\"teardown\":[{\"name\":\"down\"}]}";
    struct hand h;

    (void)state;
    for (int all = 0; all < 2; all++) {
        open_hand(&h, text);
        expect(&h, SCHEDULE_START, "a");
        expect(&h, SCHEDULE_WAIT, NULL);
        schedule_stop(h.schedule, "enough", all);
        expect(&h, SCHEDULE_SKIP, "b");
        assert_string_equal(h.reason, "enough");
        if (all) {
            expect(&h, SCHEDULE_SKIP, "down");
            finish(&h, "a", VERDICT_INCONCLUSIVE);
        } else {
            expect(&h, SCHEDULE_WAIT, NULL);
            finish(&h, "a", VERDICT_FAILED);
            expect(&h, SCHEDULE_START, "down");
            finish(&h, "down", VERDICT_PASSED);
        }
        expect(&h, SCHEDULE_DONE, NULL);
        close_hand(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_cases_start_at_once_in_order),
        cmocka_unit_test(needs_wait_for_every_row),
        cmocka_unit_test(a_bad_row_is_enough_to_skip),
        cmocka_unit_test(locks_and_serial_cases_wait_their_turn),
        cmocka_unit_test(nothing_starts_beside_a_serial_case),
        cmocka_unit_test(teardown_runs_when_the_run_stops_but_not_when_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
