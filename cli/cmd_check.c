#include "cli/command.h"

#include "cli/suite.h"
#include "cli/term.h"

static int check_environment(struct session *session,
                             const struct manifest_environment *environment, size_t *ret_files,
                             size_t *ret_cases, bool tell)
{
    struct cli_suite suite;
    int code = cli_suite_load(&suite, session, environment);

    if (code == EXIT_OK) {
        *ret_files = suite.set.suite_count;
        *ret_cases = suite.count;
        for (size_t i = 0; tell && i < suite.files.ignored_count; i++)
            term_err("%s: no case file, left out\n", suite.files.ignored[i]);
    }
    cli_suite_release(&suite);
    return code;
}

/* Variables differ by environment, so each is checked; the first that is wrong is told in full. */
static int check_all(struct session *session, size_t *ret_files, size_t *ret_cases)
{
    const struct manifest *m = session->manifest;
    size_t wanted;
    int code = EXIT_OK;

    opts_strings(&session->cli->opts, "env", &wanted);
    if (!m || wanted) {
        const struct manifest_environment *environment = NULL;
        struct err err = {0};

        if (m && session_environment(session, &environment, &err) < 0)
            return command_fail(&err);
        return check_environment(session, environment, ret_files, ret_cases, true);
    }
    for (size_t i = 0; code == EXIT_OK && i < m->environment_count; i++)
        code = check_environment(session, &m->environments[i], ret_files, ret_cases, i == 0);
    return code;
}

static int run(struct cli *cli)
{
    struct session session;
    size_t files = 0, cases = 0;
    int code = session_open(&session, cli, false);

    if (code == EXIT_OK)
        code = check_all(&session, &files, &cases);
    if (code == EXIT_OK && cli->json)
        term_out("{\"files\": %zu, \"cases\": %zu}\n", files, cases);
    else if (code == EXIT_OK && !cli->quiet)
        term_out("%zu file%s, %zu case%s: nothing wrong\n", files, files == 1 ? "" : "s", cases,
                 cases == 1 ? "" : "s");
    session_close(&session);
    return code;
}

static const struct opt options[] = {SUITE_OPTS};

extern const struct command cmd_check;
const struct command cmd_check = {
    .name = "check",
    .summary = "find every mistake in project and case files, without the network",
    .operands = "[CASE...]",
    .details = "Reads everything that a run would read and compiles it: keys, types, variables, "
               "regexes, JSONPaths, schemas, needs. All mistakes of all files are told at once.",
    .example = "smokegate check",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT,
    .operands_max = SIZE_MAX,
    .run = run,
};
