#include "cli/command.h"

#include "cli/interrupt.h"
#include "cli/promotion_cli.h"
#include "cli/term.h"

static int end(const struct promotion_cli *p, struct promotion_result *result,
               const struct err *err)
{
    const int code = promotion_cli_end(p, result, err);

    if (result->end == PROMOTION_NOTHING && err->kind == ERR_NONE && !p->session->cli->quiet)
        term_err("nothing to restore: %s is where %s is\n", p->session->manifest->aliases.live,
                 p->session->manifest->aliases.backup);
    promotion_result_release(result);
    return code;
}

static int restore(struct session *session)
{
    struct promotion_cli p = {.session = session, .gate = {.session = session}};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};

    if (!opts_given(&session->cli->opts, "env")) {
        err_set(&err, ERR_USAGE, "restore: which environment? give -e NAME");
        return command_fail(&err);
    }
    if (promotion_cli_options(&p, &o, false, &err) < 0)
        return command_fail(&err);
    if (o.first != o.last) {
        err_set(&err, ERR_USAGE, "restore: one environment at a time");
        return command_fail(&err);
    }
    o.force = opts_given(&session->cli->opts, "force");
    interrupt_install();
    promotion_restore(&o, &result, &err);
    return end(&p, &result, &err);
}

static int abort_promotion(struct session *session)
{
    struct promotion_cli p = {.session = session, .gate = {.session = session}};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};
    int code;

    if (promotion_cli_options(&p, &o, false, &err) < 0)
        return command_fail(&err);
    interrupt_install();
    promotion_abort(&o, &result, &err);
    if (result.end == PROMOTION_NOTHING && !session->cli->json) {
        term_err("%s\n", err.text);
        promotion_result_release(&result);
        return EXIT_OK;
    }
    code = promotion_cli_end(&p, &result, &err);
    promotion_result_release(&result);
    return code;
}

static int run_restore(struct cli *cli)
{
    return session_run(cli, true, restore);
}

static int run_abort(struct cli *cli)
{
    return session_run(cli, true, abort_promotion);
}

static const struct opt options[] = {
    {"force", 0, OPT_FLAG, NULL, "even while a promotion holds a function"},
};

extern const struct command cmd_restore;
const struct command cmd_restore = {
    .name = "restore",
    .summary = "put Backup's versions back on Live, in one environment",
    .details = "Conditional, function by function: what someone else moves meanwhile is left "
               "alone and told. A function without a Backup is refused: no version is guessed.",
    .example = "smokegate restore -e prod",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_restore,
};

extern const struct command cmd_abort;
const struct command cmd_abort = {
    .name = "abort",
    .summary = "take back a promotion that is under way or was interrupted",
    .details = "From the aliases alone, on any machine. A promoter that is still alive notices "
               "at its next write and stops.",
    .example = "smokegate abort",
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_abort,
};
