/* What a function of the local Lambda wrote: the files under logs/FUNCTION/ of the state folder. */
#ifndef CLI_LOCAL_LOGS_H
#define CLI_LOCAL_LOGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Prints one file with controls made visible. */
int local_logs_print_file(const char *path, struct err *err);

/*
 * Prints those of the function, one an environment, the one that was written to last at the end.
 * Of those only the ones that wrote in the last `since_ms`; -1: all. ERR_INPUT when nothing of that
 * name ran.
 */
int local_logs_print(const char *state_dir, const char *function, int64_t since_ms,
                     struct err *err);

/*
 * Has a function of that name written anything? If not, `hint` gets what to say besides: the name
 * that is meant, or how names are made.
 */
bool local_logs_known(const char *state_dir, const char *function, struct buf *hint);

#endif
