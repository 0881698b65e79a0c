/* Private to the JUnit report: the suites that a promotion's account becomes. */
#ifndef REPORTS_JUNIT_PRIVATE_H
#define REPORTS_JUNIT_PRIVATE_H

#include "reports/account.h"

enum { JUNIT_MESSAGE_MAX = 4 << 10, JUNIT_BODY_MAX = 64 << 10 };

struct junit_sums {
    size_t tests, failures, errors, skipped;
    int64_t total_us;
};

/*
 * Appends a testsuite "promotion: ENVIRONMENT" of its steps for each environment, and one "audit:
 * ENVIRONMENT" where there are findings. Adds what they count to `sums`.
 */
struct junit_account_look {
    bool strict;
    size_t first_id; /* of the strict dialect's suites */
    const char *host;
    int64_t start_ms;
};
void junit_account(struct buf *out, const struct account *a, const struct junit_account_look *look,
                   struct junit_sums *sums);

/* " name="value"", cut at JUNIT_MESSAGE_MAX. */
void junit_attribute(struct buf *out, const char *name, const char *value);
/* A part of a class name: dots make packages of it, one in the text must not. NULL: nothing. */
void junit_class_part(struct buf *out, const char *text);
/* "1.234": in the C locale whatever the user's is; a decimal comma breaks every consumer. */
void junit_seconds(struct buf *out, int64_t us);
/* "2026-01-31T12:00:00": without the Z, the schemas and Jenkins want it so; it is UTC. */
void junit_time(struct buf *out, int64_t ms);

#endif
