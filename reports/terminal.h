/*
 * The run for a person: a line a case on a pipe, live progress on a terminal, every failure with
 * its places, and all failures again at the end. Writes nothing by itself: bytes go to the given
 * functions, which mask secrets; what came from outside goes through `safe` first.
 */
#ifndef REPORTS_TERMINAL_H
#define REPORTS_TERMINAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "runner/event.h"

struct terminal_options {
    bool color_out, color_err;
    bool progress;                 /* stderr is a terminal (and no CI): one line, redrawn */
    bool quiet;                    /* failures and the closing line only */
    bool verbose;                  /* passed cases too on a terminal, attempts */
    bool logs;                     /* --debug: log tails */
    unsigned (*out_width)(void);   /* columns now, as a window may be resized; NULL: 80 */
    unsigned (*err_width)(void);   /* of where progress is drawn */
    void (*out)(struct str bytes); /* results */
    void (*err)(struct str bytes); /* progress */
    void (*safe)(struct buf *out, struct str bytes);
};

struct terminal;

/* Hangs itself on the bus. Free it after run_end. */
struct terminal *terminal_new(const struct terminal_options *options, struct event_bus *bus);
void terminal_free(struct terminal *t); /* NULL is fine */

/* What is running right now, for SIGUSR1. */
void terminal_print_running(struct terminal *t);

#endif
