/*
 * Private to the engine: what engine.c (the loop), engine_target.c, engine_start.c (from an item to
 * a request), engine_answer.c (from an answer to the next request or the verdict) and
 * engine_compare.c share.
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

#define NO_FRESH                                                                                   \
    "\"fresh\" needs a local environment (smokegate local): a real Lambda gives no say in when "   \
    "it "                                                                                          \
    "starts an execution environment"

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
    struct reading *readings; /* those that are under way */
    json_t **captures;        /* of each suite */
    size_t *ranks;  /* of each position: its place in reports, whatever the order of running */
    struct rng rng; /* jitter */
    struct arena arena;
    struct run_summary summary;
    int64_t start_us, global_deadline_ms;
    const char *stopped;
    bool interrupted;
    unsigned unreachable_in_row; /* invocations given up on, since anybody answered */
};

/* May it be sent, when it is due? */
static inline bool engine_may_send(const struct flight *f)
{
    return f->state == FLIGHT_DUE && !f->target->reading && f->target->active < f->target->limit;
}

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

/* ---- engine_target.c: whom cases go to ---- */

/* The function of this name behind the alias under test, when it was asked for; else NULL. */
struct target *engine_find_target(struct engine *e, const char *name);

/* Reads what the aliases of all cases point to, before anything runs. Blocks. -1: interrupted. */
int engine_read_targets(struct engine *e, struct err *err);

/* The function behind any alias; one that was not asked for yet is `reading` from now on. */
struct target *engine_target(struct engine *e, const char *key, const char *name,
                             const char *alias);

/* Sends what is to be read and due. */
void engine_read_due(struct engine *e);

/* Was this a reading's handle (out of the multi already)? Then it is dealt with. */
bool engine_reading_done(struct engine *e, CURL *easy, CURLcode code);

void engine_forget_readings(struct engine *e);

/* ---- engine_start.c ---- */

/* Fills free flights with what may start, and sends what is due. */
int engine_start_due(struct engine *e, struct err *err);

/* ---- engine_compare.c: another alias is asked as well ---- */

/* same_as: asks it, and keeps our answer. */
void engine_ask_elsewhere(struct engine *e, struct flight *f, struct answer *a);

/* Every invocation passed: is their latency as expected? Asks the other alias as often for a ratio.
 */
void engine_judge_times(struct engine *e, struct flight *f);

void engine_take_others_answer(struct engine *e, struct flight *f, struct answer *a,
                               enum err_kind error);

/* The other alias could not be read. Where it does not exist the rest of the case counts. */
void engine_not_elsewhere(struct engine *e, struct flight *f);

/* From now on it goes to the function under test again. */
void engine_come_home(struct flight *f);

/* ---- engine_answer.c ---- */

void engine_send_at(struct flight *f, int64_t at_ms);

/* What follows a judgement: polling on, the next of its repetitions, or the end of the attempt. */
void engine_go_on(struct engine *e, struct flight *f, enum verdict verdict);

/* An attempt is over: another one, or the verdict. */
void engine_end_attempt(struct engine *e, struct flight *f, enum verdict verdict);

/* Is it sent again within this attempt, as nothing came of it? Then it is due. */
bool engine_throw_in_again(struct engine *e, struct flight *f, const struct answer *a,
                           enum err_kind error);

/* curl ended its request: judges the answer, and sends again, tries again or lands. */
void engine_answer(struct engine *e, struct flight *f, CURLcode code);

/* Ends it without an answer: inconclusive. */
void engine_give_up(struct engine *e, struct flight *f, const char *why);

#endif
