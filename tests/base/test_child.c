/* Programs run without a shell: what they say, how they end, that they end. */
#include "tests/test.h"

#include "base/child.h"
#include "base/clock.h"

static int run(const char *const *argv, int64_t timeout_ms, struct child_result *ret,
               struct err *err)
{
    const struct child_options o = {.argv = argv, .timeout_ms = timeout_ms, .max_out_bytes = 1000};

    return child_run(&o, ret, err);
}

static void output_errors_and_exit_code_arrive(void **state)
{
    static const char *const argv[] = {"sh", "-c", "cat; echo out; echo bad >&2; exit 3", NULL};
    struct child_result r = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(run(argv, 20000, &r, &err), 0);
    assert_string_equal(buf_c(&r.out), "out\n"); /* and cat had nothing to read */
    assert_string_equal(buf_c(&r.err), "bad\n");
    assert_int_equal(r.exit_code, 3);
    child_result_release(&r);
}

static void words_are_passed_as_they_are(void **state)
{
    static const char *const argv[] = {"printf", "%s|", "a b", "$HOME", "*", "; exit 1", NULL};
    struct child_result r = {0};

    (void)state;
    assert_int_equal(run(argv, 20000, &r, NULL), 0);
    assert_string_equal(buf_c(&r.out), "a b|$HOME|*|; exit 1|");
    child_result_release(&r);
}

static void its_environment_is_ours_with_what_is_added(void **state)
{
    static const char *const argv[] = {"sh", "-c", "echo $ADDED,$KEPT,$CHANGED,$KEPT_TOO", NULL};
    static const char *const env[] = {"ADDED=a b", "CHANGED=new", "KEPT_=", NULL};
    const struct child_options o = {
        .argv = argv, .env = env, .timeout_ms = 20000, .max_out_bytes = 1000};
    struct child_result r = {0};

    (void)state;
    setenv("KEPT", "k", 1);
    setenv("KEPT_TOO", "t", 1);
    setenv("CHANGED", "old", 1);
    assert_int_equal(child_run(&o, &r, NULL), 0);
    assert_string_equal(buf_c(&r.out), "a b,k,new,t\n");
    assert_string_equal(getenv("CHANGED"), "old");
    child_result_release(&r);
}

static void one_that_must_end_is_asked_first(void **state)
{
    static const char *const argv[] = {"sh", "-c",
                                       "trap 'exit 0' TERM; while :; do sleep 0.1; done", NULL};
    const struct child_options o = {
        .argv = argv, .timeout_ms = 500, .grace_ms = 60000, .max_out_bytes = 1000};
    struct child_result r = {0};
    struct err err = {0};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    assert_int_equal(child_run(&o, &r, &err), -1);
    assert_contains(err.text, "not done");
    assert_true(clock_mono(&clock_system) - start < 50000); /* not the whole grace */
}

static void a_program_that_is_not_there_is_named(void **state)
{
    static const char *const argv[] = {"no-such-program-here", NULL};
    struct child_result r = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(run(argv, 20000, &r, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_contains(err.text, "no-such-program-here: No such file");
}

static void one_that_hangs_is_ended_with_its_children(void **state)
{
    /* The grandchild keeps standard output open. */
    static const char *const argv[] = {"sh", "-c", "sleep 60 & sleep 60", NULL};
    struct child_result r = {0};
    struct err err = {0};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    assert_int_equal(run(argv, 300, &r, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_contains(err.text, "not done");
    assert_true(clock_mono(&clock_system) - start < 10000);
}

static void one_that_never_stops_talking_is_ended(void **state)
{
    static const char *const argv[] = {"yes", NULL};
    struct child_result r = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(run(argv, 20000, &r, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

static void an_interrupt_ends_it(void **state)
{
    static const char *const argv[] = {"sleep", "60", NULL};
    const struct child_options o = {
        .argv = argv, .timeout_ms = 60000, .max_out_bytes = 10, .cancelled = always};
    struct child_result r = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(child_run(&o, &r, &err), -1);
    assert_int_equal(err.kind, ERR_INTERRUPTED);
}

static void a_signal_shows_in_the_exit_code(void **state)
{
    static const char *const argv[] = {"sh", "-c", "kill -TERM $$", NULL};
    struct child_result r = {0};

    (void)state;
    assert_int_equal(run(argv, 20000, &r, NULL), 0);
    assert_int_equal(r.exit_code, 128 + 15);
    child_result_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_errors_and_exit_code_arrive),
        cmocka_unit_test(words_are_passed_as_they_are),
        cmocka_unit_test(its_environment_is_ours_with_what_is_added),
        cmocka_unit_test(one_that_must_end_is_asked_first),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
        cmocka_unit_test(one_that_hangs_is_ended_with_its_children),
        cmocka_unit_test(one_that_never_stops_talking_is_ended),
        cmocka_unit_test(an_interrupt_ends_it),
        cmocka_unit_test(a_signal_shows_in_the_exit_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
