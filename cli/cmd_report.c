#include "cli/command.h"

#include <string.h>

#include "base/mem.h"
#include "cli/term.h"
#include "reports/replay.h"
#include "reports/report.h"

enum { REPORTS_MAX = 12 };

static int open_all(struct report **reports, size_t *ret_count, const struct opts *o,
                    struct event_bus *bus, struct err *err)
{
    size_t count;
    const char *const *wishes = opts_strings(o, "report", &count);

    if (count == 0 || count > REPORTS_MAX)
        return err_set(err, ERR_USAGE, "give one to %d --report FORMAT=FILE", REPORTS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(wishes[i], '=');
        CLEANUP(mem_freep) char *format = NULL;

        if (!equals || !equals[1])
            return err_set(err, ERR_USAGE, "--report %s: expected FORMAT=FILE", wishes[i]);
        format = mem_dup_n(wishes[i], (size_t)(equals - wishes[i]));
        if (report_open(&reports[i], format, equals + 1, bus, err) < 0)
            return -1;
        ++*ret_count;
    }
    return 0;
}

static int run(struct cli *cli)
{
    const char *from = opts_string(&cli->opts, "from", NULL);
    struct event_bus *bus = event_bus_new();
    struct report *reports[REPORTS_MAX] = {0};
    struct run_summary summary;
    struct err err = {0};
    size_t count = 0;
    int result = from
                     ? open_all(reports, &count, &cli->opts, bus, &err)
                     : err_set(&err, ERR_USAGE, "--from FILE is missing: a report of format jsonl");

    if (result == 0)
        result = replay_file(from, bus, &summary, &err);
    for (size_t i = 0; i < count; i++) {
        if (result < 0)
            report_abandon(reports[i]);
        else
            result = report_finish(reports[i], &err);
    }
    event_bus_free(bus);
    return result < 0 ? command_fail(&err) : EXIT_OK;
}

static const struct opt options[] = {
    {"from", 0, OPT_STRING, "RUN.jsonl", "the recorded events; - is standard input"},
    {"report", 0, OPT_STRINGS, "FORMAT=FILE", "what to write (repeatable)"},
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
