#include "cli/record_ask.h"

#include "cli/interrupt.h"
#include "cli/term.h"
#include "cli/version.h"
#include "reports/words.h"
#include "runner/engine.h"

static void on_case_end(void *ctx, const struct case_result *result)
{
    struct record_answer *a = ctx;
    const struct attempt *last = words_last(result);
    CLEANUP(buf_release) struct buf what = {0}, safe = {0};

    words_case(&what, result, 2, WORDS_LOG_SHOWN);
    term_safe(&safe, buf_str(&what));
    a->what_ = arena_dup(a->arena_, buf_c(&safe));
    a->verdict_ = result->verdict;
    a->function = arena_printf(a->arena_, "%s:%s", result->info.function, result->info.alias);
    if (!last)
        return;
    a->function_error = *last->function_error != '\0';
    a->error_type = arena_dup(a->arena_, last->error_type);
    a->request_id = arena_dup(a->arena_, last->request_id);
    a->version = arena_dup(a->arena_, last->executed_version);
    a->request = arena_dup_str(a->arena_, last->request);
}

static int ask_once(struct record_answer *a, struct cli_suite *suite, struct aws_client *client,
                    struct err *err)
{
    struct event_bus *bus = event_bus_new();
    const struct listener listener = {.ctx = a, .case_end = on_case_end};
    const struct engine_options options = {.client = client,
                                           .alias = suite->config.alias,
                                           .retries = -1,
                                           .cancelled = interrupt_cancels,
                                           .tool_version = SMOKEGATE_VERSION};
    const size_t order[] = {0};
    struct run_summary summary;
    int result;

    event_bus_listen(bus, &listener);
    interrupt_install();
    result = engine_run(&suite->set, order, 1, &suite->config, &options, bus, &summary, err);
    event_bus_free(bus);
    return result;
}

int record_ask(struct record_answer *ret, struct arena *arena, const char *draft,
               struct cli_suite *suite, struct session *session,
               const struct manifest_environment *environment)
{
    struct aws_client *client;
    struct faults faults = {0};
    struct err err = {0};

    *ret = (struct record_answer){.version = "",
                                  .request_id = "",
                                  .request = "",
                                  .error_type = "",
                                  .arena_ = arena,
                                  .verdict_ = VERDICT_INCONCLUSIVE,
                                  .what_ = ""};
    suite->config.function = NULL; /* the file says it */
    suite->config.snapshots = SNAPSHOTS_RAW;
    testset_load(&suite->set, &draft, 1, &suite->config, &faults);
    if (faults.count) {
        term_faults(&faults);
        faults_release(&faults);
        return EXIT_WRONG_INPUT;
    }
    if (session_client(session, environment, &client, &err) < 0 ||
        ask_once(ret, suite, client, &err) < 0)
        return command_fail(&err);
    if (ret->verdict_ == VERDICT_PASSED || ret->verdict_ == VERDICT_FAILED)
        return EXIT_OK;
    term_err("smokegate: nothing was recorded: the answer is inconclusive\n");
    term_err_str(str_c(ret->what_));
    return interrupt_signal() ? 128 + interrupt_signal() : EXIT_INCONCLUSIVE;
}
