#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/last_run.h"
#include "cli/run_cases.h"
#include "cli/term.h"
#include "cli/watch_run.h"

/* --expect-cases: a glob that silently matches less than it did is a broken test. */
static int enough_cases(const struct opts *o, size_t count)
{
    uint64_t expected = opts_count(o, "expect-cases", 0);

    if (!opts_given(o, "expect-cases") || count >= expected)
        return EXIT_OK;
    term_err("smokegate: %zu cases were selected, --expect-cases wants at least %llu\n", count,
             (unsigned long long)expected);
    return EXIT_NO_CASES;
}

static int run_and_tell(struct cli_suite *suite, struct session *session,
                        const struct manifest_environment *environment)
{
    const struct opts *o = &session->cli->opts;
    CLEANUP(outcome_release) struct outcome outcome = {0};
    CLEANUP(last_run_release) struct last_run last = {0};
    const struct listener also = last_run_listener(&last);
    struct run_request request = {.reports = true, .show = !session->cli->json, .also = &also};
    struct run_summary summary = {0};
    struct err err = {0};

    interrupt_install();
    if (session_client(session, environment, &request.client, &err) < 0 ||
        run_cases(suite, session, &request, &outcome, &summary, &err) < 0)
        return command_fail(&err);
    if (suite->project_dir)
        last_run_save(&last, suite->project_dir);
    if (session->cli->json) {
        CLEANUP(buf_release) struct buf text = {0};

        outcome_print(&outcome, &text);
        term_out_str(buf_str(&text));
    }
    return run_exit_code(&summary, opts_given(o, "allow-empty"));
}

static int run_with(struct session *session)
{
    const struct opts *o = &session->cli->opts;
    const struct manifest_environment *environment = NULL;
    struct cli_suite suite;
    struct err err = {0};
    int code;

    if (session->manifest && session_environment(session, &environment, &err) < 0)
        return command_fail(&err);
    code = cli_suite_load(&suite, session, environment);
    if (code == EXIT_OK)
        code = enough_cases(o, suite.count);
    /* A shard that got no case has a report to write all the same: merge asks for every part. */
    if (code == EXIT_OK && suite.count == 0 && suite.whole.cases == 0 &&
        !opts_given(o, "allow-empty")) {
        term_err("smokegate: no case was selected (--allow-empty accepts that)\n");
        code = EXIT_NO_CASES;
    }
    if (code == EXIT_OK)
        code = run_and_tell(&suite, session, environment);
    cli_suite_release(&suite);
    return code;
}

static int run_once(struct cli *cli)
{
    return session_run(cli, false, run_with);
}

static int run(struct cli *cli)
{
    return opts_given(&cli->opts, "watch") ? watch_run(cli, run_once) : run_once(cli);
}

static const struct opt options[] = {
    SUITE_OPTS,
    RUN_OPTS,
    {"expect-cases", 0, OPT_COUNT, "N", "fail when fewer cases than this are selected"},
    {"watch", 0, OPT_FLAG, NULL, "run again whenever a file changes that was read"},
    {"allow-empty", 0, OPT_FLAG, NULL, "that no case ran is no failure"},
};

extern const struct command cmd_run;
const struct command cmd_run = {
    .name = "run",
    .summary = "run cases against an alias of an environment",
    .operands = "[CASE...]",
    .details =
        "CASE is a case file, a folder of them, or FILE:LINE for the case on that line. Without "
        "any, the project's \"testcases\" run. The last -e NAME chooses the environment, else "
        "the project's first.",
    .example = "smokegate run -e stage --junit junit.xml\n"
               "smokegate run --function orders-dev --alias Smoke cases.json",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .operands_max = SIZE_MAX,
    .run = run,
};
