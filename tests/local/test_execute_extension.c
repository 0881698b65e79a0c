/* Lambda extensions: who is started when, what each is told, and how they take a function down. */
#include "local/execute.h"

#include <dirent.h>
#include <time.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/local/support.h"
#include "tests/test.h"

/* Each test runs twice: in sandboxes where the machine gives them, and without. */
struct fixture {
    struct executor_options options;
    char *dir;
    struct executor *x;
    struct package puppet, layer;
    struct execute_version v;
    const char *paths[1], *shas[1];
};

static struct fixture fx;

static int set_up(bool sandbox)
{
    fx.options = (struct executor_options){.no_sandbox = !sandbox, .init_ms = 2000};
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

/* Attaches a layer with the extender under each of these names, and one more entry. */
static void attach(const char *const *names, size_t count, const struct entry *more)
{
    CLEANUP(mem_freep) char *path = path_join(getenv("SMOKEGATE_BUILD"), "tests/local/extender");
    CLEANUP(buf_release) struct buf program = {0}, zip = {0};
    struct entry entries[16];
    char texts[16][64];
    struct err err = {0};

    if (file_read(&program, path, 0, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof(texts[i]), "extensions/%s", names[i]);
        entries[i] = (struct entry){texts[i], 0755, program.data, program.len};
    }
    if (more)
        entries[count++] = *more;
    support_zip(&zip, entries, count);
    support_package(&fx.layer, fx.dir, "layer.zip", buf_str(&zip));
    fx.paths[0] = fx.layer.zip_path;
    fx.shas[0] = fx.layer.sha;
    fx.v.layer_paths = fx.paths;
    fx.v.layer_sha256 = fx.shas;
    fx.v.layer_count = 1;
}

static void attach_one(const char *name)
{
    attach(&name, 1, NULL);
}

/* What all environments of the function have written so far. */
static void read_log(struct buf *out)
{
    CLEANUP(buf_release) struct buf folder = {0};
    DIR *d;
    const struct dirent *e;

    buf_clear(out);
    buf_printf(&folder, "%s/state/logs/%s", fx.dir, fx.v.function);
    d = opendir(buf_c(&folder));
    while (d && (e = readdir(d))) {
        CLEANUP(mem_freep) char *path = path_join(buf_c(&folder), e->d_name);

        if (e->d_name[0] != '.')
            file_read(out, path, 0, NULL);
    }
    if (d)
        closedir(d);
}

static void expect_log(const char *const *texts, size_t count)
{
    CLEANUP(buf_release) struct buf log = {0};

    read_log(&log);
    for (size_t i = 0; i < count; i++)
        assert_contains(buf_c(&log), texts[i]);
}
#define EXPECT_LOG(...)                                                                            \
    expect_log((const char *const[]){__VA_ARGS__},                                                 \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void succeeds(const char *event, const char *payload)
{
    struct execute_result r;

    support_invoke(fx.x, &fx.v, event, &r);
    assert_string_equal(buf_c(&r.payload), payload);
    assert_string_equal(r.function_error, "");
    execute_result_release(&r);
}

static void fails(const char *event, const char *type, const char *reason)
{
    struct execute_result r;

    support_invoke(fx.x, &fx.v, event, &r);
    assert_string_equal(r.function_error, "Unhandled");
    assert_contains(buf_c(&r.payload), type);
    assert_contains(buf_c(&r.payload), reason);
    assert_contains(buf_c(&r.log_tail), type);
    assert_contains(buf_c(&r.log_tail), "Status: error");
    execute_result_release(&r);
}

/* ---- what works ---- */

static void extensions_see_the_whole_life_of_an_environment(void **state)
{
    static const char *const names[] = {"both", "invoke", "none"};

    (void)state;
    attach(names, 3, NULL);
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
    succeeds("{\"do\":\"echo\",\"n\":2}", "{\"do\":\"echo\",\"n\":2}");
    executor_free(fx.x);
    fx.x = NULL;
    EXPECT_LOG("both register: 200 {\"functionName\":\"puppet-",
               "\"functionVersion\":\"7\",\"handler\":\"index.handler\",\"accountId\":"
               "\"123456789012\"}",
               "EXTENSION\tName: both\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n",
               "EXTENSION\tName: invoke\tState: Ready\tEvents: [INVOKE]\n",
               "EXTENSION\tName: none\tState: Ready\tEvents: []\n",
               "both event: 200 {\"eventType\":\"INVOKE\",\"deadlineMs\":",
               "\"invokedFunctionArn\":\"arn:aws:lambda:us-east-1:123456789012:function:puppet:"
               "Smoke\",\"tracing\":{\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=1-",
               "invoke event: 200 {\"eventType\":\"INVOKE\",",
               "both event: 200 {\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"spindown\",");
}

static void the_invoke_phase_lasts_until_every_extension_is_done(void **state)
{
    struct execute_result r;

    (void)state;
    attach_one("slow");
    support_invoke(fx.x, &fx.v, "{\"do\":\"echo\",\"n\":1}", &r);
    assert_string_equal(buf_c(&r.payload), "{\"do\":\"echo\",\"n\":1}");
    assert_true(r.duration_ms >= 300);
    execute_result_release(&r);
}

static void an_internal_extension_is_told_too(void **state)
{
    static const struct execute_variable how = {"PUPPET_INIT", "extension"};

    (void)state;
    fx.v.variables = &how;
    fx.v.variable_count = 1;
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
    EXPECT_LOG("EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]\n",
               "inside: {\"eventType\":\"INVOKE\",", "inside with SHUTDOWN: 403");
}

static void a_folder_is_no_extension(void **state)
{
    const struct entry deeper = {.name = "extensions/folder/not-this-one", .content = "x"};

    (void)state;
    attach(&(const char *const){"both"}, 1, &deeper);
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
}

static void what_is_asked_wrongly_is_refused_with_its_reason(void **state)
{
    (void)state;
    attach_one("refused");
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
    EXPECT_LOG("refused register: 403 {\"errorType\":\"InvalidRequestFormat\"",
               "refused register: 403 {\"errorType\":\"Extension.InvalidEventType\","
               "\"errorMessage\":\"RESTART: the events are INVOKE and SHUTDOWN\"}",
               "refused next: 403 {\"errorType\":\"Extension.MissingExtensionIdentifier\"",
               "refused next: 403 {\"errorType\":\"Extension.UnknownExtensionIdentifier\"",
               "refused register: 403 {\"errorType\":\"Extension.InvalidExtensionState\"",
               "refused error: 403 {\"errorType\":\"Extension.MissingHeader\"",
               "refused logs: 202 {\"errorType\":\"Logs.NotSupported\"",
               "refused telemetry: 202 {\"errorType\":\"Telemetry.NotSupported\"");
}

/* ---- what fails ---- */

static void one_that_crashes_takes_the_environment_with_it(void **state)
{
    (void)state;
    attach_one("crashes");
    fails("{}", "Extension.Crash", "Error: exit status 3");
    EXPECT_LOG("INIT_REPORT Init Duration: ", "\tStatus: error\tError Type: Extension.Crash",
               "EXTENSION\tName: crashes\tState: Started\tEvents: []");
}

static void one_that_leaves_after_it_registered_crashed(void **state)
{
    (void)state;
    attach_one("leaves");
    fails("{}", "Extension.Crash", "Error: exit code 0");
}

static void one_that_cannot_be_executed_is_a_launch_error(void **state)
{
    const struct entry plain = {.name = "extensions/plain", .mode = 0644, .content = "x"};

    (void)state;
    attach(NULL, 0, &plain);
    fails("{}", "Extension.LaunchError", "/extensions/plain: permission denied");
    EXPECT_LOG("EXTENSION\tName: plain\tState: LaunchError\tEvents: []\tError Type: "
               "PermissionDenied");
}

static void one_that_reports_an_error_of_its_init_fails_it(void **state)
{
    (void)state;
    attach_one("cannot-begin");
    fails("{}", "Extension.InitError", "Error: exit code 0");
    EXPECT_LOG("Name: cannot-begin\tState: InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: "
               "Shop.NoLight");
}

static void one_that_reports_an_error_later_fails_the_invocation(void **state)
{
    (void)state;
    attach_one("gives-up");
    fails("{\"do\":\"sleep\",\"n\":2000}", "Extension.ExitError", "Error: exit code 0");
}

static void one_that_dies_during_an_invocation_fails_it(void **state)
{
    (void)state;
    attach_one("dies");
    fails("{\"do\":\"sleep\",\"n\":5000}", "Extension.Crash", "Error: exit status 7");
}

/* Nobody calls meanwhile: the next call goes elsewhere, and what is left of the first one ends. */
static void one_that_dies_between_invocations_takes_the_environment_with_it(void **state)
{
    static const char *const names[] = {"both", "short-lived"};
    static const char told[] = "both event: 200 {\"eventType\":\"SHUTDOWN\"";
    const struct timespec longer = {.tv_sec = 1, .tv_nsec = 500000000}, bit = {.tv_nsec = 50000000};
    CLEANUP(buf_release) struct buf log = {0};

    (void)state;
    attach(names, 2, NULL);
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
    nanosleep(&longer, NULL);
    succeeds("{\"do\":\"echo\",\"n\":2}", "{\"do\":\"echo\",\"n\":2}");
    for (int i = 0; i < 100; i++) {
        read_log(&log);
        if (strstr(buf_c(&log), told))
            return;
        nanosleep(&bit, NULL);
    }
    fail_msg("the environment stayed:\n%s", buf_c(&log));
}

static void one_that_never_registers_uses_up_the_time(void **state)
{
    struct execute_result r;

    (void)state;
    attach_one("silent");
    fx.v.timeout_ms = 1000;
    support_invoke(fx.x, &fx.v, "{}", &r);
    assert_contains(buf_c(&r.payload), "Sandbox.Timedout");
    /* of the runtime, which was never started, and not of the extension */
    assert_int_equal(r.max_memory_mb, 0);
    execute_result_release(&r);
    EXPECT_LOG("\tPhase: init\tStatus: timeout");
}

static void one_that_is_never_done_uses_up_the_time_of_the_invocation(void **state)
{
    static const char *const names[] = {"both", "never-done"};
    const int64_t start_ms = clock_mono(&clock_system);
    struct execute_result r;

    (void)state;
    attach(names, 2, NULL);
    fx.v.timeout_ms = 1000;
    support_invoke(fx.x, &fx.v, "{\"do\":\"echo\",\"n\":1}", &r);
    assert_string_equal(buf_c(&r.payload), "{\"do\":\"echo\",\"n\":1}"); /* it had answered */
    execute_result_release(&r);
    executor_free(fx.x); /* the one that is not done has two seconds more, and is killed */
    fx.x = NULL;
    assert_true(clock_mono(&clock_system) - start_ms < 8000);
    EXPECT_LOG("both event: 200 {\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"timeout\",");
}

static void the_end_of_the_runtime_is_told_as_a_failure(void **state)
{
    struct execute_result r;

    (void)state;
    attach_one("both");
    support_invoke(fx.x, &fx.v, "{\"do\":\"exit\",\"n\":9}", &r);
    assert_contains(buf_c(&r.payload), "Runtime.ExitError");
    execute_result_release(&r);
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}"); /* in a new one */
    executor_free(fx.x);
    fx.x = NULL;
    EXPECT_LOG("both event: 200 {\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"failure\",");
}

static void ten_extensions_are_the_most(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};

    (void)state;
    attach(names, 10, NULL);
    succeeds("{\"do\":\"echo\",\"n\":1}", "{\"do\":\"echo\",\"n\":1}");
    attach(names, 11, NULL);
    fx.v.identity = "b";
    fails("{}", "Extension.LaunchError", "k is one extension too many");
}

#define BOTH(test)                                                                                 \
    {#test " (boxed)", test, set_up_boxed, tear_down, NULL},                                       \
    {                                                                                              \
#test " (plain)", test, set_up_plain, tear_down, NULL                                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(extensions_see_the_whole_life_of_an_environment),
        BOTH(the_invoke_phase_lasts_until_every_extension_is_done),
        BOTH(an_internal_extension_is_told_too),
        BOTH(a_folder_is_no_extension),
        BOTH(what_is_asked_wrongly_is_refused_with_its_reason),
        BOTH(one_that_crashes_takes_the_environment_with_it),
        BOTH(one_that_leaves_after_it_registered_crashed),
        BOTH(one_that_cannot_be_executed_is_a_launch_error),
        BOTH(one_that_reports_an_error_of_its_init_fails_it),
        BOTH(one_that_reports_an_error_later_fails_the_invocation),
        BOTH(one_that_dies_during_an_invocation_fails_it),
        BOTH(one_that_dies_between_invocations_takes_the_environment_with_it),
        BOTH(one_that_never_registers_uses_up_the_time),
        BOTH(one_that_is_never_done_uses_up_the_time_of_the_invocation),
        BOTH(the_end_of_the_runtime_is_told_as_a_failure),
        BOTH(ten_extensions_are_the_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
