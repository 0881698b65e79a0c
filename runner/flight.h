/*
 * One item on its way: its attempts, each with its invocations. Owned by the engine; the arena that
 * holds its results goes to the reports when it has landed.
 */
#ifndef RUNNER_FLIGHT_H
#define RUNNER_FLIGHT_H

#include "runner/compile.h"
#include "runner/event.h"
#include "runner/target.h"
#include "runner/testcase.h"

enum flight_state {
    FLIGHT_FREE,
    FLIGHT_DUE,    /* to be sent at due_ms, when its function takes another one */
    FLIGHT_FLYING, /* its request is in the multi */
};

struct flight {
    enum flight_state state;
    size_t at; /* position in the order */
    const struct item *item;
    struct compiled *compiled;
    struct target *target; /* where it goes now */
    struct target *home;   /* the function under test */
    struct answer kept;    /* of it, while another alias is asked for its own (same_as) */
    bool elsewhere;        /* it is */
    struct invoke_call *call;
    int64_t due_ms; /* monotonic, as the others in ms */
    int64_t sent_us;
    struct case_result *result; /* under construction */
    struct attempt *attempt;    /* the current one, in result */
    struct arena record;        /* what the last answer left in it: one of many when polling */
    unsigned attempts_cap;
    /* Of this attempt: */
    unsigned again, polls;    /* waits so far, for back-off */
    int64_t served_by_ms;     /* patience with throttling ends; 0: not throttled yet */
    int64_t propagated_by_ms; /* the same with another version's answers */
    int64_t until_ms;         /* polling ends */
    unsigned unsent;          /* times the request certainly did not arrive */
    unsigned repeat, repeats_left;
    bool slow_told;
    /* Of the invocations of this attempt that passed, and of those of the alias that
     * `latency.ratio` is to. Owned. */
    struct times {
        int64_t *us;
        size_t count, cap;
    } times, others;
    bool timing; /* the other alias is asked for its times */
};

/* One more of them. */
void times_add(struct times *t, int64_t us);

/* The distribution, in the attempt's arena; NULL when there are fewer than two. */
const struct latency *flight_latency(struct flight *f, struct times *times);

/* Starts the record of a new attempt. */
void flight_begin_attempt(struct flight *f, int64_t now_us);

/*
 * Forgets what an earlier answer left in the current attempt; returns the arena for checking the
 * next one. Follow with flight_record.
 */
struct arena *flight_fresh_record(struct flight *f);

/* Writes what came back into the attempt, with excerpts and failures; secrets are masked. */
void flight_record(struct flight *f, struct answer *answer, const struct check_run *checks,
                   enum verdict verdict);

/* More failures of the current attempt, which is judged anew. */
void flight_add_failures(struct flight *f, const struct check_run *checks, enum verdict verdict);

/* A notice of its result; the same one only once. */
void flight_notice(struct flight *f, const char *notice);

/* Fills everything of a case that is known before it runs. */
void flight_describe(struct case_result *result, const struct item *item, size_t index,
                     const struct target *target, const char *alias);

#endif
