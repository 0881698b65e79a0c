/*
 * What may start next. Keeps order where it can; an item waits for its suite's setup, for the cases
 * it needs, for its lock, and a serial one for everybody. Pure bookkeeping: starts nothing itself.
 */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "runner/testcase.h"
#include "runner/verdict.h"

struct schedule;

/* `order` holds indexes into set->items, each at most once; borrowed. */
struct schedule *schedule_new(const struct testset *set, const size_t *order, size_t count);
void schedule_free(struct schedule *s); /* NULL is fine */

enum schedule_next {
    SCHEDULE_START, /* *ret_at may start: call schedule_started */
    SCHEDULE_SKIP,  /* *ret_at will never run, *ret_reason says why: call schedule_finished */
    SCHEDULE_WAIT,  /* nothing until something finishes */
    SCHEDULE_DONE,  /* nothing any more */
};

/* `*ret_at` is a position in `order`. Reasons live in `arena`. */
enum schedule_next schedule_next(struct schedule *s, size_t *ret_at, const char **ret_reason,
                                 struct arena *arena);
void schedule_started(struct schedule *s, size_t at);
void schedule_finished(struct schedule *s, size_t at, bool was_started, enum verdict verdict);

/* From now on everything that has not started is skipped for this reason; teardown too if `all`. */
void schedule_stop(struct schedule *s, const char *reason, bool all);

#endif
