#include "cli/command.h"

#include "cli/gate_outcome.h"
#include "cli/interrupt.h"
#include "cli/promotion_cases.h"

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

static int deploy(struct session *session)
{
    struct promotion_cli p = {.session = session,
                              .report.words = {"staged", NULL, "only one environment is staged"}};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};

    p.approved = opts_strings(&session->cli->opts, "approve", &p.approved_count);
    if (promotion_cli_open(&p, session, &o, false, &err) < 0)
        return command_fail(&err);
    if (one_environment(session, &o, &err) < 0) {
        promotion_cli_drop(&p);
        return command_fail(&err);
    }
    o.force = opts_given(&session->cli->opts, "force");
    o.stage_only = true;
    interrupt_install();
    promotion_run(&o, &result, &err);
    return promotion_cli_close(&p, &o, &result, &err);
}

static int no_outcome(const struct promotion_options *o, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "shift: --outcome FILE proves what passed; `smokegate run -e %s --report "
                   "outcome=FILE` writes it",
                   o->manifest->environments[o->first].name);
}

/* Smoke's gate is the outcome; weighted steps are gated on Live, by cases. */
static int shift_to(struct promotion_cli *p, struct promotion_options *o, const char *file)
{
    CLEANUP(outcome_release) struct outcome keep = {0};
    struct gate_outcome gate;
    int code = gate_outcome_open(&gate, file, o->gate);

    keep = gate.outcome;
    if (code == EXIT_OK && o->manifest->environments[o->first].step_count)
        code = gate_cases_check(&p->gate, o->first, o->last);
    if (code != EXIT_OK) {
        promotion_cli_drop(p);
        return code;
    }
    o->gate = gate_outcome_gate(&gate);
    o->resume_only = true;
    o->skip_live_gate = true;
    return promotion_cases_run(p, o);
}

static int shift(struct session *session)
{
    const char *file = opts_string(&session->cli->opts, "outcome", NULL);
    struct promotion_cli p;
    struct promotion_options o;
    struct err err = {0};

    if (promotion_cases_open(&p, session, &o, false, &err) < 0)
        return command_fail(&err);
    if (one_environment(session, &o, &err) == 0 && (file || no_outcome(&o, &err) == 0))
        return shift_to(&p, &o, file);
    promotion_cli_drop(&p);
    return command_fail(&err);
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
    {"force", 0, OPT_FLAG, NULL,
     "also what failed before or was restored from, or is not Live one environment below"},
    REPORT_OPTS,
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
    PROMOTION_CASES_OPTS,
};

extern const struct command cmd_shift;
const struct command cmd_shift = {
    .name = "shift",
    .summary = "flip Live of one environment to what passed on Smoke",
    .details =
        "To exactly the versions the outcome says were run, if they are still what is "
        "staged and every case passed; else it takes the deployment back. Where the project file "
        "has weighted steps, the cases run on Live at each of them.",
    .example = "smokegate deploy -e dev && smokegate run -e dev --report outcome=o.json &&\n"
               "    smokegate shift -e dev --outcome o.json",
    .opts = shift_options,
    .opt_count = ARRAY_LEN(shift_options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_shift,
};
