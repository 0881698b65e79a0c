#include "cli/exit.h"

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
