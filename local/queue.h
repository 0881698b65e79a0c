/*
 * Runs the events that event_row.h keeps, by threads, in order of arrival; of one function so many
 * at once that a burst does not take the machine, nor all threads from the others. As on Lambda, a
 * function error is tried again twice (or as often as the event-invoke configuration has it), a
 * throttle until the event is too old; but after QUEUE_RETRY_MS, not after minutes. What still
 * waits when the server ends is run after its next start.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
#ifndef LOCAL_QUEUE_H
#define LOCAL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUEUE_MAX = 10000,
    QUEUE_THREADS = 64,
    QUEUE_OF_ONE = 16, /* events of one function that run at once */
    QUEUE_RETRIES = 2,
    QUEUE_RETRY_MS = 1000,
    QUEUE_AGE_S = 6 * 3600 /* MaximumEventAgeInSeconds unless it is set */
};

struct local;
struct event_queue;

/* With the events that are left over from before; no thread is started while there is none. */
struct event_queue *event_queue_new(struct local *l);

/* Waits for those that run; rows of all others stay. NULL is fine. */
void event_queue_free(struct event_queue *q);

/* An event of a function, whose row is committed. */
void event_queue_add(struct event_queue *q, int64_t id, const char *function);

/* Starts no other event; those that run go on. Before event_queue_free. */
void event_queue_quiesce(struct event_queue *q);

bool event_queue_full(struct event_queue *q);
size_t event_queue_waiting(struct event_queue *q); /* waiting or running */
size_t event_queue_running(struct event_queue *q);

#endif
