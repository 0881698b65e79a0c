#include "cli/run_cases.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rand.h"
#include "cli/interrupt.h"
#include "cli/term.h"
#include "cli/version.h"
#include "reports/report.h"
#include "reports/terminal.h"

enum { REPORTS_MAX = 12 };

void run_engine_options(struct engine_options *ret, const struct opts *o)
{
    ret->jobs = (unsigned)opts_count(o, "jobs", ENGINE_JOBS_DEFAULT);
    ret->retries = opts_given(o, "retries") ? (int)opts_count(o, "retries", 0) : -1;
    ret->timeout_ms = opts_duration(o, "timeout", 0);
    ret->global_timeout_ms = opts_duration(o, "global-timeout", 0);
    ret->slow_ms = opts_duration(o, "slow", 0);
    ret->fail_fast = opts_given(o, "fail-fast");
    ret->flaky_fails = strcmp(opts_string(o, "flaky", "pass"), "fail") == 0;
    ret->cancelled = interrupt_cancels;
    ret->tool_version = SMOKEGATE_VERSION;
}

/* ---- terminal ---- */

static unsigned width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    unsigned long long n;
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return columns && str_to_u64(str_c(columns), 1000, &n) && n >= 40 ? (unsigned)n : 80;
}

static struct terminal *open_terminal(const struct cli *cli, struct event_bus *bus)
{
    const char *ci = getenv("CI");
    struct terminal_options options = {
        .color_out = term_colored(stdout),
        .color_err = term_colored(stderr),
        .progress = isatty(STDERR_FILENO) && !(ci && *ci) && !cli->quiet,
        .quiet = cli->quiet,
        .verbose = cli->verbose,
        .logs = opts_given(&cli->opts, "debug"),
        .width = width_of(STDOUT_FILENO),
        .out = term_out_str,
        .err = term_err_str,
        .safe = term_safe,
    };

    return terminal_new(&options, bus);
}

/* ---- reports ---- */

struct open_reports {
    struct report *items[REPORTS_MAX];
    size_t count;
};

static int open_one(struct open_reports *all, const char *wish, struct event_bus *bus,
                    struct err *err)
{
    const char *equals = strchr(wish, '=');
    CLEANUP(mem_freep) char *format = NULL;

    if (!equals || !equals[1])
        return err_set(err, ERR_USAGE, "--report %s: expected FORMAT=FILE", wish);
    if (all->count == REPORTS_MAX)
        return err_set(err, ERR_USAGE, "more than %d reports", REPORTS_MAX);
    format = mem_dup_n(wish, (size_t)(equals - wish));
    if (report_open(&all->items[all->count], format, equals + 1, bus, err) < 0)
        return -1;
    all->count++;
    return 0;
}

static int finish_all(struct open_reports *all, struct err *err)
{
    int result = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct err one = {0};

        if (report_finish(all->items[i], &one) == 0)
            continue;
        if (result == 0)
            err_set(err, one.kind, "%s", one.text);
        result = -1;
    }
    return result;
}

/* ---- the run ---- */

int run_cases(struct cli_suite *suite, struct session *session, const struct run_request *request,
              struct outcome *ret_outcome, struct run_summary *ret_summary, struct err *err)
{
    struct event_bus *bus = event_bus_new();
    struct terminal *terminal = request->show ? open_terminal(session->cli, bus) : NULL;
    struct listener keep = outcome_listener(ret_outcome);
    struct open_reports reports = {0};
    struct engine_options options = {.client = request->client,
                                     .alias = suite->config.alias,
                                     .weighted_ok = request->weighted_ok};
    char id[ULID_SIZE], host[256] = "localhost";
    struct err late = {0};
    int result = 0;

    run_engine_options(&options, &session->cli->opts);
    rand_ulid(id, suite->config.now_ms);
    gethostname(host, sizeof(host) - 1);
    options.id = id;
    options.host = host;
    event_bus_listen(bus, &keep);
    for (size_t i = 0; result == 0 && i < request->report_count; i++)
        result = open_one(&reports, request->reports[i], bus, err);
    if (result == 0) {
        result = engine_run(&suite->set, suite->order, suite->count, &suite->config, &options, bus,
                            ret_summary, err);
        if (finish_all(&reports, &late) < 0 && result == 0)
            result = err_set(err, late.kind, "%s", late.text);
    } else {
        for (size_t i = 0; i < reports.count; i++)
            report_abandon(reports.items[i]);
    }
    terminal_free(terminal);
    event_bus_free(bus);
    return result;
}
