/*
 * A token bucket for one quota of one account and Region: pure, times are passed in. The last
 * `reserve` tokens are kept for urgent calls, so that a rollback never waits behind polling.
 */
#ifndef AWS_PACE_H
#define AWS_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    double rate;    /* tokens a second; > 0 */
    double burst;   /* the most there can be; > reserve + 1 */
    double reserve; /* only urgent calls get at these */
    double tokens;
    int64_t at_ms; /* when `tokens` was true */
};

void pace_init(struct pace *p, double rate, double burst, double reserve, int64_t now_ms);

/* How long until a call may go; 0: now. */
int64_t pace_wait_ms(const struct pace *p, int64_t now_ms, bool urgent);

/* A call goes now. Takes a token even when there is none: the debt delays the next. */
void pace_take(struct pace *p, int64_t now_ms);

/* The service said 429: someone else uses the same quota. Empties what is not reserved. */
void pace_throttled(struct pace *p, int64_t now_ms);

#endif
