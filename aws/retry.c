#include "aws/retry.h"

#include <string.h>

static bool is_clock(const struct aws_error *e)
{
    static const char *const types[] = {"RequestTimeTooSkewed", "RequestExpired",
                                        "RequestInTheFuture"};

    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(e->type, types[i]) == 0)
            return true;
    return strstr(e->message, "Signature expired") != NULL ||
           strstr(e->message, "Signature not yet current") != NULL;
}

static enum retry_class of_answer(const struct aws_error *e, enum aws_effect effect)
{
    if (e->status / 100 == 4 && is_clock(e))
        return RETRY_CLOCK;
    if (aws_error_refuses_credentials(e))
        return RETRY_CREDENTIALS;
    if (aws_error_is_throttle(e))
        return RETRY_THROTTLED;
    if (effect != AWS_READS)
        return RETRY_NO;
    switch (e->status) {
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
        return RETRY_TRANSIENT;
    default:
        return strncmp(e->type, "RequestTimeout", 14) == 0 ? RETRY_TRANSIENT : RETRY_NO;
    }
}

enum retry_class retry_classify(enum retry_end end, const struct aws_error *error,
                                enum aws_effect effect)
{
    switch (end) {
    case RETRY_ANSWERED:
        return of_answer(error, effect);
    case RETRY_NOT_SENT:
        return RETRY_TRANSIENT;
    case RETRY_NO_ANSWER:
        return effect == AWS_READS ? RETRY_TRANSIENT : RETRY_NO;
    case RETRY_HOPELESS:
        break;
    }
    return RETRY_NO;
}

static int price(enum retry_class why)
{
    switch (why) {
    case RETRY_TRANSIENT:
        return 14;
    case RETRY_THROTTLED:
        return 5;
    case RETRY_NO:
    case RETRY_CLOCK:
    case RETRY_CREDENTIALS:
        break;
    }
    return 0;
}

void retry_quota_init(struct retry_quota *q)
{
    q->tokens = RETRY_QUOTA;
}

bool retry_quota_take(struct retry_quota *q, enum retry_class why)
{
    if (q->tokens < price(why))
        return false;
    q->tokens -= price(why);
    return true;
}

void retry_quota_give(struct retry_quota *q, enum retry_class last_retry)
{
    q->tokens += last_retry == RETRY_NO ? 1 : price(last_retry);
    if (q->tokens > RETRY_QUOTA)
        q->tokens = RETRY_QUOTA;
}

int64_t retry_delay_ms(enum retry_class why, unsigned attempt, double unit, int64_t asked_ms)
{
    int64_t ceiling = why == RETRY_THROTTLED ? 1000 : 50, delay;

    if (why == RETRY_CLOCK || why == RETRY_CREDENTIALS)
        return 0;
    for (unsigned i = 1; i < attempt && ceiling < RETRY_DELAY_MAX_MS; i++)
        ceiling *= 2;
    if (ceiling > RETRY_DELAY_MAX_MS)
        ceiling = RETRY_DELAY_MAX_MS;
    delay = (int64_t)(unit * (double)ceiling);
    if (asked_ms < 0)
        return delay;
    return delay < asked_ms ? asked_ms : delay > asked_ms + 5000 ? asked_ms + 5000 : delay;
}

/* Signing anew costs no wait and no tokens, and helps once or not at all. */
static bool once(bool *done, bool sign_again)
{
    const bool again = !*done && sign_again;

    *done = true;
    return again;
}

bool retry_again(struct retry *r, struct retry_quota *quota, const struct retry_case *c,
                 int64_t *ret_wait_ms)
{
    int64_t wait;

    r->attempts++;
    *ret_wait_ms = 0;
    switch (c->why) {
    case RETRY_NO:
        return false;
    case RETRY_CLOCK:
        return once(&r->clock_corrected, c->sign_again);
    case RETRY_CREDENTIALS:
        return once(&r->credentials_renewed, c->sign_again);
    case RETRY_TRANSIENT:
    case RETRY_THROTTLED:
        break;
    }
    wait = retry_delay_ms(c->why, r->attempts, c->unit, c->asked_ms);
    if (r->attempts >= c->max_attempts || wait >= c->left_ms ||
        (quota && !retry_quota_take(quota, c->why)))
        return false;
    r->last = c->why;
    *ret_wait_ms = wait;
    return true;
}
