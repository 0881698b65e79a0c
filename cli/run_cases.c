#include "cli/run_cases.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rand.h"
#include "cli/interrupt.h"
#include "cli/repository.h"
#include "cli/run_reports.h"
#include "cli/term.h"
#include "cli/version.h"

void run_engine_options(struct engine_options *ret, const struct opts *o)
{
    ret->jobs = (unsigned)opts_count(o, "jobs", ENGINE_JOBS_DEFAULT);
    ret->retries = opts_given(o, "retries") ? (int)opts_count(o, "retries", 0) : -1;
    ret->repeat = (unsigned)opts_count(o, "repeat", 0);
    ret->timeout_ms = opts_duration(o, "timeout", 0);
    ret->global_timeout_ms = opts_duration(o, "global-timeout", 0);
    ret->slow_ms = opts_duration(o, "slow", 0);
    ret->fail_fast = opts_given(o, "fail-fast");
    ret->flaky_fails = strcmp(opts_string(o, "flaky", "pass"), "fail") == 0;
    ret->cancelled = interrupt_cancels;
    ret->tool_version = SMOKEGATE_VERSION;
}

int run_exit_code(const struct run_summary *summary, bool allow_empty)
{
    if (summary->interrupted && interrupt_signal())
        return 128 + interrupt_signal();
    switch (summary->verdict) {
    case RUN_PASS:
        return EXIT_OK;
    case RUN_FAIL:
        return EXIT_FAILED;
    case RUN_INCONCLUSIVE:
        return EXIT_INCONCLUSIVE;
    case RUN_EMPTY:
        break;
    }
    return allow_empty ? EXIT_OK : EXIT_NO_CASES;
}

/* ---- terminal ---- */

/* Asked each time: the window is as wide as it is now, and no signal has to be waited for. */
static unsigned width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    unsigned long long n;
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return columns && str_to_u64(str_c(columns), 1000, &n) && n >= 40 ? (unsigned)n : 80;
}

static unsigned out_width(void)
{
    return width_of(STDOUT_FILENO);
}

static unsigned err_width(void)
{
    return width_of(STDERR_FILENO);
}

struct terminal *run_terminal(const struct cli *cli, struct event_bus *bus)
{
    const bool debug = opts_given(&cli->opts, "debug"); /* whose lines come in between */
    struct terminal_options options = {
        .color_out = term_colored(stdout),
        .color_err = term_colored(stderr),
        .progress =
            isatty(STDERR_FILENO) && term_is_capable() && !term_in_ci() && !cli->quiet && !debug,
        .quiet = cli->quiet,
        .verbose = cli->verbose,
        .logs = debug,
        .out_width = out_width,
        .err_width = err_width,
        .out = term_out_str,
        .err = term_err_str,
        .safe = term_safe,
    };

    return terminal_new(&options, bus);
}

static void print_when_asked(void *ctx)
{
    if (interrupt_wants_status())
        terminal_print_running(ctx);
}

/* ---- the run ---- */

int run_cases(struct cli_suite *suite, struct session *session, const struct run_request *request,
              struct outcome *ret_outcome, struct run_summary *ret_summary, struct err *err)
{
    struct event_bus *bus = event_bus_new();
    struct terminal *terminal = request->show ? run_terminal(session->cli, bus) : NULL;
    struct listener keep = outcome_listener(ret_outcome);
    struct run_reports reports = {0};
    struct engine_options options = {.client = request->client,
                                     .alias = suite->config.alias,
                                     .weighted_ok = request->weighted_ok};
    CLEANUP(mem_freep) char *folder = repository_folder();
    char id[ULID_SIZE], host[256] = "localhost";
    struct err late = {0};
    int result = 0;

    run_engine_options(&options, &session->cli->opts);
    rand_ulid(id, suite->config.now_ms);
    gethostname(host, sizeof(host) - 1);
    options.id = id;
    options.shard = suite->sharding.shard;
    options.shards = suite->sharding.shards;
    options.whole = suite->whole.places ? &suite->whole : NULL;
    options.host = host;
    options.folder = folder;
    event_bus_listen(bus, &keep);
    if (request->also)
        event_bus_listen(bus, request->also);
    if (request->reports)
        result = run_reports_open_all(&reports, &session->cli->opts, bus, err);
    if (terminal) {
        struct listener asked = {.ctx = terminal, .tick = print_when_asked};

        event_bus_listen(bus, &asked);
    }
    if (result == 0) {
        result = engine_run(&suite->set, suite->order, suite->count, &suite->config, &options, bus,
                            ret_summary, err);
        if (run_reports_finish(&reports, &late) < 0 && result == 0)
            result = err_set(err, late.kind, "%s", late.text);
    } else {
        run_reports_abandon(&reports);
    }
    terminal_free(terminal);
    event_bus_free(bus);
    return result;
}
