/*
 * Misbehaviour on demand: a script of rules, each saying for which calls, how often, and what goes
 * wrong. For tests, and for users who rehearse outages. docs/local.md has the format.
 *
 *   {"seed": 1, "rules": [
 *     {"operation": "UpdateAlias", "function": "orders-*", "nth": 2, "count": 1, "cut": "after"},
 *     {"operation": ["Invoke", "GetAlias"], "stale": "3s"},
 *     {"probability": 0.1, "throttle": true}]}
 */
#ifndef LOCAL_FAULT_H
#define LOCAL_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FAULT_SCRIPT_MAX = 1 << 20, FAULT_DELAY_MAX_MS = 15 * 60 * 1000 };

enum fault_cut {
    FAULT_CUT_NONE = 0,
    FAULT_CUT_BEFORE, /* the connection closes, nothing was done */
    FAULT_CUT_AFTER,  /* it was done, but the answer is lost */
};

/* What goes wrong with one call: the rules that fired, together. A zeroed one: nothing. */
struct fault_effects {
    int64_t delay_ms; /* waits before it is carried out */
    bool throttle;
    const char *reason; /* of the 429, in the arena */
    int status;         /* not 0: an error instead */
    const char *type, *message;
    enum fault_cut cut;
    int64_t late_ms;  /* answered with a cut at once, carried out so much later */
    int64_t stale_ms; /* aliases are read as they were so long ago */
    int64_t slow_ms;  /* Pending and InProgress last at least so long */
    const char *fail; /* what is started ends Failed, with this reason; or NULL */
};

struct fault_script; /* may be used from any thread */

struct fault_script *fault_script_new(void); /* without rules */
void fault_script_free(struct fault_script *s);

/* Replaces all rules. `name` is how messages call the text. ERR_INPUT with line and column. */
int fault_script_set(struct fault_script *s, struct str text, const char *name, struct err *err);
void fault_script_clear(struct fault_script *s);

/* The rules with how often each matched and fired. New reference. */
json_t *fault_script_show(struct fault_script *s);

/* Counts the call and says what goes wrong with it. Texts go to `arena`. */
struct fault_effects fault_take(struct fault_script *s, const char *operation, const char *function,
                                struct arena *arena);

#endif
