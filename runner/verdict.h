/* Deciding what answers mean. Pure: no clock, no network, no environment. */
#ifndef RUNNER_VERDICT_H
#define RUNNER_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rand.h"
#include "runner/answer.h"
#include "runner/check/check.h"

enum verdict {
    VERDICT_PASSED,
    VERDICT_FAILED,       /* a wrong answer */
    VERDICT_INCONCLUSIVE, /* it could not be found out */
    VERDICT_SKIPPED,
};

enum { VERDICT_COUNT = 4 };

enum run_verdict {
    RUN_PASS,
    RUN_FAIL,
    RUN_INCONCLUSIVE,
    RUN_EMPTY, /* no case ran */
};

const char *verdict_name(enum verdict verdict);
bool verdict_find(const char *name, enum verdict *ret);
const char *run_verdict_name(enum run_verdict verdict);
bool run_verdict_find(const char *name, enum run_verdict *ret);

/* Of one attempt, by what its expectations said. */
enum verdict verdict_of_checks(enum check_result result);

struct verdict_counts {
    size_t of[VERDICT_COUNT];
    size_t flaky; /* among the passed */
};

/* Failed beats inconclusive beats passed; all skipped is empty. With `flaky_fails`, flaky is
 * failed. */
enum run_verdict verdict_of_run(const struct verdict_counts *counts, bool flaky_fails);

/* ---- again? ---- */

enum {
    BACKOFF_MAX_MS = 20000,
    THROTTLE_PATIENCE_MS = 60000,    /* a case throttled for so long is inconclusive */
    PROPAGATION_PATIENCE_MS = 30000, /* an alias still answering with another version */
    UNSENT_TRIES = 3,                /* sending what certainly did not arrive */
    UNREACHABLE_MAX = 100, /* cases in a row that reached nobody: the rest will not either */
};

/* The wait before try number `again` (1 for the first repetition): doubling, full jitter. */
int64_t retry_wait_ms(int64_t backoff_ms, unsigned again, struct rng *rng);

/* Is a case that ended so tried again? `attempts` have been made. */
bool retry_wanted(enum verdict verdict, unsigned attempts, unsigned retries);

/*
 * Was the request certainly not carried out, so that sending it again harms nobody? By the kind of
 * error, or by the service's word (429); `idempotent` is the case's own word.
 */
bool resend_is_safe(enum answer_kind kind, enum err_kind error, bool idempotent);

#endif
