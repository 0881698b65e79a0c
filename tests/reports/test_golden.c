/*
 * What each format makes of one run, byte for byte: tests/data/reports/<format>. The terminal's are
 * there too. SMOKEGATE_BLESS=1 writes them anew; read the difference before you commit it.
 */
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/term.h"
#include "reports/replay.h"
#include "reports/report.h"
#include "reports/terminal.h"
#include "tests/reports/sample.h"
#include "tests/runner/support.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = support_dir();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    file_remove_tree(folder, NULL);
    free(folder);
    return 0;
}

static char *path_of(const char *name)
{
    return path_join(folder, name);
}

static char *golden_path(const char *name)
{
    return path_join("tests/data/reports", name);
}

/* A token nobody can guess is none that a file can hold. */
static void forget_token(char *text)
{
    char token[37] = "", *at = strstr(text, "::stop-commands::");

    if (at)
        memcpy(token, at + 17, 36);
    while (*token && (at = strstr(text, token)))
        memset(at, 'x', 36);
}

static void compare(const char *name, const char *got)
{
    CLEANUP(mem_freep) char *golden = golden_path(name);
    CLEANUP(mem_freep) char *want = NULL;

    if (getenv("SMOKEGATE_BLESS"))
        assert_int_equal(file_write_atomic(golden, str_c(got), 0644, NULL), 0);
    want = support_read(golden);
    if (strcmp(want, got) != 0)
        fail_msg("%s is not as it was:\n%s", name, got);
}

/* Every format at once, of a run that is told by `tell`. */
static void write_all(void (*tell)(struct event_bus *bus), const char *suffix)
{
    struct event_bus *bus = event_bus_new();
    struct report **reports = mem_array(report_format_count, sizeof(*reports));
    struct err err = {0};

    for (size_t i = 0; i < report_format_count; i++) {
        CLEANUP(buf_release) struct buf name = {0};
        CLEANUP(mem_freep) char *path = NULL;

        buf_printf(&name, "%s%s", report_formats[i].name, suffix);
        path = path_of(buf_c(&name));
        assert_int_equal(report_open(&reports[i], report_formats[i].name, path, NULL, bus, &err),
                         0);
    }
    tell(bus);
    for (size_t i = 0; i < report_format_count; i++)
        assert_int_equal(report_finish(reports[i], &err), 0);
    event_bus_free(bus);
    free(reports);
}

static void every_format_is_as_it_was(void **state)
{
    (void)state;
    write_all(sample_run, "");
    for (size_t i = 0; i < report_format_count; i++) {
        CLEANUP(mem_freep) char *path = path_of(report_formats[i].name);
        CLEANUP(mem_freep) char *got = support_read(path);

        forget_token(got);
        compare(report_formats[i].name, got);
    }
}

static void a_promotion_is_as_it_was(void **state)
{
    (void)state;
    write_all(sample_promotion, "-of-promotion");
    for (size_t i = 0; i < report_format_count; i++) {
        CLEANUP(buf_release) struct buf name = {0};
        CLEANUP(mem_freep) char *path = NULL, *got = NULL;

        buf_printf(&name, "%s-of-promotion", report_formats[i].name);
        path = path_of(buf_c(&name));
        got = support_read(path);
        buf_clear(&name);
        buf_printf(&name, "promotion/%s", report_formats[i].name);
        forget_token(got);
        compare(buf_c(&name), got);
    }
}

static void tell_again(struct event_bus *bus, const char *name)
{
    CLEANUP(mem_freep) char *golden = golden_path(name);
    struct run_summary summary;
    struct err err = {0};

    if (replay_file(golden, bus, &summary, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(summary.verdict, RUN_FAIL);
}

static void tell_recorded(struct event_bus *bus)
{
    tell_again(bus, "jsonl");
}

static void tell_recorded_promotion(struct event_bus *bus)
{
    tell_again(bus, "promotion/jsonl");
}

static void compare_again(const char *suffix, const char *below)
{
    for (size_t i = 0; i < report_format_count; i++) {
        CLEANUP(buf_release) struct buf name = {0}, golden = {0};
        CLEANUP(mem_freep) char *path = NULL, *got = NULL, *want_path = NULL, *want = NULL;

        if (strcmp(report_formats[i].name, "jsonl") == 0)
            continue; /* told in order, not as it happened */
        buf_printf(&golden, "%s%s", below, report_formats[i].name);
        want_path = golden_path(buf_c(&golden));
        want = support_read(want_path);
        buf_printf(&name, "%s%s", report_formats[i].name, suffix);
        path = path_of(buf_c(&name));
        got = support_read(path);
        forget_token(got);
        assert_string_equal(got, want);
    }
}

static void a_recorded_run_gives_the_same_reports(void **state)
{
    (void)state;
    write_all(tell_recorded, ".again");
    compare_again(".again", "");
    write_all(tell_recorded_promotion, "-of-promotion.again");
    compare_again("-of-promotion.again", "promotion/");
}

/* ---- broken streams ---- */

static void replay_text(const char *text, enum run_verdict want, const char *mistake)
{
    CLEANUP(mem_freep) char *path = support_file(folder, "stream.jsonl", text);
    struct event_bus *bus = event_bus_new();
    struct run_summary summary;
    struct err err = {0};

    if (mistake) {
        assert_int_equal(replay_file(path, bus, &summary, &err), -1);
        assert_contains(err.text, mistake);
    } else {
        assert_int_equal(replay_file(path, bus, &summary, &err), 0);
        assert_int_equal(summary.verdict, want);
    }
    event_bus_free(bus);
}

static void a_stream_that_broke_off_is_inconclusive(void **state)
{
    CLEANUP(mem_freep) char *golden = golden_path("jsonl");
    CLEANUP(mem_freep) char *text = support_read(golden);
    char *last = strstr(text, "{\"v\":1,\"event\":\"run_end\"");

    (void)state;
    assert_non_null(last);
    last[10] = '\0'; /* in the middle of a line, as a killed run leaves it */
    replay_text(text, RUN_INCONCLUSIVE, NULL);
    last[0] = '\0';
    replay_text(text, RUN_INCONCLUSIVE, NULL);
}

static void what_is_no_stream_is_refused(void **state)
{
    static const char start[] = "{\"v\":1,\"event\":\"run_start\",\"cases\":1}\n";
    static const char end[] =
        "{\"v\":1,\"event\":\"case_end\",\"index\":%d,\"verdict\":\"passed\"}\n";
    static const struct {
        const char *text, *mistake;
    } rows[] = {
        {"", "an empty event stream"},
        {"hello\n", "stream.jsonl:1: no event"},
        {"{\"v\":2,\"event\":\"run_start\"}\n", "stream.jsonl:1: no event"},
        {"{\"v\":1,\"event\":\"case_end\"}\n", "stream.jsonl:1: no event"},
        {"{\"v\":1,\"event\":\"run_start\",\"cases\":9000000000000000000}\n", "stream.jsonl:1"},
        {"{\"v\":1,\"event\":\"run_start\",\"cases\":-1}\n", "stream.jsonl:1"},
    };
    CLEANUP(buf_release) struct buf text = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        replay_text(rows[i].text, RUN_EMPTY, rows[i].mistake);
    buf_add_c(&text, start);
    buf_printf(&text, end, 1);
    replay_text(buf_c(&text), RUN_EMPTY, "stream.jsonl:2");
    buf_clear(&text);
    buf_add_c(&text, start);
    buf_printf(&text, end, 0);
    buf_printf(&text, end, 0); /* the same case a second time */
    replay_text(buf_c(&text), RUN_EMPTY, "stream.jsonl:3");
}

/* ---- files ---- */

static void the_old_report_stays_until_the_new_one_is_whole(void **state)
{
    CLEANUP(mem_freep) char *path = support_file(folder, "sub/junit.xml", "old");
    CLEANUP(mem_freep) char *before = NULL, *after = NULL;
    struct event_bus *bus = event_bus_new();
    struct report *report;
    struct stat st;
    struct err err = {0};

    (void)state;
    assert_int_equal(report_open(&report, "junit", path, NULL, bus, &err), 0);
    sample_run(bus);
    before = support_read(path);
    assert_string_equal(before, "old");
    assert_int_equal(report_finish(report, &err), 0);
    after = support_read(path);
    assert_contains(after, "</testsuites>");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    event_bus_free(bus);
}

static void an_abandoned_report_leaves_nothing_behind(void **state)
{
    CLEANUP(mem_freep) char *path = support_file(folder, "gone/junit.xml", "old");
    CLEANUP(mem_freep) char *dir = path_dir(path);
    CLEANUP(mem_freep) char *text = NULL;
    struct event_bus *bus = event_bus_new();
    struct report *report;
    struct err err = {0};

    (void)state;
    assert_int_equal(report_open(&report, "junit", path, NULL, bus, &err), 0);
    report_abandon(report);
    event_bus_free(bus);
    text = support_read(path);
    assert_string_equal(text, "old");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0); /* nothing else lies in it */
}

static void an_unknown_format_is_told(void **state)
{
    struct event_bus *bus = event_bus_new();
    struct report *report;
    struct err err = {0};

    (void)state;
    assert_int_equal(report_open(&report, "junitt", "x", NULL, bus, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_contains(err.text, "did you mean junit?");
    event_bus_free(bus);
}

/* ---- terminal ---- */

static struct buf printed, told;

static void take_out(struct str bytes)
{
    buf_add_str(&printed, bytes);
}

static void take_err(struct str bytes)
{
    buf_add_str(&told, bytes);
}

static unsigned hundred(void)
{
    return 100;
}

static void terminal_is_as_it_was(void **state)
{
    static const struct {
        const char *name;
        struct terminal_options options;
    } rows[] = {
        {"terminal", {.quiet = false}},
        {"terminal-quiet", {.quiet = true}},
        {"terminal-color",
         {.out_width = hundred, .color_out = true, .verbose = true, .logs = true}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event_bus *bus = event_bus_new();
        struct terminal_options options = rows[i].options;
        struct terminal *terminal;

        options.out = take_out;
        options.err = take_err;
        options.safe = term_safe;
        terminal = terminal_new(&options, bus);
        sample_run(bus);
        terminal_free(terminal);
        event_bus_free(bus);
        compare(rows[i].name, buf_c(&printed));
        buf_release(&printed);
        buf_release(&told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_as_it_was),
        cmocka_unit_test(a_promotion_is_as_it_was),
        cmocka_unit_test(a_recorded_run_gives_the_same_reports),
        cmocka_unit_test(a_stream_that_broke_off_is_inconclusive),
        cmocka_unit_test(what_is_no_stream_is_refused),
        cmocka_unit_test(the_old_report_stays_until_the_new_one_is_whole),
        cmocka_unit_test(an_abandoned_report_leaves_nothing_behind),
        cmocka_unit_test(an_unknown_format_is_told),
        cmocka_unit_test(terminal_is_as_it_was),
    };

    if (chdir(getenv("SMOKEGATE_SOURCE")) < 0)
        return 1;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
