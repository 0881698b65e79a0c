#include "cli/command.h"

/* One row a command, in the order help lists them. */
extern const struct command cmd_completion;
extern const struct command cmd_version;
extern const struct command cmd_help;

const struct command *const commands[] = {
    &cmd_completion,
    &cmd_version,
    &cmd_help,
    NULL,
};
