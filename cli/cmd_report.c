#include "cli/command.h"

#include "cli/run_reports.h"
#include "cli/term.h"
#include "reports/replay.h"

static int open_all(struct run_reports *reports, const struct opts *o, struct event_bus *bus,
                    struct err *err)
{
    if (!opts_given(o, "report") && !opts_given(o, "junit"))
        return err_set(err, ERR_USAGE, "give a --report FORMAT=FILE");
    return run_reports_open_all(reports, o, bus, err);
}

static int run(struct cli *cli)
{
    const char *from = opts_string(&cli->opts, "from", NULL);
    struct event_bus *bus = event_bus_new();
    struct run_reports reports = {0};
    struct run_summary summary;
    struct err err = {0};
    int result = from
                     ? open_all(&reports, &cli->opts, bus, &err)
                     : err_set(&err, ERR_USAGE, "--from FILE is missing: a report of format jsonl");

    if (result == 0)
        result = replay_file(from, bus, &summary, &err);
    if (result < 0)
        run_reports_abandon(&reports);
    else
        result = run_reports_finish(&reports, &err);
    event_bus_free(bus);
    return result < 0 ? command_fail(&err) : EXIT_OK;
}

static const struct opt options[] = {
    {"from", 0, OPT_STRING, "RUN.jsonl", "the recorded events; - is standard input"},
    REPORT_OPTS,
};

extern const struct command cmd_report;
const struct command cmd_report = {
    .name = "report",
    .summary = "render reports from a recorded event stream",
    .example = "smokegate report --from run.jsonl --report junit=junit.xml",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .run = run,
};
