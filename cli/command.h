/*
 * A subcommand: a row of data and a function. Each cmd_*.c defines one `const struct command` and
 * cli/commands.c lists it; help and option parsing come from the row. Commands print to stdout what
 * was asked for and to stderr everything else, always through term.h, and return an exit code of
 * cli/exit.h.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/exit.h"
#include "cli/opts.h"

/* Which shared options a command has besides its own and --help, --color, --debug, -q, -v, -C. */
enum command_groups {
    GROUP_NONE = 0,
    GROUP_JSON = 1,    /* --json */
    GROUP_PROJECT = 2, /* -p, -e, --set, --release, --secrets */
    GROUP_AWS = 4,     /* --endpoint, --region, --profile, --insecure-http */
};

struct cli {
    const struct command *command;
    struct opts opts;
    bool quiet, verbose, json;
};

struct command {
    const char *name;
    const char *summary;  /* one line, for the list of commands */
    const char *operands; /* "EXPR [FILE]", or NULL */
    const char *details;  /* paragraphs for --help, or NULL */
    const char *example;  /* one or more command lines */
    const struct opt *opts;
    size_t opt_count;
    unsigned groups; /* enum command_groups */
    size_t operands_min, operands_max;
    bool takes_names; /* an operand that is no file selects cases, as --filter does */
    /* cli->opts holds the parsed options and operands. Returns the exit code. */
    int (*run)(struct cli *cli);
};

/* All of them, in the order help lists them; NULL-terminated. */
extern const struct command *const commands[];

/* Prints `err` as "smokegate: text" and returns its exit code. */
int command_fail(const struct err *err);

#endif
