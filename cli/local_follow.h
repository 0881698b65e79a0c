/*
 * `smokegate local logs --follow`: what functions and the server write, as they write it. Files
 * that are replaced, cut or removed (a reset) and folders that come later are followed too.
 */
#ifndef CLI_LOCAL_FOLLOW_H
#define CLI_LOCAL_FOLLOW_H

#include <stdint.h>

#include "base/err.h"

/*
 * Prints whole lines until SIGINT or SIGTERM (0, see cli/interrupt.h), or until nobody reads any
 * more. Begins with the files that were written to in the last `since_ms`. `function` NULL: those
 * of all functions and the server's, each line with its name in front. ERR_IO.
 */
int local_follow(const char *state_dir, const char *function, int64_t since_ms, struct err *err);

#endif
