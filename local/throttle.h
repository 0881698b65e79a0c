/*
 * The control plane's request rates as token buckets: 15 a second for all operations together, 100
 * for GetFunction, 15 for GetPolicy, each with one second's worth in reserve.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
 */
#ifndef LOCAL_THROTTLE_H
#define LOCAL_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

enum throttle_bucket { THROTTLE_CONTROL, THROTTLE_GET_FUNCTION, THROTTLE_GET_POLICY, THROTTLES };

#define THROTTLE_AWS_RATE 15.0

struct throttle;

/* `rate` is that of the control plane; the others are in AWS's proportion to it. 0: no limit. */
struct throttle *throttle_new(double rate);
void throttle_free(struct throttle *t);

/* Takes a token; false when there is none. From any thread. */
bool throttle_take(struct throttle *t, enum throttle_bucket bucket, int64_t mono_ms);

#endif
