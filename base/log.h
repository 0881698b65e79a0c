/*
 * The debug log. Libraries say what they do; cli/ decides whether anyone hears it (--debug) and
 * where. With no sink set, a call costs one comparison. Lines pass through secret_mask() first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/compiler.h"

/* `line` has no newline and is valid during the call only. */
typedef void log_sink(void *ctx, const char *line);

void log_set_sink(log_sink *sink, void *ctx); /* NULL: silence. Once, before any thread starts. */
bool log_enabled(void);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
