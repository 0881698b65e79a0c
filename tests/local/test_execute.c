/* What a function may do, and what its invoker is told: every kind of answer, error and end. */
#include "local/execute.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/local/support.h"
#include "tests/test.h"

/* Each test runs twice: in sandboxes where the machine gives them, and without. */
struct fixture {
    struct executor_options options;
    char *dir;
    struct executor *x;
    struct package puppet;
    struct execute_version v;
};

static struct fixture fx;

static int set_up(bool sandbox)
{
    fx.options = (struct executor_options){.no_sandbox = !sandbox};
    fx.dir = support_dir();
    fx.x = support_executor(fx.dir, &fx.options);
    support_puppet(&fx.puppet, fx.dir);
    fx.v = support_version(&fx.puppet);
    return 0;
}

static int set_up_boxed(void **state)
{
    (void)state;
    return set_up(true);
}

static int set_up_plain(void **state)
{
    (void)state;
    return set_up(false);
}

static int tear_down(void **state)
{
    (void)state;
    executor_free(fx.x);
    support_expect_processes(0, 0);
    support_remove(fx.dir);
    return 0;
}

static void succeeds(const char *event, const char *payload)
{
    struct execute_result r;

    support_invoke(fx.x, &fx.v, event, &r);
    assert_string_equal(buf_c(&r.payload), payload);
    assert_string_equal(r.function_error, "");
    execute_result_release(&r);
}

/* The error object, with the request id cut out of the message. */
static void fails(const char *event, const char *type, const char *message, const char *report)
{
    struct execute_result r;
    json_t *error;
    const char *text;

    support_invoke(fx.x, &fx.v, event, &r);
    assert_string_equal(r.function_error, "Unhandled");
    error = json_loadb(buf_c(&r.payload), r.payload.len, 0, NULL);
    assert_non_null(error);
    assert_string_equal(json_string_value(json_object_get(error, "errorType")), type);
    text = json_string_value(json_object_get(error, "errorMessage"));
    assert_non_null(text);
    if (strncmp(text, "RequestId: ", 11) == 0)
        text += 11 + 37;
    assert_string_equal(text, message);
    assert_contains(buf_c(&r.log_tail), report);
    json_decref(error);
    execute_result_release(&r);
}

/* ---- answers ---- */

static void an_event_is_answered_and_the_environment_is_used_again(void **state)
{
    struct execute_result first, second;

    (void)state;
    support_invoke(fx.x, &fx.v, "{\"do\":\"count\"}", &first);
    support_invoke(fx.x, &fx.v, "{\"do\":\"count\"}", &second);
    assert_contains(buf_c(&first.payload), "{\"count\":1,");
    assert_contains(buf_c(&second.payload), "{\"count\":2,");
    assert_true(first.cold);
    assert_true(first.init_ms > 0 && first.max_memory_mb > 0);
    assert_false(second.cold);
    assert_true(second.init_ms < 0 && second.max_memory_mb > 0);
    assert_contains(buf_c(&first.log_tail), "\tInit Duration: ");
    assert_null(strstr(buf_c(&second.log_tail), "Init Duration"));
    assert_int_equal(executor_busy(fx.x, fx.v.function), 0);
    execute_result_release(&first);
    execute_result_release(&second);
}

static void the_event_comes_with_its_context(void **state)
{
    struct execute_result r = {0};
    struct err err = {0};
    const struct execute_event event = {.request_id = "11111111-2222-4333-8444-555555555555",
                                        .invoked_arn = "arn:aws:lambda:r:1:function:puppet:Smoke",
                                        .payload = STR("{\"do\":\"headers\"}"),
                                        .client_context = STR("{\"custom\":{\"a\":1}}")};
    const int64_t now = clock_wall(&clock_system);
    json_t *seen;

    (void)state;
    assert_int_equal(executor_invoke(fx.x, &fx.v, &event, &r, &err), 0);
    seen = json_loads(buf_c(&r.payload), 0, NULL);
    assert_non_null(seen);
    assert_string_equal(json_string_value(json_object_get(seen, "arn")), event.invoked_arn);
    assert_true(json_integer_value(json_object_get(seen, "deadline")) >= now + 10000);
    assert_true(json_integer_value(json_object_get(seen, "deadline")) < now + 20000);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(json_object_get(seen, "context"), "custom"), "a")),
                     1);
    json_decref(seen);
    execute_result_release(&r);
}

static void the_log_tail_reads_as_lambda_writes_it(void **state)
{
    struct execute_result r = {0};
    struct err err = {0};
    const struct execute_event event = {.request_id = "11111111-2222-4333-8444-555555555555",
                                        .invoked_arn = "arn:aws:lambda:r:1:function:puppet",
                                        .payload = STR("{\"do\":\"say\"}")};

    (void)state;
    assert_int_equal(executor_invoke(fx.x, &fx.v, &event, &r, &err), 0);
    assert_contains(buf_c(&r.log_tail),
                    "START RequestId: 11111111-2222-4333-8444-555555555555 Version: 7\n"
                    "to stdout\nto stderr, unended\n"
                    "END RequestId: 11111111-2222-4333-8444-555555555555\n"
                    "REPORT RequestId: 11111111-2222-4333-8444-555555555555\tDuration: ");
    assert_contains(buf_c(&r.log_tail), " MB\tInit Duration: ");
    assert_string_equal(buf_c(&r.log_tail) + r.log_tail.len - 5, " ms\t\n");
    execute_result_release(&r);
}

static void an_error_of_the_function_is_passed_on_as_it_is(void **state)
{
    (void)state;
    fails("{\"do\":\"fail\"}", "Shop.Closed", "come back",
          "Status: error\tError Type: Shop.Closed\n");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}"); /* and the environment lives on */
}

static void only_the_first_answer_counts(void **state)
{
    struct execute_result r;

    (void)state;
    succeeds("{\"do\":\"twice\"}", "\"first\"");
    succeeds("{\"do\":\"stranger\"}", "\"mine\"");
    support_invoke(fx.x, &fx.v, "{\"do\":\"impatient\"}", &r);
    assert_string_equal(buf_c(&r.payload), "\"patient\"");
    assert_contains(buf_c(&r.log_tail), "status 403\n");
    execute_result_release(&r);
    succeeds("{\"do\":\"reconnect\"}", "\"on an old connection\"");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}");
}

static void an_answer_may_be_as_large_as_the_limit(void **state)
{
    struct execute_result r;

    (void)state;
    support_invoke(fx.x, &fx.v, "{\"do\":\"big\",\"n\":6291556}", &r);
    assert_string_equal(r.function_error, "");
    assert_int_equal(r.payload.len, 6291556);
    execute_result_release(&r);
    fails("{\"do\":\"big\",\"n\":100000000}", "Function.ResponseSizeTooLarge",
          "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
          "Error Type: Function.ResponseSizeTooLarge\n");
    fails("{\"do\":\"big\",\"n\":6291557}", "Function.ResponseSizeTooLarge",
          "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
          "Error Type: Function.ResponseSizeTooLarge\n");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}");
}

/* Only a sandbox has a /tmp of its own. */
static void tmp_has_the_size_that_was_asked_for(void **state)
{
    struct execute_result r;

    (void)state;
    fx.v.ephemeral_mb = 5;
    support_invoke(fx.x, &fx.v, "{\"do\":\"place\"}", &r);
    if (strstr(buf_c(&r.payload), "\"cwd\":\"/var/task\""))
        succeeds("{\"do\":\"fill\"}", "5");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}");
    execute_result_release(&r);
}

/* ---- ends ---- */

static void an_exit_is_told_with_its_status(void **state)
{
    (void)state;
    fails("{\"do\":\"exit\",\"n\":3}", "Runtime.ExitError",
          "Error: Runtime exited with error: exit status 3", "Error Type: Runtime.ExitError\n");
    fails("{\"do\":\"exit\",\"n\":0}", "Runtime.ExitError",
          "Error: Runtime exited without providing a reason",
          "Error: Runtime exited without providing a reason\nRuntime.ExitError\nEND RequestId: ");
    fails("{\"do\":\"signal\",\"n\":11}", "Runtime.ExitError",
          "Error: Runtime exited with error: signal: segmentation fault", "Status: error");
    fails("{\"do\":\"half\"}", "Runtime.ExitError",
          "Error: Runtime exited with error: exit status 6", "Status: error");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}"); /* in a new environment */
}

static void an_answer_before_the_exit_stands(void **state)
{
    struct execute_result r;

    (void)state;
    support_invoke(fx.x, &fx.v, "{\"do\":\"answer-exit\"}", &r);
    assert_string_equal(buf_c(&r.payload), "\"last words\"");
    assert_string_equal(r.function_error, "");
    execute_result_release(&r);
    support_invoke(fx.x, &fx.v, "{\"do\":\"count\"}", &r);
    assert_true(r.cold);
    execute_result_release(&r);
}

static void a_function_past_its_timeout_is_ended(void **state)
{
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    fx.v.timeout_ms = 300;
    fails("{\"do\":\"silent\"}", "Sandbox.Timedout", "Error: Task timed out after 0.30 seconds",
          "Task timed out after 0.30 seconds\n\nEND RequestId: ");
    assert_true(clock_mono(&clock_system) - start < 5000);
    fails("{\"do\":\"sleep\",\"n\":500}", "Sandbox.Timedout",
          "Error: Task timed out after 0.30 seconds", "\tDuration: 300.00 ms\tBilled Duration: ");
    succeeds("{\"do\":\"echo\"}", "{\"do\":\"echo\"}");
}

static void a_flood_keeps_its_last_lines_and_ends_in_time(void **state)
{
    struct execute_result r;

    (void)state;
    fx.v.timeout_ms = 300;
    support_invoke(fx.x, &fx.v, "{\"do\":\"flood\"}", &r);
    assert_string_equal(r.function_error, "Unhandled");
    assert_true(r.log_tail.len <= EXECUTE_LOG_TAIL_MAX);
    assert_contains(buf_c(&r.log_tail), "makes jack a dull boy\n");
    assert_contains(buf_c(&r.log_tail), "REPORT RequestId: ");
    execute_result_release(&r);
}

static void children_do_not_outlive_their_environment(void **state)
{
    (void)state;
    succeeds("{\"do\":\"fork\"}", "\"forked\"");
    support_expect_processes(4, 4);
    executor_retire(fx.x, fx.v.function, NULL);
    support_expect_processes(0, 0);
}

static void memory_beyond_the_limit_ends_it(void **state)
{
    (void)state;
    fx.v.memory_mb = 64;
    fx.v.timeout_ms = 60000;
    fails("{\"do\":\"memory\",\"n\":96}", "Runtime.OutOfMemory",
          "Error: Runtime exited with error: signal: killed", "Error Type: Runtime.OutOfMemory\n");
}

/* ---- the init phase ---- */

static void init_as(const char *how)
{
    static struct execute_variable variable;

    variable = (struct execute_variable){"PUPPET_INIT", how};
    fx.v.variables = &variable;
    fx.v.variable_count = 1;
}

static void an_exit_in_the_init_phase_is_tried_once_more(void **state)
{
    (void)state;
    init_as("exit");
    fails("{}", "Runtime.ExitError", "Error: Runtime exited with error: exit status 3",
          "init: exit\nINIT_REPORT Init Duration: ");
}

static void an_error_of_the_init_phase_is_passed_on(void **state)
{
    (void)state;
    init_as("error");
    fails("{}", "Shop.NoKeys", "lost", "Phase: invoke\tStatus: error\tError Type: Shop.NoKeys\n");
}

static void an_init_phase_without_end_falls_under_the_functions_timeout(void **state)
{
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    executor_free(fx.x);
    fx.options.init_ms = 200;
    fx.x = support_executor(fx.dir, &fx.options);
    init_as("silent");
    fx.v.timeout_ms = 300;
    fails("{}", "Sandbox.Timedout", "Error: Task timed out after 0.30 seconds", "Phase: invoke");
    assert_in_range(clock_mono(&clock_system) - start, 500, 5000); /* one after the other */
}

static void refuses(const struct entry *entries, size_t count, const char *message)
{
    struct buf zip = {0};
    struct package p;
    struct execute_version v;

    support_zip(&zip, entries, count);
    support_package(&p, fx.dir, "other.zip", buf_str(&zip));
    v = fx.v;
    fx.v.zip_path = p.zip_path;
    fx.v.code_sha256 = p.sha;
    fx.v.identity = message;
    fails("{}", "Runtime.InvalidEntrypoint", message, "Error Type: Runtime.InvalidEntrypoint\n");
    fx.v = v;
    buf_release(&zip);
}

static void a_package_that_cannot_begin_says_why(void **state)
{
    const struct entry none[] = {{"index.js", 0644, "1", 0}};
    const struct entry not_executable[] = {{"bootstrap", 0644, "#!/bin/sh\n", 0}};
    const struct entry no_program[] = {{"bootstrap", 0755, "neither ELF nor script", 0}};
    const struct entry no_interpreter[] = {{"bootstrap", 0755, "#!/no/such/shell\n", 0}};
    char *at;
    char text[512];

    (void)state;
    refuses(none, 1,
            "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    /* Where the code lies shows in the message; only boxed it is /var/task. */
    at = path_join(fx.dir, "state/tmp");
    if (file_is_dir(at)) {
        free(at);
        return;
    }
    free(at);
    snprintf(text, sizeof(text), "Error: fork/exec /var/task/bootstrap: permission denied");
    refuses(not_executable, 1, text);
    refuses(no_program, 1, "Error: fork/exec /var/task/bootstrap: exec format error");
    refuses(no_interpreter, 1, "Error: fork/exec /var/task/bootstrap: no such file or directory");
}

static void a_runtime_that_is_not_there_says_what_to_install(void **state)
{
    (void)state;
    fx.v.runtime = "java21";
    fails("{}", "Runtime.InvalidEntrypoint",
          "Error: the local Lambda cannot run java21: it runs provided.*, nodejs* and python3*",
          "Status: error");
}

/* ---- streaming ---- */

struct listener {
    struct buf heard;
    unsigned parts, stop_after;
};

static int on_part(void *ctx, struct str bytes)
{
    struct listener *l = ctx;

    buf_add_str(&l->heard, bytes);
    return ++l->parts == l->stop_after ? -1 : 0;
}

static void listen_to(struct listener *l, const char *payload, struct execute_result *ret)
{
    const struct execute_event event = {.request_id = "11111111-2222-4333-8444-555555555555",
                                        .invoked_arn = "arn:aws:lambda:r:1:function:puppet",
                                        .payload = str_c(payload),
                                        .part = on_part,
                                        .part_ctx = l};
    struct err err = {0};

    *ret = (struct execute_result){0};
    assert_int_equal(executor_invoke(fx.x, &fx.v, &event, ret, &err), 0);
}

static void a_streamed_response_comes_in_parts(void **state)
{
    struct listener l = {0}, partial = {.stop_after = 1};
    struct execute_result r;

    (void)state;
    succeeds("{\"do\":\"stream\"}", "{\"one\":1,\"two\":2}"); /* whole, for who does not listen */
    listen_to(&l, "{\"do\":\"stream\"}", &r);
    assert_string_equal(buf_c(&l.heard), "{\"one\":1,\"two\":2}");
    assert_int_equal(l.parts, 2);
    assert_int_equal(r.payload.len, 0);
    assert_string_equal(r.function_error, "");
    execute_result_release(&r);
    listen_to(&partial, "{\"do\":\"stream\"}", &r);
    assert_string_equal(buf_c(&partial.heard), "{\"one\":1,");
    execute_result_release(&r);
    buf_release(&l.heard);
    l = (struct listener){0};
    listen_to(&l, "{\"do\":\"echo\"}", &r); /* not streamed: one part */
    assert_string_equal(buf_c(&l.heard), "{\"do\":\"echo\"}");
    execute_result_release(&r);
    buf_release(&l.heard);
    buf_release(&partial.heard);
}

static void an_error_in_the_middle_of_a_stream_comes_after_its_parts(void **state)
{
    struct listener l = {0};
    struct execute_result r;

    (void)state;
    listen_to(&l, "{\"do\":\"stream-fail\"}", &r);
    assert_string_equal(buf_c(&l.heard), "{\"one\":1,\"two\":2}");
    assert_string_equal(r.function_error, "Unhandled");
    assert_string_equal(buf_c(&r.payload), "{\"errorType\":\"Shop.Burned\"}");
    execute_result_release(&r);
    buf_release(&l.heard);
}

/* ---- what the function sees ---- */

static bool has_variable(const json_t *place, const char *text)
{
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(place, "env"), i, v)
    {
        if (strcmp(json_string_value(v), text) == 0)
            return true;
    }
    return false;
}

static int flag(const json_t *place, const char *name)
{
    return (int)json_integer_value(json_object_get(place, name));
}

static void a_function_sees_lambdas_environment_and_nothing_else(void **state)
{
    static const struct execute_variable variables[] = {
        {"SHOP", "open"}, {"AWS_REGION", "mars"}, {"TZ", "Asia/Tokyo"}};
    const struct entry layer = {"layer.txt", 0644, "a layer", 0};
    struct buf zip = {0};
    struct package p;
    const char *path = p.zip_path, *sha = p.sha;
    struct execute_result r;
    json_t *place;

    (void)state;
    support_zip(&zip, &layer, 1);
    support_package(&p, fx.dir, "layer.zip", buf_str(&zip));
    fx.v.layer_paths = &path;
    fx.v.layer_sha256 = &sha;
    fx.v.layer_count = 1;
    fx.v.variables = variables;
    fx.v.variable_count = ARRAY_LEN(variables);
    assert_int_equal(setenv("SMOKEGATE_TEST_SECRET", "of the host", 1), 0);
    support_invoke(fx.x, &fx.v, "{\"do\":\"place\"}", &r);
    place = json_loads(buf_c(&r.payload), 0, NULL);
    assert_non_null(place);
    assert_true(has_variable(place, "SHOP=open"));
    assert_true(has_variable(place, "TZ=Asia/Tokyo"));
    assert_true(has_variable(place, "AWS_REGION=eu-west-1")); /* not the user's to change */
    assert_true(has_variable(place, "_HANDLER=index.handler"));
    assert_true(has_variable(place, "AWS_LAMBDA_FUNCTION_VERSION=7"));
    assert_null(strstr(buf_c(&r.payload), "of the host"));
    assert_null(strstr(buf_c(&r.payload), "AWS_EXECUTION_ENV")); /* as of provided.* */
    assert_int_equal(flag(place, "fds"), 4); /* input, output, error, its own connection */
    if (has_variable(place, "LAMBDA_TASK_ROOT=/var/task")) {
        assert_string_equal(json_string_value(json_object_get(place, "cwd")), "/var/task");
        assert_int_equal(flag(place, "opt"), 1);
        assert_int_equal(flag(place, "home"), 0);
        assert_int_equal(flag(place, "task_writable"), 0);
        assert_int_equal(flag(place, "tmp_writable"), 1);
        assert_int_not_equal(access("/tmp/puppet-was-here", F_OK), 0);
    } else {
        unlink("/tmp/puppet-was-here");
    }
    json_decref(place);
    execute_result_release(&r);
    buf_release(&zip);
}

static void what_it_writes_is_kept_in_files(void **state)
{
    char *all = path_join(fx.dir, "state/logs"), *logs = path_join(all, fx.v.function);
    DIR *d;
    const struct dirent *e;
    unsigned files = 0;

    (void)state;
    succeeds("{\"do\":\"say\"}", "null");
    d = opendir(logs);
    assert_non_null(d);
    while ((e = readdir(d))) {
        struct buf text = {0};
        char *path = path_join(logs, e->d_name);

        if (e->d_name[0] != '.') {
            files++;
            assert_int_equal(file_read(&text, path, 0, NULL), 0);
            assert_contains(buf_c(&text), "to stderr, unended\nEND RequestId: ");
        }
        buf_release(&text);
        free(path);
    }
    closedir(d);
    assert_int_equal(files, 1);
    free(logs);
    free(all);
}

/* After a server that was killed, and after a week. */
static void what_was_left_is_removed(void **state)
{
    static const struct {
        const char *path;
        bool old, stays;
    } files[] = {
        {"logs/orders/2026-01-01-1-0123456789ab.log", true, false},
        {"logs/orders/2026-01-01-$LATEST-fedcba987654.log", true, false},
        {"logs/orders/2026-01-02-1-0123456789ab.log", false, true},
        {"logs/gone/2026-01-01-1-0123456789ab.log", true, false},
        {"tmp/0123456789abcdef0123456789abcdef/left/by-a-function", false, false},
        /* what is not ours */
        {"logs/orders/2026-01-01-mine.log", true, true},
        {"logs/orders/2026-01-01-mine-of-somebody.log", true, true},
        {"logs/app.log", true, true},
        {"tmp/0123/mine", true, true},
        {"code/mine/main.c", true, true},
    };
    const struct timespec long_ago[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    struct executor *second = NULL;
    char *dir = path_join(fx.dir, "left"), *gone = path_join(dir, "logs/gone");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char *path = path_join(dir, files[i].path), *folder = path_dir(path);

        assert_int_equal(file_mkdirs(folder, NULL), 0);
        assert_int_equal(file_write_atomic(path, STR("x"), 0644, NULL), 0);
        if (files[i].old)
            assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
        free(folder);
        free(path);
    }
    assert_int_equal(executor_new(&second,
                                  &(struct executor_options){.state_dir = dir, .no_sandbox = true},
                                  NULL),
                     0);
    executor_free(second);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char *path = path_join(dir, files[i].path);

        if (file_exists(path) != files[i].stays)
            fail_msg("%s %s", files[i].path, files[i].stays ? "was removed" : "is still there");
        free(path);
    }
    assert_false(file_exists(gone));
    free(gone);
    free(dir);
}

#define BOTH(test)                                                                                 \
    {#test " (boxed)", test, set_up_boxed, tear_down, NULL},                                       \
    {                                                                                              \
#test " (plain)", test, set_up_plain, tear_down, NULL                                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(an_event_is_answered_and_the_environment_is_used_again),
        BOTH(the_event_comes_with_its_context),
        BOTH(the_log_tail_reads_as_lambda_writes_it),
        BOTH(an_error_of_the_function_is_passed_on_as_it_is),
        BOTH(only_the_first_answer_counts),
        BOTH(an_answer_may_be_as_large_as_the_limit),
        {"tmp_has_the_size_that_was_asked_for", tmp_has_the_size_that_was_asked_for, set_up_boxed,
         tear_down, NULL},
        BOTH(an_exit_is_told_with_its_status),
        BOTH(an_answer_before_the_exit_stands),
        BOTH(a_function_past_its_timeout_is_ended),
        BOTH(a_flood_keeps_its_last_lines_and_ends_in_time),
        BOTH(children_do_not_outlive_their_environment),
        BOTH(memory_beyond_the_limit_ends_it),
        BOTH(an_exit_in_the_init_phase_is_tried_once_more),
        BOTH(an_error_of_the_init_phase_is_passed_on),
        BOTH(an_init_phase_without_end_falls_under_the_functions_timeout),
        BOTH(a_package_that_cannot_begin_says_why),
        BOTH(a_runtime_that_is_not_there_says_what_to_install),
        BOTH(a_streamed_response_comes_in_parts),
        BOTH(an_error_in_the_middle_of_a_stream_comes_after_its_parts),
        BOTH(a_function_sees_lambdas_environment_and_nothing_else),
        BOTH(what_it_writes_is_kept_in_files),
        {"what_was_left_is_removed", what_was_left_is_removed, set_up_plain, tear_down, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
