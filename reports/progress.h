/*
 * How far a run is, as one line for a terminal: what is done and failed, what runs, how long it
 * will take, and which case keeps everyone waiting. Prints nothing; time and width are passed in.
 */
#ifndef REPORTS_PROGRESS_H
#define REPORTS_PROGRESS_H

#include "base/buf.h"
#include "runner/event.h"

enum { PROGRESS_RUNNING_MAX = 1024 };

struct progress_running {
    size_t index;
    char *title; /* harmless, one line */
    int64_t since_ms;
};

struct progress {
    size_t cases, done;
    struct verdict_counts counts; /* as they end, whatever the order of the cases */
    struct progress_running *running;
    size_t running_count;
    int64_t started_ms;
};

void progress_begin(struct progress *p, size_t cases, int64_t now_ms);
void progress_release(struct progress *p); /* a zeroed value is fine */

/* `safe` makes what came from outside harmless (cli/term.h). */
void progress_case_start(struct progress *p, const struct case_info *info, int64_t now_ms,
                         void (*safe)(struct buf *out, struct str bytes));
void progress_case_end(struct progress *p, const struct case_result *result);

/*
 * The line, in at most `columns - 1` columns, as the cursor that stands behind it needs one: a line
 * that wraps cannot be drawn again in its place. What is least worth is left out first.
 *     [412/1000] 3 failed 1 inconclusive 32 running 12.4 s, about 18 s left, slowest 3 s: orders >
 * x
 */
void progress_line(const struct progress *p, int64_t now_ms, unsigned columns, bool color,
                   struct buf *out);

/* Every case that runs, a line each: for SIGUSR1. */
void progress_tell(const struct progress *p, int64_t now_ms, struct buf *out);

#endif
