#include "cli/command.h"

#include "cli/interrupt.h"
#include "cli/promotion_cli.h"
#include "cli/promotion_report.h"
#include "cli/term.h"

/* Part of the cases proves part of the promise: that must be said. */
static int whole_or_partial(const struct opts *o, struct err *err)
{
    static const char *const narrowing[] = {"tag", "filter", "function"};

    for (size_t i = 0; i < ARRAY_LEN(narrowing); i++)
        if (opts_given(o, narrowing[i]) && !opts_given(o, "partial"))
            return err_set(err, ERR_USAGE,
                           "--%s runs only some of the cases; --partial promotes all the same",
                           narrowing[i]);
    return 0;
}

static int promote(struct promotion_cli *p, const struct promotion_options *o)
{
    struct promotion_result result = {0};
    struct err err = {0}, late = {0};
    int code;

    p->dry_run = opts_given(&p->session->cli->opts, "dry-run");
    if (p->dry_run) {
        promotion_plan(o, &result, &err);
    } else {
        promotion_run(o, &result, &err);
        promotion_report_end(&p->gate, o, &result, promotion_end_name(result.end), &err);
    }
    if (gate_cases_finish(&p->gate, &late) < 0)
        command_fail(&late); /* what was promoted is promoted: the exit code tells about that */
    code = promotion_cli_end(p, &result, &err);
    promotion_result_release(&result);
    return code;
}

static int promote_with(struct session *session, bool resume)
{
    const struct opts *opts = &session->cli->opts;
    struct promotion_cli p = {.session = session};
    struct promotion_options o;
    struct err err = {0};
    int code;

    p.approved = opts_strings(opts, "approve", &p.approved_count);
    if (whole_or_partial(opts, &err) < 0 || gate_cases_open(&p.gate, session, &err) < 0 ||
        promotion_cli_options(&p, &o, true, &err) < 0) {
        code = command_fail(&err);
        gate_cases_finish(&p.gate, NULL);
        return code;
    }
    o.force = opts_given(opts, "force");
    o.resume_only = resume;
    code = gate_cases_check(&p.gate, o.first, o.last);
    if (code != EXIT_OK) {
        gate_cases_finish(&p.gate, NULL);
        return code;
    }
    interrupt_install();
    return promote(&p, &o);
}

static int run_either(struct cli *cli, bool resume)
{
    struct session session;
    int code = session_open(&session, cli, true);

    if (code == EXIT_OK)
        code = promote_with(&session, resume);
    session_close(&session);
    return code;
}

static int run(struct cli *cli)
{
    return run_either(cli, false);
}

static int run_resume(struct cli *cli)
{
    return run_either(cli, true);
}

static const struct opt options[] = {
    {"from", 0, OPT_STRING, "NAME", "the first environment (default: the project's first)"},
    {"to", 0, OPT_STRING, "NAME", "the last environment (default: the project's last)"},
    {"approve", 0, OPT_STRINGS, "NAME",
     "go into this environment that wants approval (repeatable)"},
    {"force", 0, OPT_FLAG, NULL, "also what failed before, or is not Live one environment below"},
    {"dry-run", 'n', OPT_FLAG, NULL, "print what would be done; change nothing"},
    {"partial", 0, OPT_FLAG, NULL, "promote on the word of selected cases (--tag, --filter)"},
    SUITE_OPTS,
    RUN_OPTS,
};

extern const struct command cmd_promote;
const struct command cmd_promote = {
    .name = "promote",
    .summary = "test on Smoke and flip Live, environment by environment",
    .details =
        "For each environment in order: claims Smoke, keeps Live's version in Backup, stages the "
        "packages on Smoke, runs the cases there, and moves Live to exactly the versions that "
        "passed. When something fails, this environment and those below go back. Killed at any "
        "point, it can be run again from anywhere: the aliases tell where it stands.",
    .example = "smokegate promote --release 1.4.0 --junit reports/promote.xml\n"
               "smokegate promote --to stage\n"
               "smokegate promote --approve prod",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};

extern const struct command cmd_resume;
const struct command cmd_resume = {
    .name = "resume",
    .summary = "go on with a promotion that was interrupted",
    .details = "As promote with the same packages, but refuses to begin a new one.",
    .example = "smokegate resume --approve prod",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_resume,
};
