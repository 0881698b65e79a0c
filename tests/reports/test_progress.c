#include "reports/progress.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/term.h"
#include "tests/test.h"

static void start(struct progress *p, size_t index, const char *name, int64_t now_ms)
{
    const struct case_info info = {.index = index, .suite = "orders", .name = name};

    progress_case_start(p, &info, now_ms, term_safe);
}

static void end(struct progress *p, size_t index, enum verdict verdict)
{
    const struct case_result result = {.info = {.index = index}, .verdict = verdict};

    progress_case_end(p, &result);
}

/* Ten cases: four are over, two of them badly; two run, one of them for 3.5 s. */
static void in_the_middle(struct progress *p, const char *name)
{
    progress_begin(p, 10, 1000);
    for (size_t i = 0; i < 4; i++)
        start(p, i, "quick", 1000);
    end(p, 2, VERDICT_FAILED);
    end(p, 0, VERDICT_PASSED);
    end(p, 1, VERDICT_INCONCLUSIVE);
    end(p, 3, VERDICT_PASSED);
    start(p, 4, name, 1500);
    start(p, 5, "later", 4000);
}

static void what_is_least_worth_is_left_out_first(void **state)
{
    static const struct {
        unsigned columns;
        const char *want;
    } rows[] = {
        {120, "[4/10] 1 failed 1 inconclusive 2 running 4.0 s, about 6 s left, slowest 4 s: "
              "orders > waits for the neighbour"},
        {100, "[4/10] 1 failed 1 inconclusive 2 running 4.0 s, about 6 s left, slowest 4 s: "
              "orders > waits for ..."},
        {80, "[4/10] 1 failed 1 inconclusive 2 running 4.0 s, about 6 s left"},
        {40, "[4/10] 1 failed 1 inconclusive 4.0 s"},
        {13, "[4/10] 4.0 s"},
        {8, "[4/10]"},
        {5, ""},
        {0, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(progress_release) struct progress p = {0};
        CLEANUP(buf_release) struct buf line = {0};

        in_the_middle(&p, "waits for the neighbour");
        progress_line(&p, 5000, rows[i].columns, false, &line);
        assert_string_equal(buf_c(&line), rows[i].want);
    }
}

static void it_never_needs_the_last_column(void **state)
{
    static const char *const names[] = {
        "plain", "\xe6\xb3\xa8\xe6\x96\x87\xe4\xb8\xad\xe5\xbf\x83\xe7\x9a\x84\xe6\xb3\xa8",
        "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 a\xcc\201a\xcc\201 \x1b[2J\r\n\tx\xff and so on and on"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        CLEANUP(progress_release) struct progress p = {0};

        in_the_middle(&p, names[i]);
        for (unsigned columns = 1; columns < 200; columns++) {
            CLEANUP(buf_release) struct buf line = {0};

            progress_line(&p, 5000, columns, false, &line);
            assert_true(utf8_columns(buf_str(&line)) < columns);
            assert_true(utf8_is_valid(buf_str(&line)));
            assert_null(strpbrk(buf_c(&line), "\r\n\t\x1b"));
        }
    }
}

static void colours_take_no_room(void **state)
{
    CLEANUP(progress_release) struct progress p = {0};
    CLEANUP(buf_release) struct buf line = {0};

    (void)state;
    in_the_middle(&p, "waits");
    progress_line(&p, 5000, 38, true, &line);
    assert_string_equal(buf_c(&line),
                        "[4/10]\033[31m 1 failed\033[0m\033[33m 1 inconclusive\033[0m 4.0 s");
}

static void what_runs_is_told_with_its_time(void **state)
{
    CLEANUP(progress_release) struct progress p = {0};
    CLEANUP(buf_release) struct buf text = {0};

    (void)state;
    in_the_middle(&p, "waits\nhere");
    progress_tell(&p, 5000, &text);
    assert_string_equal(buf_c(&text), "4 of 10 done, 2 running\n  orders > waits here  3.50 s\n"
                                      "  orders > later  1.00 s\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_least_worth_is_left_out_first),
        cmocka_unit_test(it_never_needs_the_last_column),
        cmocka_unit_test(colours_take_no_room),
        cmocka_unit_test(what_runs_is_told_with_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
