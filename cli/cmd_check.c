#include "cli/command.h"

#include "base/file.h"
#include "cli/suite.h"
#include "cli/term.h"
#include "reports/jsonw.h"

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

/* ---- packages: they need not exist yet, but a misspelt path is better seen here ---- */

static void look_for(const struct package *p, json_t *seen, struct buf *out, bool json)
{
    if ((p->kind != PACKAGE_ZIP && p->kind != PACKAGE_DIR) || p->needs_release ||
        file_exists(p->path) || json_object_get(seen, p->path))
        return;
    if (json && json_object_size(seen))
        buf_putc(out, ',');
    json_object_set_new(seen, p->path, json_true());
    if (json)
        jsonw_quoted(out, str_c(p->path));
    else
        buf_printf(out, "%s: not there yet\n", p->path);
}

static void missing_packages(const struct manifest *m, struct buf *out, bool json)
{
    json_t *seen = json_object();

    for (size_t i = 0; m && i < m->environment_count; i++) {
        const struct manifest_environment *e = &m->environments[i];

        for (size_t k = 0; k < e->function_count; k++)
            look_for(&e->functions[k].package, seen, out, json);
        for (size_t k = 0; k < e->layer_count; k++)
            look_for(&e->layers[k].package, seen, out, json);
    }
    json_decref(seen);
}

static void tell(const struct session *session, size_t files, size_t cases)
{
    CLEANUP(buf_release) struct buf raw = {0}, safe = {0};
    const struct cli *cli = session->cli;

    missing_packages(session->manifest, &raw, cli->json);
    if (cli->json) {
        term_out("{\"files\": %zu, \"cases\": %zu, \"missing_packages\": [%s]}\n", files, cases,
                 buf_c(&raw));
        return;
    }
    if (cli->quiet)
        return;
    term_safe(&safe, buf_str(&raw));
    term_err_str(buf_str(&safe));
    term_out("%zu file%s, %zu case%s: nothing wrong\n", files, files == 1 ? "" : "s", cases,
             cases == 1 ? "" : "s");
}

static int run(struct cli *cli)
{
    struct session session;
    size_t files = 0, cases = 0;
    int code = session_open(&session, cli, false);

    if (code == EXIT_OK)
        code = check_all(&session, &files, &cases);
    if (code == EXIT_OK)
        tell(&session, files, cases);
    session_close(&session);
    return code;
}

static const struct opt options[] = {SUITE_OPTS};

extern const struct command cmd_check;
const struct command cmd_check = {
    .name = "check",
    .summary = "find mistakes in project and case files, without the network",
    .operands = "[CASE...]",
    .details =
        "Reads everything that a run would read and compiles it: keys, types, variables, "
        "regexes, JSONPaths, schemas, needs. All mistakes of all files are told at once. Packages "
        "need not exist; those that do not are named.",
    .example = "smokegate check",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT,
    .operands_max = SIZE_MAX,
    .run = run,
};
