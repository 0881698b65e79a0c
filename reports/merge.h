/*
 * The shards of a run (runner/shard.h), each recorded as an event stream (reports/jsonl.c), as the
 * one run they make up. First the proof, then the telling: nothing is reported of parts that do not
 * fit. Proven is that
 *   - every shard is there once, whole, and all are of one environment, alias and Region;
 *   - all loaded the same case files (SHA-256) and selected the same cases of them;
 *   - every selected case is in exactly one of them;
 *   - what a function's alias pointed to, what answered, and its code are the same in all.
 */
#ifndef REPORTS_MERGE_H
#define REPORTS_MERGE_H

#include "base/err.h"
#include "base/fault.h"
#include "runner/event.h"

struct merge;

/* Reads the streams; borrows `paths`. ERR_INPUT with file and line when one is none. */
int merge_read(struct merge **ret, char *const *paths, size_t count, struct err *err);
void merge_free(struct merge *m); /* NULL is fine */

/* Adds everything that does not fit, with the files it is about. -1 when there is any. */
int merge_prove(struct merge *m, struct faults *faults);

/*
 * After the proof: tells the run `id` to `bus`, in the order of the cases, a case at a time. It
 * passed when every shard with cases did. What `ret_summary` would point to is NULL.
 */
int merge_tell(struct merge *m, const char *id, struct event_bus *bus,
               struct run_summary *ret_summary, struct err *err);

#endif
