#include "runner/outcome.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

static void a_golden_outcome_reads_as_it_was_written(void **state)
{
    CLEANUP(outcome_release) struct outcome o = {0};
    CLEANUP(buf_release) struct buf again = {0};
    CLEANUP(mem_freep)
    char *text = NULL, *path = path_join(getenv("SMOKEGATE_SOURCE"), "tests/data/reports/outcome");
    struct faults faults = {0};

    (void)state;
    assert_int_equal(outcome_load(&o, path, &faults), 0);
    assert_int_equal(o.verdict, RUN_FAIL);
    assert_int_equal(o.function_count, 2);
    assert_string_equal(o.functions[0].executed_version, "12");
    assert_int_equal(o.functions[0].counts.of[VERDICT_FAILED], 2);
    assert_null(o.functions[0].reason);
    assert_contains(o.functions[1].reason, "404");
    assert_int_equal(o.end_ms - o.start_ms, 2500);
    outcome_print(&o, &again);
    text = support_read(path);
    assert_string_equal(buf_c(&again), text);
}

/* One edit of the golden file each, and what is said about it. */
static void a_strange_outcome_is_refused(void **state)
{
    static const struct {
        const char *from, *to, *mistake;
    } rows[] = {
        {"\"outcome\": 1", "\"outcome\": 2", "format 2; this smokegate reads format 1"},
        {"\"verdict\": \"fail\"", "\"verdict\": \"fine\"", "pass, fail, inconclusive or empty"},
        {"\"run\":", "\"runs\":", "unknown key \"runs\""},
        {"\"start\": \"2026", "\"start\": \"the 2026", "a time such as"},
        {"\"executed_version\": \"12\"", "\"executed_version\": 12", "string"},
        {"\"flaky\": 1}", "\"flaky\": \"1\"}", "whole number"},
        {"\"sha256\": \"00ff\",", "", "sha256"},
        {"\"functions\": [", "\"functions\": [ 7,", "object"},
    };
    CLEANUP(mem_freep)
    char *source = path_join(getenv("SMOKEGATE_SOURCE"), "tests/data/reports/outcome");
    CLEANUP(mem_freep) char *golden = support_read(source), *dir = support_dir();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf text = {0}, told = {0};
        CLEANUP(mem_freep) char *path = NULL;
        const char *at = strstr(golden, rows[i].from);
        struct outcome o = {0};
        struct faults faults = {0};

        assert_non_null(at);
        buf_add(&text, golden, (size_t)(at - golden));
        buf_add_c(&text, rows[i].to);
        buf_add_c(&text, at + strlen(rows[i].from));
        path = support_file(dir, "outcome.json", buf_c(&text));
        assert_int_equal(outcome_load(&o, path, &faults), -1);
        support_faults(&told, &faults);
        assert_contains(buf_c(&told), rows[i].mistake);
        faults_release(&faults);
    }
    file_remove_tree(dir, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_golden_outcome_reads_as_it_was_written),
        cmocka_unit_test(a_strange_outcome_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
