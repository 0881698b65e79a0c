#include "cli/command.h"

#include "cli/suite.h"
#include "cli/term.h"
#include "runner/compile.h"

static void show(const struct cli_suite *s, const struct item *item)
{
    struct faults faults = {0};
    struct compiled *c = NULL;
    CLEANUP(buf_release) struct buf raw = {0}, words = {0}, safe = {0};
    struct str rest, line;

    /* The set was checked when it was loaded, so this cannot fail. */
    if (compile_item(&c, &s->set, item, &s->config, NULL, &faults) < 0) {
        term_faults(&faults);
        faults_release(&faults);
        return;
    }
    buf_printf(&raw, "%s > %s\n", item->test->suite->name, item->name);
    buf_printf(&raw, "  from      %s:%u:%u\n", item->test->suite->file, item->test->pos.line,
               item->test->pos.column);
    buf_printf(&raw, "  invokes   %s:%s\n", c->function, s->config.alias);
    if (item->test->stream || item->test->fresh)
        buf_printf(&raw, "  with      %s%s%s\n", item->test->stream ? "a response stream" : "",
                   item->test->stream && item->test->fresh ? ", " : "",
                   item->test->fresh ? "a new execution environment" : "");
    if (item->test->skip)
        buf_printf(&raw, "  skipped   %s\n", item->test->skip);
    for (size_t i = 0; i < item->test->needed_count; i++)
        buf_printf(&raw, "  needs     %s\n", json_string_value(item->test->needed[i]->name.value));
    buf_printf(&raw, "  payload   %s\n", buf_c(&c->payload));
    expect_describe(&c->expect, &words);
    rest = buf_str(&words);
    for (const char *lead = "expects"; rest.len && str_cut(&rest, '\n', &line); lead = "") {
        buf_printf(&raw, "  %-10s", lead);
        buf_add_str(&raw, line);
        buf_putc(&raw, '\n');
    }
    for (size_t i = 0; i < c->captures.count; i++)
        buf_printf(&raw, "  captures  %s\n", c->captures.items[i].name);
    term_safe(&safe, buf_str(&raw));
    term_out_str(buf_str(&safe));
    compiled_free(c);
}

static int explain_with(struct session *session)
{
    const struct manifest_environment *environment = NULL;
    struct cli_suite suite;
    struct err err = {0};
    int code;

    if (session->manifest && session_environment(session, &environment, &err) < 0)
        return command_fail(&err);
    code = cli_suite_load(&suite, session, environment);
    for (size_t i = 0; code == EXIT_OK && i < suite.count; i++)
        show(&suite, &suite.set.items[suite.order[i]]);
    if (code == EXIT_OK && suite.count == 0) {
        term_err("smokegate: no case was selected\n");
        code = EXIT_NO_CASES;
    }
    cli_suite_release(&suite);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, false, explain_with);
}

static const struct opt options[] = {SUITE_OPTS};

extern const struct command cmd_explain;
const struct command cmd_explain = {
    .name = "explain",
    .summary = "a dry run of cases: the payload as sent, and what is checked",
    .operands = "[CASE...]",
    .details =
        "CASE is a case file, a folder of them, FILE:LINE, or a regex that finds cases of the "
        "project by \"suite > name [row]\", as --filter does.",
    .example = "smokegate explain testcases/orders.json:14\n"
               "smokegate explain 'creates an order'",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_PROJECT,
    .operands_max = SIZE_MAX,
    .takes_names = true,
    .run = run,
};
