/*
 * The outcome of a run: the one value that testing hands to promoting. In memory inside `promote`,
 * as outcome.json between two jobs. It says which versions really answered, not what an alias
 * points to.
 */
#ifndef RUNNER_OUTCOME_H
#define RUNNER_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fault.h"
#include "runner/event.h"

enum { OUTCOME_VERSION = 1, OUTCOME_FILE_MAX = 16 << 20, OUTCOME_FAILED_MAX = 20 };

struct outcome {
    struct arena arena; /* holds everything below */
    const char *id, *environment, *alias, *region, *tool_version;
    enum run_verdict verdict;
    int64_t start_ms, end_ms;
    struct verdict_counts counts;
    unsigned shard, shards;
    struct run_function *functions;
    size_t function_count;
    struct run_suite *suites;
    size_t suite_count;
    const char *failed[OUTCOME_FAILED_MAX]; /* titles of the first that did not pass */
    size_t failed_count;
};

void outcome_release(struct outcome *o); /* a zeroed one is fine */

/* A listener that fills `o` (zeroed, not released before run_end). */
struct listener outcome_listener(struct outcome *o);

/* As JSON text. */
void outcome_print(const struct outcome *o, struct buf *out);

/* Strictly: unknown keys, wrong types and another version are faults. */
int outcome_load(struct outcome *ret, const char *path, struct faults *faults);

#endif
