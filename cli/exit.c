#include "cli/exit.h"

const struct exit_row exit_rows[] = {
    {"0", "passed, promoted, or nothing to do"},
    {"1", "cases failed; with promote: and everything was restored cleanly"},
    {"2", "the command line, the project file or a case is wrong (nothing was invoked)"},
    {"3", "inconclusive: infrastructure, credentials, throttling, network"},
    {"4", "busy: another promotion holds the claim"},
    {"5", "superseded: someone else moved an alias; it was left alone"},
    {"6", "dirty: could not restore everything; every function's true state is printed"},
    {"7", "audit found a source that bypasses Live"},
    {"8", "no cases ran"},
    {"9", "waiting for approval"},
    {"130, 143", "interrupted; the state is resumable"},
};
const size_t exit_row_count = sizeof(exit_rows) / sizeof(exit_rows[0]);

int exit_code_of(enum err_kind kind)
{
    switch (kind) {
    case ERR_NONE:
        return EXIT_OK;
    case ERR_USAGE:
    case ERR_INPUT:
        return EXIT_WRONG_INPUT;
    case ERR_IO:
    case ERR_LIMIT:
    case ERR_CREDENTIALS:
    case ERR_UNREACHABLE:
    case ERR_UNKNOWN:
    case ERR_DENIED:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_PRECONDITION:
    case ERR_THROTTLED:
    case ERR_SERVICE:
    case ERR_REFUSED:
    case ERR_INTERNAL:
        return EXIT_INCONCLUSIVE;
    case ERR_BUSY:
        return EXIT_BUSY;
    case ERR_SUPERSEDED:
        return EXIT_SUPERSEDED;
    case ERR_DIRTY:
        return EXIT_DIRTY;
    case ERR_INTERRUPTED:
        return EXIT_SIGINT;
    }
    return EXIT_INCONCLUSIVE;
}
