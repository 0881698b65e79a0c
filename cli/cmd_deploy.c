#include "cli/command.h"

#include "cli/gate_outcome.h"
#include "cli/interrupt.h"
#include "cli/promotion_cli.h"

/* The one environment a step works on: told outright, because it changes something. */
static int one_environment(const struct session *s, const struct promotion_options *o,
                           struct err *err)
{
    if (!opts_given(&s->cli->opts, "env"))
        return err_set(err, ERR_USAGE, "%s: which environment? give -e NAME",
                       s->cli->command->name);
    if (o->first != o->last)
        return err_set(err, ERR_USAGE, "%s: one environment at a time", s->cli->command->name);
    return 0;
}

static int step(struct promotion_cli *p, struct promotion_options *o)
{
    struct promotion_result result = {0};
    struct err err = {0};
    int code;

    interrupt_install();
    promotion_run(o, &result, &err);
    code = promotion_cli_end(p, &result, &err);
    promotion_result_release(&result);
    return code;
}

static int deploy(struct session *session)
{
    struct promotion_cli p = {.session = session, .gate = {.session = session}};
    struct promotion_options o;
    struct err err = {0};

    p.approved = opts_strings(&session->cli->opts, "approve", &p.approved_count);
    if (promotion_cli_options(&p, &o, false, &err) < 0 || one_environment(session, &o, &err) < 0)
        return command_fail(&err);
    o.force = opts_given(&session->cli->opts, "force");
    o.stage_only = true;
    return step(&p, &o);
}

static int shift(struct session *session)
{
    struct promotion_cli p = {.session = session, .gate = {.session = session}};
    const char *file = opts_string(&session->cli->opts, "outcome", NULL);
    CLEANUP(outcome_release) struct outcome keep = {0};
    struct gate_outcome gate;
    struct promotion_options o;
    struct err err = {0};
    int code;

    p.approved = opts_strings(&session->cli->opts, "approve", &p.approved_count);
    if (promotion_cli_options(&p, &o, false, &err) < 0 || one_environment(session, &o, &err) < 0)
        return command_fail(&err);
    if (!file) {
        err_set(&err, ERR_USAGE,
                "shift: --outcome FILE proves what passed; `smokegate run -e %s "
                "--report outcome=FILE` writes it",
                o.manifest->environments[o.first].name);
        return command_fail(&err);
    }
    code = gate_outcome_open(&gate, file);
    keep = gate.outcome;
    if (code != EXIT_OK)
        return code;
    o.gate = gate_outcome_gate(&gate);
    o.resume_only = true;
    o.skip_live_gate = true;
    return step(&p, &o);
}

static int run_deploy(struct cli *cli)
{
    return session_run(cli, true, deploy);
}

static int run_shift(struct cli *cli)
{
    return session_run(cli, true, shift);
}

static const struct opt deploy_options[] = {
    {"approve", 0, OPT_STRINGS, "NAME", "go into this environment that wants approval"},
    {"force", 0, OPT_FLAG, NULL, "also what failed before, or is not Live one environment below"},
};

extern const struct command cmd_deploy;
const struct command cmd_deploy = {
    .name = "deploy",
    .summary = "stage the packages on Smoke of one environment",
    .details = "Claims Smoke, keeps Live's version in Backup, publishes and points Smoke to it. "
               "Live is not touched. The claim stays: run, shift and promote of the same packages "
               "go on from there, `smokegate abort` takes it back.",
    .example = "smokegate deploy -e dev --release 1.4.0",
    .opts = deploy_options,
    .opt_count = ARRAY_LEN(deploy_options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_deploy,
};

static const struct opt shift_options[] = {
    {"outcome", 0, OPT_STRING, "FILE", "what `run --report outcome=FILE` said about Smoke"},
    {"approve", 0, OPT_STRINGS, "NAME", "go into this environment that wants approval"},
};

extern const struct command cmd_shift;
const struct command cmd_shift = {
    .name = "shift",
    .summary = "flip Live of one environment to what passed on Smoke",
    .details = "To exactly the versions the outcome says were run, if they are still what is "
               "staged and every case passed; else it takes the deployment back.",
    .example = "smokegate deploy -e dev && smokegate run -e dev --report outcome=o.json &&\n"
               "    smokegate shift -e dev --outcome o.json",
    .opts = shift_options,
    .opt_count = ARRAY_LEN(shift_options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_shift,
};
