/* From argv to a command and its exit code. */
#ifndef CLI_DISPATCH_H
#define CLI_DISPATCH_H

#include "cli/command.h"

/* The whole program: returns the exit code. */
int cli_main(int argc, char **argv);

/* The command of that name; otherwise says so on stderr, with a suggestion, and returns NULL. */
const struct command *command_find(const char *name);

#endif
