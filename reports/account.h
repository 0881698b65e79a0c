/*
 * What a promotion told, kept until the end for reports that need all of it at once. Steps and
 * findings beyond a cap are only counted.
 */
#ifndef REPORTS_ACCOUNT_H
#define REPORTS_ACCOUNT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "runner/event.h"

enum { ACCOUNT_STEPS_MAX = 20000, ACCOUNT_FINDINGS_MAX = 10000, ACCOUNT_PLACES_MAX = 100000 };

/* A step, with a name that is its own within the environment and the same in every promotion. */
struct kept_step {
    struct account_step step;
    const char *name;    /* "orders: shift", "gate", "taking back orders: take-back #2" */
    const char *earlier; /* why earlier tries of it did not succeed, or NULL */
    size_t same;         /* the how manieth of its name */
};

struct account {
    struct arena arena;
    struct account_aliases aliases; /* never NULL once the run began */
    const char *command;            /* as run_info.command; "": a promotion */
    json_t *by_name;                /* the last step of an environment and a name, by its place */
    struct kept_step *steps;
    size_t step_count, step_cap, steps_dropped;
    struct account_finding *findings;
    size_t finding_count, finding_cap, findings_dropped;
    struct account_place *places;
    size_t place_count, place_cap;
};

void account_release(struct account *a); /* a zeroed one is fine */

/* How things are called from here on. */
void account_begin(struct account *a, const struct run_info *run);

/* A step that did not succeed and is tried again is one step, with what went wrong in `earlier`. */
void account_add_step(struct account *a, const struct account_step *step);
void account_add_finding(struct account *a, const struct account_finding *finding);
void account_add_place(struct account *a, const struct account_place *place);

/* The same as handlers of a listener whose `ctx` begins with a struct account. */
void account_on_step(void *ctx, const struct account_step *step);
void account_on_finding(void *ctx, const struct account_finding *finding);
void account_on_place(void *ctx, const struct account_place *place);

/* The environments it tells of, in order; `ret` has room for `max`. Returns how many. */
size_t account_environments(const struct account *a, const char **ret, size_t max);

/* "done", "did not pass", "error", "not reached". */
const char *account_verdict_name(enum verdict verdict);
/* "11 → 12", "none → 12", "12", "-" for none before and after; "+": with a second version. */
void account_move(struct buf *out, const char *before, const char *after, bool weighted);

#endif
