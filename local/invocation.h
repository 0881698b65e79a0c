/*
 * A version made ready for the executor: what to run, under which name, with which limits. Found
 * under the lock; everything is in the call's arena, so it outlives the transaction.
 */
#ifndef LOCAL_INVOCATION_H
#define LOCAL_INVOCATION_H

#include "local/execute.h"
#include "local/store.h"

struct invocation {
    struct execute_version version;
    const char *invoked_arn; /* with the qualifier that was asked for */
    int64_t reserved;        /* the function's reserved concurrency; -1: none */
};

/*
 * Resolves what a request means, alias weights by chance included. 404, 409 when the version is not
 * ready to run, and -1.
 */
int invocation_resolve(struct call *c, const struct function_ref *ref, struct invocation *ret);

/* The same of a version that was chosen before (a queued event). False when it is gone. */
bool invocation_of(struct call *c, const char *function, int64_t number, const char *invoked_arn,
                   struct invocation *ret);

/*
 * Takes a place of the function's reserved concurrency, where it has one; invocation_leave gives it
 * back. False when all are taken.
 */
bool invocation_enter(struct local *l, const struct invocation *i);
void invocation_leave(struct local *l, const struct invocation *i);

/* The same, answering 429 and returning -1 when all are taken. */
int invocation_admit(struct call *c, const struct invocation *i);

#endif
