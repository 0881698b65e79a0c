#include "cli/command.h"

/* One row a command, in the order help lists them. */
extern const struct command cmd_version;
extern const struct command cmd_help;

const struct command *const commands[] = {
    &cmd_version,
    &cmd_help,
    NULL,
};
