#include "cli/command.h"

#include "base/suggest.h"
#include "cli/help.h"
#include "cli/dispatch.h"
#include "cli/term.h"

static int run(struct cli *cli)
{
    struct buf text = {0};

    if (cli->opts.operand_count) {
        const struct command *command = command_find(cli->opts.operands[0]);

        if (!command)
            return EXIT_WRONG_INPUT; /* command_find has said why */
        help_command(&text, command);
    } else
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
    .example = "smokegate help run",
    .operands_max = 1,
    .run = run,
};
