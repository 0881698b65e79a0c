/*
 * How long the invocations of a repeated case took, and what `latency` expects of that. A
 * percentile is the nearest rank: of 20 times, p90 is the 18th and p99 the longest. Pure.
 */
#ifndef RUNNER_LATENCY_H
#define RUNNER_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "runner/check/check.h"

enum { LATENCY_PERCENTILES = 5 };

/* 50, 75, 90, 95, 99. */
extern const unsigned latency_percents[LATENCY_PERCENTILES];

/* A distribution; count 0: none. */
struct latency {
    size_t count;
    int64_t min_us, max_us;
    int64_t at_us[LATENCY_PERCENTILES];
};

/* Sorts `times_us`. */
struct latency latency_of(int64_t *times_us, size_t count);

/* "min 11.2, p50 12.0, p90 19.0, p99 31.5, max 31.5 ms of 20 invocations". Appends. */
void latency_describe(const struct latency *l, struct buf *out);

struct latency_wish {
    struct json_ref at;
    struct matcher *limits[LATENCY_PERCENTILES]; /* of a percentile in ms; NULL: none */
    struct matcher *ratios[LATENCY_PERCENTILES]; /* of it to that of the other alias */
    const char *alias;                           /* whose times the ratios are to; NULL: no ratio */
};

/*
 * { "p50": matcher, ..., "ratio": matcher }: a ratio holds for every percentile named beside it
 * (p50, p90 and p99 when none is), or is an object of percentiles itself. NULL after adding faults.
 */
struct latency_wish *latency_compile(struct check_compiler *c, struct json_ref at);

/* `other`: of the wish's alias; NULL: ratios are not looked at. */
enum check_result latency_run(const struct latency_wish *wish, const struct latency *ours,
                              const struct latency *other, struct check_run *run);

#endif
