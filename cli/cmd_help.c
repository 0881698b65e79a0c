#include "cli/command.h"

#include "cli/help.h"
#include "cli/man.h"
#include "cli/dispatch.h"
#include "cli/term.h"

static const struct opt options[] = {
    {"man", 0, OPT_FLAG, NULL, "as a manual page (roff)"},
};

static int run(struct cli *cli)
{
    const struct command *command = NULL;
    struct buf text = {0};

    if (cli->opts.operand_count && !(command = command_find(cli->opts.operands[0])))
        return EXIT_WRONG_INPUT; /* command_find has said why */
    if (opts_given(&cli->opts, "man"))
        man_page(&text, command);
    else if (command)
        help_command(&text, command);
    else
        help_overview(&text);
    term_out_str(buf_str(&text));
    buf_release(&text);
    return EXIT_OK;
}

extern const struct command cmd_help;
const struct command cmd_help = {
    .name = "help",
    .summary = "tell about a command",
    .operands = "[COMMAND]",
    .example = "smokegate help run\nsmokegate help --man promote | man -l -",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .operands_max = 1,
    .run = run,
};
