#include "cli/help.h"

#include <string.h>

#include "base/str.h"

enum { HELP_COLUMNS = 80, HELP_OPTION_COLUMNS = 32 };

static const struct opt base_opts[] = {
    {"help", 'h', OPT_FLAG, NULL, "show this help"},
    {"directory", 'C', OPT_STRING, "DIR", "work as if started in DIR"},
    {"color", 0, OPT_CHOICE, "auto|always|never", "colour the output (NO_COLOR is respected)"},
    {"quiet", 'q', OPT_FLAG, NULL, "print only what went wrong"},
    {"verbose", 'v', OPT_FLAG, NULL, "print more"},
    {"debug", 0, OPT_FLAG, NULL, "log what is sent and received, secrets masked"},
};

static const struct opt json_opts[] = {
    {"json", 0, OPT_FLAG, NULL, "print JSON on standard output"},
};

static const struct opt project_opts[] = {
    {"project", 'p', OPT_STRING, "FILE",
     "the project file (default: smokegate.json here or above)"},
    {"env", 'e', OPT_STRINGS, "NAME", "an environment of the project file"},
    {"set", 0, OPT_STRINGS, "NAME=VALUE", "set a variable (VALUE is JSON, or else a string)"},
    {"release", 0, OPT_STRING, "LABEL",
     "the release label (default: SMOKEGATE_RELEASE, git describe)"},
    {"secrets", 0, OPT_STRING, "FILE", "NAME=value lines for {{secret.NAME}}"},
};

static const struct opt aws_opts[] = {
    {"endpoint", 0, OPT_STRING, "URL", "the Lambda endpoint instead of the Region's"},
    {"region", 0, OPT_STRING, "REGION", "the AWS Region"},
    {"profile", 0, OPT_STRING, "NAME", "the profile of ~/.aws/config and credentials"},
    {"insecure-http", 0, OPT_FLAG, NULL, "allow plain http beyond loopback"},
};

size_t command_tables(const struct command *command, const struct opt **ret_tables,
                      size_t *ret_counts)
{
    size_t n = 0;

    if (command->opts) {
        ret_tables[n] = command->opts;
        ret_counts[n++] = command->opt_count;
    }
    if (command->groups & GROUP_PROJECT) {
        ret_tables[n] = project_opts;
        ret_counts[n++] = ARRAY_LEN(project_opts);
    }
    if (command->groups & GROUP_AWS) {
        ret_tables[n] = aws_opts;
        ret_counts[n++] = ARRAY_LEN(aws_opts);
    }
    if (command->groups & GROUP_JSON) {
        ret_tables[n] = json_opts;
        ret_counts[n++] = ARRAY_LEN(json_opts);
    }
    ret_tables[n] = base_opts;
    ret_counts[n++] = ARRAY_LEN(base_opts);
    return n;
}

const struct opt *shared_option(struct str name, char letter)
{
    static const struct command all = {.groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS};
    const struct opt *tables[HELP_TABLES_MAX];
    size_t counts[HELP_TABLES_MAX];
    const size_t n = command_tables(&all, tables, counts);

    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < counts[t]; i++)
            if (letter ? tables[t][i].letter == letter : str_eq_c(name, tables[t][i].name))
                return &tables[t][i];
    return NULL;
}

void help_overview(struct buf *out)
{
    buf_add_c(
        out,
        "smokegate tests the Smoke alias of AWS Lambda functions and moves Live to the version "
        "it tested.\n\nusage: smokegate COMMAND [OPTION...] [OPERAND...]\n\ncommands:\n");
    for (size_t i = 0; commands[i]; i++)
        buf_printf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    buf_add_c(
        out,
        "\n`smokegate help COMMAND` tells more. Exit codes: 0 passed, 1 failed, 2 wrong input, "
        "3 inconclusive,\n4 busy, 5 superseded, 6 dirty, 7 audit finding, 8 no cases, "
        "9 waiting for approval, 130 and 143 interrupted.\n");
}

/* Fills words into lines that begin at column `indent`, where the first one is already; a newline
 * of the text stays one. */
static void add_filled(struct buf *out, struct str text, size_t indent)
{
    struct str line, word;

    while (str_cut(&text, '\n', &line)) {
        size_t column = indent;

        while (str_cut(&line, ' ', &word)) {
            if (column > indent && column + 1 + word.len > HELP_COLUMNS) {
                buf_printf(out, "\n%*s", (int)indent, "");
                column = indent;
            } else if (column > indent) {
                buf_putc(out, ' ');
                column++;
            }
            buf_add_str(out, word);
            column += word.len;
        }
        buf_putc(out, '\n');
    }
}

static void add_option(struct buf *out, const struct opt *opt)
{
    const size_t start = out->len;

    if (opt->letter)
        buf_printf(out, "  -%c, --%s", opt->letter, opt->name);
    else
        buf_printf(out, "      --%s", opt->name);
    if (opt->kind == OPT_OPTIONAL)
        buf_printf(out, "[=%s]", opt->arg);
    else if (opt->arg)
        buf_printf(out, " %s", opt->arg);
    if (out->len - start > HELP_OPTION_COLUMNS - 2)
        buf_printf(out, "\n%*s", HELP_OPTION_COLUMNS, "");
    while (out->len - start < HELP_OPTION_COLUMNS)
        buf_putc(out, ' ');
    add_filled(out, str_c(opt->help), HELP_OPTION_COLUMNS);
}

void help_command(struct buf *out, const struct command *command)
{
    const struct opt *tables[HELP_TABLES_MAX];
    size_t counts[HELP_TABLES_MAX];
    const size_t n = command_tables(command, tables, counts);

    buf_printf(out, "smokegate %s: %s\n\nusage: smokegate %s [OPTION...]%s%s\n", command->name,
               command->summary, command->name, command->operands ? " " : "",
               command->operands ? command->operands : "");
    if (command->details) {
        buf_putc(out, '\n');
        add_filled(out, str_c(command->details), 0);
    }
    buf_add_c(out, "\noptions:\n");
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < counts[t]; i++)
            add_option(out, &tables[t][i]);
    buf_printf(out, "\nexample:\n");
    for (struct str rest = str_c(command->example), line; str_cut(&rest, '\n', &line);)
        buf_printf(out, "  %.*s\n", STR_ARG(line));
}
