/*
 * What a promotion tells of itself between the runs of its gates, as plain values for reports:
 * steps, callers that bypass Live, and where aliases were before and after. Whoever promotes tells
 * them to the bus of runner/event.h; runs alone have none of it. Texts are valid during the call.
 */
#ifndef RUNNER_ACCOUNT_H
#define RUNNER_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/verdict.h"

/* A step that was taken, or could not be any more. */
struct account_step {
    const char *environment; /* its name */
    const char *kind;        /* "claim", "gate", "shift"...: stable, docs/reports.md lists them */
    const char *function;    /* its key; "": of the whole set */
    const char *text;        /* one line: "orders: Live 11 -> 12 (tested under this promotion)" */
    bool undo;               /* a part of taking back */
    /* Passed: done. Failed: cases did not pass. Inconclusive: an error. Skipped: not reached. */
    enum verdict verdict;
    const char *reason;  /* why it was not done; NULL when it was */
    const char *detail;  /* of a gate: the cases that did not pass, in many lines; NULL: none */
    int64_t start_us;    /* since the run began */
    int64_t duration_us; /* 0 when skipped */
};

/* What the audit found; docs/audit.md tells the checks. */
struct account_finding {
    bool fails; /* else a warning */
    const char *check, *environment, *function, *resource;
    const char *source_arn; /* "": not told */
    const char *text, *repair;
};

/* How the project calls its aliases. */
struct account_aliases {
    const char *live, *smoke, *backup;
};

/* A function's aliases in an environment; "": no such alias. */
struct account_versions {
    const char *live, *smoke, *backup;
};

struct account_place {
    const char *environment, *function; /* its key */
    struct account_versions before, after;
    bool weighted; /* Live still sends a part of its traffic to a second version */
};

#endif
