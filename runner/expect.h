/*
 * What a case's `expect` says, compiled, and whether an answer meets it. Every expectation is
 * looked at, whatever the others said. What is not written is expected to be the ordinary thing:
 * success.
 */
#ifndef RUNNER_EXPECT_H
#define RUNNER_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/answer.h"
#include "runner/check/check.h"

struct expect_kind;
struct snapshot;     /* runner/snapshot.h */
struct same_as;      /* runner/same_as.h */
struct latency_wish; /* runner/latency.h */

enum function_error_wish { WISH_NONE, WISH_ANY, WISH_MATCH };

struct expectation {
    const struct expect_kind *kind;
    struct json_ref at;
    struct matcher *matcher;
    /* of function_error: */
    enum function_error_wish wish;
    struct matcher *type, *message, *stack;
    struct snapshot *snapshot;    /* of snapshot */
    struct same_as *same_as;      /* of same_as */
    struct latency_wish *latency; /* of latency */
    /* of status: */
    enum answer_kind outcome;
    bool by_outcome;
};

struct expect {
    struct json_ref case_name; /* where an unexpected error points */
    struct expectation *items;
    size_t count;
    const struct expectation *status, *function_error; /* among the items, or NULL */
    const struct same_as *same_as;                     /* or NULL */
    const struct latency_wish *latency;                /* or NULL */
};

/* Compiles the members of `at` ({0}: none) for a call of this type. false after adding faults. */
bool expect_compile(struct expect *ret, struct check_compiler *c, struct json_ref at,
                    struct json_ref case_name, enum invoke_type invocation);

/*
 * CHECK_UNKNOWN when the answer is none of the function's and not what `status` asked for, or a
 * regex gave up. Failures are recorded in `run`.
 */
enum check_result expect_run(const struct expect *expect, struct answer *answer,
                             struct check_run *run);

/* Does `status` ask for just this no of the service? Then it is met, and not retried. */
bool expect_wants_refusal(const struct expect *expect, const struct answer *answer);

/* Each expectation in words, a line each, for `explain`. */
void expect_describe(const struct expect *expect, struct buf *out);

/* The i-th key of `expect`, of the table it is compiled by; NULL behind the last. */
const char *expect_key(size_t i);

#endif
