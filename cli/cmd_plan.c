#include "cli/command.h"

#include "cli/promotion_cli.h"

static int plan(struct session *session)
{
    struct promotion_cli p = {.session = session, .gate = {.session = session}, .dry_run = true};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};
    int code;

    if (promotion_cli_options(&p, &o, true, &err) < 0)
        return command_fail(&err);
    o.force = opts_given(&session->cli->opts, "force");
    promotion_plan(&o, &result, &err);
    code = promotion_cli_end(&p, &result, &err);
    promotion_result_release(&result);
    json_decref(p.steps);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, true, plan);
}

static const struct opt options[] = {
    {"from", 0, OPT_STRING, "NAME", "the first environment (default: the project's first)"},
    {"to", 0, OPT_STRING, "NAME", "the last environment (default: the project's last)"},
    {"force", 0, OPT_FLAG, NULL, "as promote --force would"},
};

extern const struct command cmd_plan;
const struct command cmd_plan = {
    .name = "plan",
    .summary = "show what promote would do now, and why",
    .details =
        "Only reads. The exit code is the one promote would stop with, or 0. --json tells each "
        "step with the operation it calls.",
    .example = "smokegate plan --release 1.4.0",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};
