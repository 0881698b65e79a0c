/* Exit codes: the contract with scripts and CI. docs/exit-codes.md explains each. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include <stddef.h>

#include "base/err.h"

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_WRONG_INPUT = 2,
    EXIT_INCONCLUSIVE = 3,
    EXIT_BUSY = 4,
    EXIT_SUPERSEDED = 5,
    EXIT_DIRTY = 6,
    EXIT_AUDIT = 7,
    EXIT_NO_CASES = 8,
    EXIT_APPROVAL = 9,
    EXIT_SIGINT = 130,
    EXIT_SIGTERM = 143,
};

/* What each code means, for help and manual. */
struct exit_row {
    const char *code, *meaning;
};
extern const struct exit_row exit_rows[];
extern const size_t exit_row_count;

/* The one table from kinds of error to exit codes. ERR_INTERRUPTED gives 130. */
int exit_code_of(enum err_kind kind);

#endif
