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
    struct target *target;
    struct invoke_call *call;
    int64_t due_ms, deadline_ms; /* monotonic */
    int64_t sent_us;
    struct case_result *result; /* under construction */
    struct attempt *attempt;    /* the current one, in result */
    unsigned attempts_cap;
    unsigned again;      /* waits within this attempt, for back-off */
    int64_t patience_ms; /* until when this attempt is thrown in again; 0: not set */
    int64_t until_ms;    /* polling ends */
    unsigned unsent;     /* times the request certainly did not arrive */
    unsigned repeats_left;
    bool slow_told;
};

/* Starts the record of a new attempt. */
void flight_begin_attempt(struct flight *f, int64_t now_us);

/* Writes what came back into the attempt, with excerpts and failures. */
void flight_record(struct flight *f, struct answer *answer, const struct check_run *checks,
                   enum verdict verdict);

/* Fills everything of a case that is known before it runs. */
void flight_describe(struct case_result *result, const struct item *item, size_t index,
                     const struct target *target, const char *alias);

#endif
