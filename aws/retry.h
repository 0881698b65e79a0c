/*
 * Whether and when to send again: pure. The SDKs' standard mode (full jitter, a quota that
 * keeps a fleet from hammering a service that is down), with one difference: what changes something
 * is never sent again unless the service certainly did not carry it out.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
#ifndef AWS_RETRY_H
#define AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"

/* How far an attempt came. */
enum retry_end {
    RETRY_ANSWERED,  /* a whole answer: see its error */
    RETRY_NOT_SENT,  /* not a byte left: name not found, connection refused */
    RETRY_NO_ANSWER, /* sent, then timeout, reset, cut or unusable */
    RETRY_HOPELESS,  /* would end the same again: certificate refused, bad URL, answer too long */
};

enum retry_class {
    RETRY_NO = 0,
    RETRY_TRANSIENT,
    RETRY_THROTTLED,
    RETRY_CLOCK,       /* the signature's date was refused: correct the clock, once */
    RETRY_CREDENTIALS, /* not with these, or not any more: fetch new ones, once */
};

/* `error` counts with RETRY_ANSWERED only. */
enum retry_class retry_classify(enum retry_end end, const struct aws_error *error,
                                enum aws_effect effect);

enum {
    RETRY_ATTEMPTS_DEFAULT = 5, /* the SDKs' 3 give up too soon beside someone else's deployment */
    RETRY_QUOTA = 500,          /* tokens of one client */
    RETRY_DELAY_MAX_MS = 20000,
};

struct retry_quota {
    int tokens;
};

void retry_quota_init(struct retry_quota *q);

/* Takes the price of a retry of this class: false when the quota is used up. */
bool retry_quota_take(struct retry_quota *q, enum retry_class why);

/* After a success: gives back what its retry cost, or 1 when it needed none (RETRY_NO). */
void retry_quota_give(struct retry_quota *q, enum retry_class last_retry);

/*
 * How long to wait before attempt number `attempt` + 1 (attempts count from 1): unit * min(base *
 * 2^(attempt-1), 20 s), base 50 ms or, throttled, 1 s; `unit` is random in [0, 1). What the service
 * asked for (-1: nothing) is kept, within 5 s above it.
 */
int64_t retry_delay_ms(enum retry_class why, unsigned attempt, double unit, int64_t asked_ms);

/* ---- the decision, the same for whoever sends ---- */

/* A request and its attempts so far. {0}: none has ended yet. */
struct retry {
    unsigned attempts; /* that have ended without success */
    bool clock_corrected, credentials_renewed;
    enum retry_class last; /* what the last one to be repeated was repeated for; RETRY_NO: none */
};

/* What is known when an attempt has ended without success. */
struct retry_case {
    enum retry_class why;
    bool sign_again;       /* the clock or the credentials were corrected */
    unsigned max_attempts; /* in all */
    double unit;           /* random in [0, 1) */
    int64_t asked_ms;      /* what the service asked for; -1: nothing */
    int64_t left_ms;       /* until the deadline */
};

/*
 * Is it sent again, and after how long? Counts the attempt and takes the price of another one from
 * the quota (NULL: there is none). What would begin after the deadline is not sent.
 */
bool retry_again(struct retry *r, struct retry_quota *quota, const struct retry_case *c,
                 int64_t *ret_wait_ms);

#endif
