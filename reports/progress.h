/*
 * How far a run is, as one line for a terminal: how many cases are done, how many failed, how many
 * are running, how much longer it will take, and which of them has been running longest. Nothing is
 * printed here; the caller passes in the time and the terminal's width.
 */
#ifndef REPORTS_PROGRESS_H
#define REPORTS_PROGRESS_H

#include "base/buf.h"
#include "runner/event.h"

enum { PROGRESS_RUNNING_MAX = 1024 };

/* A case that has started and not ended. */
struct progress_running {
    size_t index;     /* of the case in the run */
    char *title;      /* one line, without control characters; owned */
    int64_t since_ms; /* when it started */
};

struct progress {
    size_t cases, done;           /* in all; that have ended */
    struct verdict_counts counts; /* of those that have ended */
    struct progress_running *running;
    size_t running_count; /* at most PROGRESS_RUNNING_MAX; what starts beyond is not shown */
    int64_t started_ms;
};

/* All times are of the same monotonic clock (base/clock.h). Starts from a zeroed value. */
void progress_begin(struct progress *p, size_t cases, int64_t now_ms);
void progress_release(struct progress *p); /* a zeroed value is fine */

/* `safe` appends bytes from outside without what a terminal would obey (cli/term.h). */
void progress_case_start(struct progress *p, const struct case_info *info, int64_t now_ms,
                         void (*safe)(struct buf *out, struct str bytes));
void progress_case_end(struct progress *p, const struct case_result *result);

/*
 * Appends the progress line, without a line end and at most `columns - 1` columns wide: a terminal
 * that is written full to its last column moves the cursor to the next row, and the line could not
 * be drawn over any more. A part that does not fit is left out, and a long title is cut.
 *
 *     [412/1000] 3 failed 32 running 12.4 s, about 18 s left, slowest 3 s: orders > creates
 */
void progress_line(const struct progress *p, int64_t now_ms, unsigned columns, bool color,
                   struct buf *out);

/* Appends how many are done, then a line for each running case and its time: for SIGUSR1. */
void progress_tell(const struct progress *p, int64_t now_ms, struct buf *out);

#endif
