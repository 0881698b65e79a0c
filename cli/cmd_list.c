#include "cli/command.h"

#include "base/utf8.h"
#include "cli/suite.h"
#include "cli/term.h"
#include "reports/jsonw.h"
#include "reports/words.h"
#include "runner/event_template.h"

static void list_json(const struct cli_suite *s)
{
    CLEANUP(buf_release) struct buf out = {0};

    buf_putc(&out, '[');
    for (size_t i = 0; i < s->count; i++) {
        const struct item *item = &s->set.items[s->order[i]];

        buf_add_c(&out, i ? ",\n {" : "\n {");
        jsonw_text(&out, "suite", item->test->suite->name);
        jsonw_text(&out, "name", item->name);
        jsonw_text(&out, "row", item->row_id);
        jsonw_text(&out, "file", item->test->suite->file);
        jsonw_int(&out, "line", item->test->pos.line);
        jsonw_text(&out, "function", item->function);
        jsonw_text(&out, "description", json_string_value(item->test->description.value));
        jsonw_key(&out, "tags");
        buf_putc(&out, '[');
        for (size_t k = 0; k < item->test->tag_count; k++) {
            if (k)
                buf_putc(&out, ',');
            jsonw_quoted(&out, str_c(item->test->tags[k]));
        }
        buf_putc(&out, ']');
        jsonw_text(&out, "skip", item->test->skip);
        buf_putc(&out, '}');
        if (out.len > 60000) {
            term_out_str(buf_str(&out));
            buf_clear(&out);
        }
    }
    buf_add_c(&out, "\n]\n");
    term_out_str(buf_str(&out));
}

/* One line of the table: what it is, where it stands, whom it invokes; then what few cases have. */
enum { TITLE, PLACE, FUNCTION, COLUMNS, COLUMN_MAX = 60 };

static void cell(struct buf *out, const struct item *item, int column)
{
    CLEANUP(buf_release) struct buf raw = {0};

    if (column == PLACE)
        buf_printf(&raw, "%s:%u", item->test->suite->file, item->test->pos.line);
    else if (column == FUNCTION)
        buf_add_c(&raw, item->function ? item->function : "-"); /* a capture tells */
    else {
        const struct case_info info = {.suite = item->test->suite->name, .name = item->name};

        words_title(out, &info, term_safe);
        return;
    }
    term_safe(out, buf_str(&raw));
}

static void measure(const struct cli_suite *s, size_t *widths)
{
    for (size_t i = 0; i < s->count; i++) {
        for (int column = 0; column < COLUMNS; column++) {
            CLEANUP(buf_release) struct buf text = {0};
            size_t width;

            cell(&text, &s->set.items[s->order[i]], column);
            width = utf8_columns(buf_str(&text));
            if (width > widths[column] && width <= COLUMN_MAX)
                widths[column] = width;
        }
    }
}

static void add_rest(struct buf *out, const struct testcase *test)
{
    CLEANUP(buf_release) struct buf raw = {0};

    for (size_t i = 0; i < test->tag_count; i++)
        buf_printf(&raw, "%s#%s", raw.len ? "  " : "", test->tags[i]);
    if (test->skip)
        buf_printf(&raw, "%s(skip: %s)", raw.len ? "  " : "", test->skip);
    term_safe(out, buf_str(&raw));
}

static void list_lines(const struct cli_suite *s)
{
    size_t widths[COLUMNS] = {0};

    measure(s, widths);
    for (size_t i = 0; i < s->count; i++) {
        const struct item *item = &s->set.items[s->order[i]];
        CLEANUP(buf_release) struct buf line = {0};

        for (int column = 0; column < COLUMNS; column++) {
            CLEANUP(buf_release) struct buf text = {0};
            size_t width;

            cell(&text, item, column);
            width = utf8_columns(buf_str(&text));
            buf_add_str(&line, buf_str(&text));
            buf_printf(&line, "%*s", width < widths[column] ? (int)(widths[column] - width) + 2 : 2,
                       "");
        }
        add_rest(&line, item->test);
        while (line.len && line.data[line.len - 1] == ' ')
            line.data[--line.len] = '\0';
        buf_putc(&line, '\n');
        term_out_str(buf_str(&line));
    }
}

static void list_events(bool json)
{
    CLEANUP(buf_release) struct buf out = {0};

    for (size_t i = 0; i < event_template_count; i++) {
        const struct event_template *t = &event_templates[i];

        if (json)
            buf_printf(&out, "%s\"%s\": %s", i ? ",\n" : "{\n", t->name, t->json);
        else
            buf_printf(&out, "%-20s %s\n", t->name, t->summary);
    }
    if (json)
        buf_add_c(&out, "\n}\n");
    term_out_str(buf_str(&out));
}

static int list_with(struct session *session)
{
    const struct manifest_environment *environment = NULL;
    struct cli_suite suite;
    struct err err = {0};
    int code;

    if (session->manifest && session_environment(session, &environment, &err) < 0)
        return command_fail(&err);
    code = cli_suite_load(&suite, session, environment);
    if (code == EXIT_OK && session->cli->json)
        list_json(&suite);
    else if (code == EXIT_OK)
        list_lines(&suite);
    cli_suite_release(&suite);
    return code;
}

static int run(struct cli *cli)
{
    struct session session;
    int code;

    if (opts_given(&cli->opts, "events")) {
        list_events(cli->json);
        return EXIT_OK;
    }
    code = session_open(&session, cli, false);

    if (code == EXIT_OK)
        code = list_with(&session);
    session_close(&session);
    return code;
}

static const struct opt options[] = {
    SUITE_OPTS,
    {"events", 0, OPT_FLAG, NULL, "the built-in events that a case's \"event\" may name"},
};

extern const struct command cmd_list;
const struct command cmd_list = {
    .name = "list",
    .summary = "show what would run",
    .operands = "[CASE...]",
    .example = "smokegate list --tag critical\nsmokegate list --json",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT,
    .operands_max = SIZE_MAX,
    .run = run,
};
