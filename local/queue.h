/*
 * Event invocations: answered at once, run afterwards by a few threads in order of arrival. A
 * function error or a throttle is tried again twice, as Lambda does, but after QUEUE_RETRY_MS
 * instead of minutes. What is still waiting when the server ends is dropped.
 */
#ifndef LOCAL_QUEUE_H
#define LOCAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { QUEUE_MAX = 10000, QUEUE_THREADS = 4, QUEUE_RETRIES = 2, QUEUE_RETRY_MS = 1000 };

struct local;
struct event_queue;

struct queued_event {
    const char *function; /* all copied */
    int64_t version;
    const char *invoked_arn;
    const char *request_id;
    struct str payload;
    int retries; /* -1: QUEUE_RETRIES */
};

struct event_queue *event_queue_new(struct local *l); /* starts no thread before the first event */
void event_queue_free(struct event_queue *q);         /* waits for those that run; NULL is fine */

bool event_queue_add(struct event_queue *q, const struct queued_event *event); /* false: full */
size_t event_queue_waiting(struct event_queue *q); /* waiting or running */

#endif
