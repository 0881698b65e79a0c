/*
 * The gate: how promote asks whether what an alias points to is good. promote knows nothing of
 * cases; cli/ hands it this function, which runs them on the alias and says how it ended.
 */
#ifndef PROMOTE_GATE_H
#define PROMOTE_GATE_H

#include <stddef.h>

#include "base/err.h"
#include "promote/manifest.h"

enum gate_verdict {
    GATE_PASS,
    GATE_FAIL,         /* at least one case failed */
    GATE_INCONCLUSIVE, /* it could not be found out */
    GATE_EMPTY,        /* no case ran */
};

enum { GATE_VERSION_MAX = 24, GATE_SUMMARY_MAX = 512 };

/* A function of the set. The gate proves that the version it executed is the expected one. */
struct gate_function {
    const char *key;              /* as cases call it */
    const char *name;             /* as Lambda calls it in this environment */
    const char *expected_version; /* what the alias was written to point to */
    const char *code_sha256;      /* of that version; "" not known */
    int timeout_s;                /* of that version; 0: not known */
    /* Filled in by the gate: the version every answer came from; "" when no case invoked it. */
    char executed_version[GATE_VERSION_MAX];
    unsigned cases; /* that invoked it */
};

enum gate_phase {
    GATE_SMOKE, /* the candidate, before Live moves */
    GATE_SHIFT, /* a weighted step: on Live, either version may answer */
    GATE_LIVE,  /* after Live moved (policy.verify_live) */
};

struct gate_request {
    const struct manifest_environment *environment;
    const char *alias;
    enum gate_phase phase;
    const char *promotion; /* its id */
    struct gate_function *functions;
    size_t count;
    /*
     * To be called every second or so while cases run, however often: claims that would run out
     * meanwhile are renewed, which is one short call now and then.
     */
    void (*alive)(void *ctx);
    void *alive_ctx;
};

struct gate_result {
    enum gate_verdict verdict;
    unsigned passed, failed, inconclusive, skipped;
    char summary[GATE_SUMMARY_MAX]; /* one line for people: "12 passed, 1 failed (orders > …)" */
};

/*
 * Blocks until the run ended. Returns -1 only when nothing can be said (ERR_INTERRUPTED after a
 * signal, ERR_INPUT when the cases are wrong); promote then treats it as inconclusive. An answer
 * from another version than the expected one is never a pass (GATE_SHIFT excepted).
 */
typedef int gate_run(void *ctx, const struct gate_request *request, struct gate_result *ret_result,
                     struct err *err);

struct gate {
    gate_run *run;
    void *ctx;
};

#endif
