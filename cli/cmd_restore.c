#include "cli/command.h"

#include "cli/interrupt.h"
#include "cli/promotion_cli.h"
#include "cli/term.h"

static int one_environment(const struct session *s, const struct promotion_options *o,
                           struct err *err)
{
    if (!opts_given(&s->cli->opts, "env"))
        return err_set(err, ERR_USAGE, "restore: which environment? give -e NAME");
    if (o->first != o->last)
        return err_set(err, ERR_USAGE, "restore: one environment at a time");
    return 0;
}

static int restore(struct session *session)
{
    const struct manifest_aliases *a = &session->manifest->aliases;
    CLEANUP(buf_release) struct buf nothing = {0};
    struct promotion_cli p = {.session = session, .report.words = {.done = "restored"}};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};
    bool none;
    int code;

    if (promotion_cli_open(&p, session, &o, false, &err) < 0)
        return command_fail(&err);
    if (one_environment(session, &o, &err) < 0) {
        promotion_cli_drop(&p);
        return command_fail(&err);
    }
    p.undo_words = "restoring";
    buf_printf(&nothing, "nothing to restore: %s is where %s is", a->live, a->backup);
    p.report.words.nothing = buf_c(&nothing);
    o.force = opts_given(&session->cli->opts, "force");
    interrupt_install();
    promotion_restore(&o, &result, &err);
    none = result.end == PROMOTION_NOTHING && err.kind == ERR_NONE;
    code = promotion_cli_close(&p, &o, &result, &err);
    if (none && !session->cli->quiet)
        term_err("%s\n", buf_c(&nothing));
    return code;
}

static int abort_promotion(struct session *session)
{
    static const char none[] = "no promotion is under way: nothing to abort";
    struct promotion_cli p = {.session = session,
                              .report.words = {"taken back", none, "nothing of it is here"}};
    struct promotion_options o;
    struct promotion_result result = {0};
    struct err err = {0};

    if (promotion_cli_open(&p, session, &o, false, &err) < 0)
        return command_fail(&err);
    interrupt_install();
    promotion_abort(&o, &result, &err);
    if (result.end == PROMOTION_NOTHING && err.kind == ERR_NONE && !session->cli->json)
        term_err("%s\n", none);
    return promotion_cli_close(&p, &o, &result, &err);
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
    REPORT_OPTS,
};

static const struct opt abort_options[] = {
    REPORT_OPTS,
};

extern const struct command cmd_restore;
const struct command cmd_restore = {
    .name = "restore",
    .summary = "put Backup's versions back on Live, in one environment",
    .details = "Every Live goes where its Backup is, also one that somebody moved since the last "
               "promotion, by hand or with another tool: `smokegate status` tells which those are, "
               "so look before you restore. What someone moves while it is at work is left alone "
               "and told. A function without a Backup is refused: no version is guessed. What it "
               "took off Live is on hold: the same packages want `promote --force`.",
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
    .opts = abort_options,
    .opt_count = ARRAY_LEN(abort_options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run_abort,
};
