#include "cli/command.h"

#include "cli/promotion_cases.h"

static int either(struct session *session, bool resume)
{
    const struct opts *opts = &session->cli->opts;
    struct promotion_cli p;
    struct promotion_options o;
    struct err err = {0};
    int code;

    if (promotion_cases_open(&p, session, &o, true, &err) < 0)
        return command_fail(&err);
    p.dry_run = opts_given(opts, "dry-run");
    o.force = opts_given(opts, "force");
    o.resume_only = resume;
    code = gate_cases_check(&p.gate, o.first, o.last);
    if (code == EXIT_OK)
        return promotion_cases_run(&p, &o);
    promotion_cli_drop(&p);
    return code;
}

static int promote(struct session *session)
{
    return either(session, false);
}

static int resume(struct session *session)
{
    return either(session, true);
}

static int run(struct cli *cli)
{
    return session_run(cli, true, promote);
}

static int run_resume(struct cli *cli)
{
    return session_run(cli, true, resume);
}

static const struct opt options[] = {
    {"from", 0, OPT_STRING, "NAME", "the first environment (default: the project's first)"},
    {"to", 0, OPT_STRING, "NAME", "the last environment (default: the project's last)"},
    {"approve", 0, OPT_STRINGS, "NAME",
     "go into this environment that wants approval (repeatable)"},
    {"force", 0, OPT_FLAG, NULL,
     "also what failed before or was restored from, or is not Live one environment below"},
    {"dry-run", 'n', OPT_FLAG, NULL, "print what would be done; change nothing"},
    PROMOTION_CASES_OPTS,
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
