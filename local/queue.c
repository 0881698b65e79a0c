#include "local/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "local/dispatch.h"
#include "local/invocation.h"

struct node {
    struct node *next;
    char *function, *invoked_arn, *payload;
    size_t payload_len;
    int64_t version;
    char request_id[UUID_SIZE];
    int retries_left;
};

struct event_queue {
    struct local *local;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct node *first, **last;
    size_t waiting, running;
    pthread_t threads[QUEUE_THREADS];
    size_t thread_count;
    bool ending;
};

static void node_free(struct node *n)
{
    free(n->function);
    free(n->invoked_arn);
    free(n->payload);
    free(n);
}

/* True when it has to be tried again. */
static bool run(struct event_queue *q, const struct node *n)
{
    struct http_reply reply = {0};
    struct execute_result result = {.function_error = ""};
    struct invocation invocation;
    struct execute_event event = {.request_id = n->request_id,
                                  .invoked_arn = n->invoked_arn,
                                  .payload = {n->payload, n->payload_len}};
    struct err err = {0};
    struct call c;
    bool found, again = false;

    call_begin_internal(&c, q->local, &reply);
    call_lock(&c);
    found = invocation_of(&c, n->function, n->version, n->invoked_arn, &invocation);
    found = call_commit(&c) == 0 && found;
    if (found && !invocation_enter(q->local, &invocation)) {
        again = true; /* throttled */
    } else if (found) {
        const int r =
            executor_invoke(q->local->executor, &invocation.version, &event, &result, &err);

        invocation_leave(q->local, &invocation);
        again = r < 0 || result.function_error[0];
        log_debug("event %s for %s: %s", n->request_id, n->invoked_arn,
                  r < 0                      ? err.text
                  : result.function_error[0] ? result.function_error
                                             : "done");
        execute_result_release(&result);
    }
    call_end(&c);
    http_reply_release(&reply);
    return again;
}

static void pause_before_retry(struct event_queue *q)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += QUEUE_RETRY_MS / 1000;
    while (!q->ending && pthread_cond_timedwait(&q->changed, &q->lock, &until) != ETIMEDOUT)
        ;
}

static void run_with_retries(struct event_queue *q, struct node *n)
{
    bool again;

    do {
        pthread_mutex_unlock(&q->lock);
        again = run(q, n);
        pthread_mutex_lock(&q->lock);
        again = again && n->retries_left-- > 0;
        if (again)
            pause_before_retry(q);
    } while (again && !q->ending);
}

static void *work(void *arg)
{
    struct event_queue *q = arg;

    pthread_mutex_lock(&q->lock);
    while (!q->ending) {
        struct node *n = q->first;

        if (!n) {
            pthread_cond_wait(&q->changed, &q->lock);
            continue;
        }
        q->first = n->next;
        if (!q->first)
            q->last = &q->first;
        q->waiting--;
        q->running++;
        run_with_retries(q, n);
        q->running--;
        node_free(n);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

struct event_queue *event_queue_new(struct local *l)
{
    struct event_queue *q = mem_zalloc(sizeof(*q));

    q->local = l;
    q->last = &q->first;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    return q;
}

void event_queue_free(struct event_queue *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->ending = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    for (size_t i = 0; i < q->thread_count; i++)
        pthread_join(q->threads[i], NULL);
    while (q->first) {
        struct node *n = q->first;

        q->first = n->next;
        node_free(n);
    }
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

bool event_queue_add(struct event_queue *q, const struct queued_event *event)
{
    struct node *n = mem_zalloc(sizeof(*n));
    bool full;

    n->function = mem_dup(event->function);
    n->invoked_arn = mem_dup(event->invoked_arn);
    n->payload = mem_dup_n(event->payload.data ? event->payload.data : "", event->payload.len);
    n->payload_len = event->payload.len;
    n->version = event->version;
    snprintf(n->request_id, sizeof(n->request_id), "%s", event->request_id);
    n->retries_left = event->retries < 0 ? QUEUE_RETRIES : event->retries;
    pthread_mutex_lock(&q->lock);
    full = q->waiting >= QUEUE_MAX || q->ending;
    if (!full) {
        *q->last = n;
        q->last = &n->next;
        q->waiting++;
        if (q->waiting + q->running > q->thread_count && q->thread_count < QUEUE_THREADS &&
            pthread_create(&q->threads[q->thread_count], NULL, work, q) == 0)
            q->thread_count++;
        pthread_cond_broadcast(&q->changed); /* one in a pause must not swallow the signal */
    }
    pthread_mutex_unlock(&q->lock);
    if (full)
        node_free(n);
    return !full;
}

size_t event_queue_waiting(struct event_queue *q)
{
    size_t n;

    pthread_mutex_lock(&q->lock);
    n = q->waiting + q->running;
    pthread_mutex_unlock(&q->lock);
    return n;
}
