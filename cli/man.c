#include "cli/man.h"

#include "base/str.h"
#include "cli/help.h"
#include "cli/version.h"

/* Backslashes and dashes are roff's own; a line must not begin with its control characters. */
static void add_text(struct buf *out, const char *text)
{
    bool line_start = true;

    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            buf_add_c(out, "\\&");
        if (*text == '\\')
            buf_add_c(out, "\\e");
        else if (*text == '-')
            buf_add_c(out, "\\-");
        else
            buf_putc(out, *text);
        line_start = *text == '\n';
    }
}

static void add_line(struct buf *out, const char *before, const char *text, const char *after)
{
    buf_add_c(out, before);
    add_text(out, text);
    buf_add_c(out, after);
}

static void add_option(struct buf *out, const struct opt *opt)
{
    buf_add_c(out, ".TP\n");
    if (opt->letter)
        buf_printf(out, "\\fB\\-%c\\fR, ", opt->letter);
    add_line(out, "\\fB\\-\\-", opt->name, "\\fR");
    if (opt->arg)
        add_line(out, opt->kind == OPT_OPTIONAL ? "[=\\fI" : " \\fI", opt->arg,
                 opt->kind == OPT_OPTIONAL ? "\\fR]" : "\\fR");
    add_line(out, "\n", opt->help, "\n");
}

static void add_options(struct buf *out, const struct command *command)
{
    const struct opt *tables[HELP_TABLES_MAX];
    size_t counts[HELP_TABLES_MAX];
    const size_t n = command_tables(command, tables, counts);

    buf_add_c(out, ".SH OPTIONS\n");
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < counts[t]; i++)
            add_option(out, &tables[t][i]);
}

static void command_page(struct buf *out, const struct command *command)
{
    buf_printf(out, ".TH SMOKEGATE\\-%s 1 \"\" \"smokegate %s\"\n", command->name,
               SMOKEGATE_VERSION);
    add_line(out, ".SH NAME\nsmokegate\\-", command->name, " \\- ");
    add_line(out, "", command->summary, "\n.SH SYNOPSIS\n");
    add_line(out, "\\fBsmokegate ", command->name, "\\fR [\\fIOPTION\\fR...]");
    if (command->operands)
        add_line(out, " ", command->operands, "");
    buf_putc(out, '\n');
    if (command->details)
        add_line(out, ".SH DESCRIPTION\n", command->details, "\n");
    add_options(out, command);
    add_line(out, ".SH EXAMPLE\n.EX\n", command->example, "\n.EE\n.SH SEE ALSO\nsmokegate(1)\n");
}

static void overview_page(struct buf *out)
{
    buf_printf(out, ".TH SMOKEGATE 1 \"\" \"smokegate %s\"\n", SMOKEGATE_VERSION);
    buf_add_c(out,
              ".SH NAME\nsmokegate \\- test the Smoke alias of AWS Lambda functions and move Live\n"
              ".SH SYNOPSIS\n\\fBsmokegate\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
              "[\\fIOPERAND\\fR...]\n.SH COMMANDS\n");
    for (size_t i = 0; commands[i]; i++) {
        add_line(out, ".TP\n\\fB", commands[i]->name, "\\fR\n");
        add_line(out, "", commands[i]->summary, "\n");
    }
    buf_add_c(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < exit_row_count; i++)
        buf_printf(out, ".TP\n%s\n%s\n", exit_rows[i].code, exit_rows[i].meaning);
}

void man_page(struct buf *out, const struct command *command)
{
    if (command)
        command_page(out, command);
    else
        overview_page(out);
}
