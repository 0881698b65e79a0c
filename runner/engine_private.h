/*
 * Private to the engine: what engine.c (the loop), engine_start.c (from an item to a request) and
 * engine_answer.c (from an answer to the next request or the verdict) share.
 */
#ifndef RUNNER_ENGINE_PRIVATE_H
#define RUNNER_ENGINE_PRIVATE_H

#include <curl/curl.h>

#include "base/clock.h"
#include "base/rand.h"
#include "runner/engine.h"
#include "runner/flight.h"
#include "runner/schedule.h"
#include "runner/target.h"

struct engine {
    const struct testset *set;
    const size_t *order;
    size_t count;
    const struct runner_config *config;
    const struct engine_options *options;
    struct event_bus *bus;
    const struct clock *clock;
    CURLM *multi;
    struct schedule *schedule;
    struct flight *flights;
    unsigned jobs, busy;
    struct target **targets;
    size_t target_count, target_cap;
    struct target *last_target;
    json_t **captures; /* of each suite */
    size_t *ranks;     /* of each position: its place in reports, whatever the order of running */
    struct rng rng;    /* jitter */
    struct arena arena;
    struct run_summary summary;
    int64_t start_us, global_deadline_ms;
    const char *stopped;
    bool interrupted;
    unsigned unreachable_in_row; /* invocations given up on, since anybody answered */
};

static inline int64_t engine_now_ms(const struct engine *e)
{
    return clock_mono(e->clock);
}

static inline int64_t engine_run_us(const struct engine *e)
{
    return clock_mono_us() - e->start_us;
}

/* Of the case at order[at], in the undivided run. */
static inline size_t engine_place(const struct engine *e, size_t at)
{
    return e->options->whole ? e->options->whole->places[e->order[at]] : e->ranks[at];
}

/* ---- engine.c ---- */

/* Nothing new starts from now on; with `all` not even teardown. Keeps the first reason. */
void engine_stop(struct engine *e, const char *why, bool all);

/* The flight has its verdict: its result goes to the reports, its place is free. */
void engine_land(struct engine *e, struct flight *f, enum verdict verdict);

/* A case that is over before anything was sent. */
void engine_land_unsent(struct engine *e, size_t at, enum verdict verdict, const char *reason);

/* ---- engine_start.c ---- */

/* The function of this name behind the alias under test, when it was read; else NULL. */
struct target *engine_find_target(struct engine *e, const char *name);

/* The function behind any alias, read now if it was not. NULL: interrupted. May block. */
struct target *engine_target(struct engine *e, const char *key, const char *name, const char *alias,
                             struct err *err);

/* Reads what the aliases of all cases point to. -1: interrupted. */
int engine_read_targets(struct engine *e, struct err *err);

/* Fills free flights with what may start, and sends what is due. */
int engine_start_due(struct engine *e, struct err *err);

/* ---- engine_answer.c ---- */

/* curl ended its request: judges the answer, and sends again, tries again or lands. */
void engine_answer(struct engine *e, struct flight *f, CURLcode code);

/* Ends it without an answer: inconclusive. */
void engine_give_up(struct engine *e, struct flight *f, const char *why);

#endif
