#include "cli/command.h"

#include "base/clock.h"
#include "base/rand.h"
#include "cli/run_cases.h"
#include "cli/run_reports.h"
#include "cli/term.h"
#include "reports/merge.h"

/* The merged run on its way: who listens. */
struct merging {
    struct event_bus *bus;
    struct terminal *terminal; /* NULL with --json */
    struct run_reports reports;
    struct outcome outcome;
};

static int tell(struct merging *to, struct merge *m, struct run_summary *ret_summary,
                struct err *err)
{
    char id[ULID_SIZE];

    rand_ulid(id, clock_wall(&clock_system));
    if (merge_tell(m, id, to->bus, ret_summary, err) < 0) {
        run_reports_abandon(&to->reports);
        return -1;
    }
    return run_reports_finish(&to->reports, err);
}

static int tell_all(struct cli *cli, struct merge *m)
{
    struct merging to = {.bus = event_bus_new()};
    const struct listener keep = outcome_listener(&to.outcome);
    struct run_summary summary = {0};
    struct err err = {0};
    int result;

    event_bus_listen(to.bus, &keep);
    if (!cli->json)
        to.terminal = run_terminal(cli, to.bus);
    result = run_reports_open_all(&to.reports, &cli->opts, to.bus, &err);
    if (result < 0)
        run_reports_abandon(&to.reports);
    else
        result = tell(&to, m, &summary, &err);
    if (result == 0 && cli->json) {
        CLEANUP(buf_release) struct buf text = {0};

        outcome_print(&to.outcome, &text);
        term_out_str(buf_str(&text));
    }
    terminal_free(to.terminal);
    outcome_release(&to.outcome);
    event_bus_free(to.bus);
    return result < 0 ? command_fail(&err)
                      : run_exit_code(&summary, opts_given(&cli->opts, "allow-empty"));
}

static int run(struct cli *cli)
{
    struct merge *m = NULL;
    struct faults faults = {0};
    struct err err = {0};
    int code;

    if (merge_read(&m, cli->opts.operands, cli->opts.operand_count, &err) < 0)
        return command_fail(&err);
    if (merge_prove(m, &faults) < 0) {
        term_faults(&faults);
        term_err("smokegate: these shards do not prove one run: nothing is written\n");
        code = EXIT_INCONCLUSIVE;
    } else {
        code = tell_all(cli, m);
    }
    faults_release(&faults);
    merge_free(m);
    return code;
}

static const struct opt options[] = {
    REPORT_OPTS,
    {"allow-empty", 0, OPT_FLAG, NULL, "that no case ran is no failure"},
};

extern const struct command cmd_merge;
const struct command cmd_merge = {
    .name = "merge",
    .summary = "join the shards of a run into one outcome and its reports",
    .operands = "SHARD.jsonl...",
    .details = "Each SHARD is the event stream of a `run --shard I/N` (--report jsonl=FILE). "
               "Every selected case must have run exactly once, all shards with the same case "
               "files against the same versions; otherwise it says what does not fit, writes "
               "nothing and exits with 3. The exit code is that of the whole run.",
    .example = "smokegate merge shard-*.jsonl --junit junit.xml --report outcome=outcome.json",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON,
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
