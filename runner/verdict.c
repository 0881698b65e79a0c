#include "runner/verdict.h"

#include <string.h>

static const char *const names[] = {
    [VERDICT_PASSED] = "passed",
    [VERDICT_FAILED] = "failed",
    [VERDICT_INCONCLUSIVE] = "inconclusive",
    [VERDICT_SKIPPED] = "skipped",
};

static const char *const run_names[] = {
    [RUN_PASS] = "pass",
    [RUN_FAIL] = "fail",
    [RUN_INCONCLUSIVE] = "inconclusive",
    [RUN_EMPTY] = "empty",
};

const char *verdict_name(enum verdict verdict)
{
    return names[verdict];
}

bool verdict_find(const char *name, enum verdict *ret)
{
    for (size_t i = 0; name && i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret = (enum verdict)i;
            return true;
        }
    }
    return false;
}

const char *run_verdict_name(enum run_verdict verdict)
{
    return run_names[verdict];
}

bool run_verdict_find(const char *name, enum run_verdict *ret)
{
    for (size_t i = 0; name && i < ARRAY_LEN(run_names); i++) {
        if (strcmp(name, run_names[i]) == 0) {
            *ret = (enum run_verdict)i;
            return true;
        }
    }
    return false;
}

enum verdict verdict_of_checks(enum check_result result)
{
    switch (result) {
    case CHECK_OK:
        return VERDICT_PASSED;
    case CHECK_FAILED:
        return VERDICT_FAILED;
    case CHECK_UNKNOWN:
        break;
    }
    return VERDICT_INCONCLUSIVE;
}

enum run_verdict verdict_of_run(const struct verdict_counts *counts, bool flaky_fails)
{
    if (counts->of[VERDICT_FAILED] > 0 || (flaky_fails && counts->flaky > 0))
        return RUN_FAIL;
    if (counts->of[VERDICT_INCONCLUSIVE] > 0)
        return RUN_INCONCLUSIVE;
    return counts->of[VERDICT_PASSED] > 0 ? RUN_PASS : RUN_EMPTY;
}

int64_t retry_wait_ms(int64_t backoff_ms, unsigned again, struct rng *rng)
{
    int64_t most = backoff_ms > 0 ? backoff_ms : 1;

    for (unsigned i = 1; i < again && most < BACKOFF_MAX_MS; i++)
        most *= 2;
    if (most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    return (int64_t)rng_below(rng, (uint64_t)most + 1);
}

bool retry_wanted(enum verdict verdict, unsigned attempts, unsigned retries)
{
    return (verdict == VERDICT_FAILED || verdict == VERDICT_INCONCLUSIVE) && attempts <= retries;
}

bool resend_is_safe(enum answer_kind kind, enum err_kind error, bool idempotent)
{
    switch (kind) {
    case ANSWER_THROTTLED:
        return true;
    case ANSWER_TRANSPORT:
        return error == ERR_UNREACHABLE || (idempotent && error == ERR_UNKNOWN);
    case ANSWER_SERVICE_ERROR:
    case ANSWER_SUCCESS:
    case ANSWER_FUNCTION_ERROR:
    case ANSWER_INIT_ERROR:
    case ANSWER_TIMEOUT:
    case ANSWER_WRONG_VERSION:
        break;
    }
    return false;
}
