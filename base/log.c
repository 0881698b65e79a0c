#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/secret.h"

static log_sink *the_sink;
static void *the_ctx;

void log_set_sink(log_sink *sink, void *ctx)
{
    the_sink = sink;
    the_ctx = ctx;
}

bool log_enabled(void)
{
    return the_sink != NULL;
}

void log_debug(const char *fmt, ...)
{
    struct buf line = {0};
    va_list ap;

    if (!the_sink)
        return;
    va_start(ap, fmt);
    buf_vprintf(&line, fmt, ap);
    va_end(ap);
    secret_mask(&line);
    the_sink(the_ctx, buf_c(&line));
    buf_release(&line);
}
