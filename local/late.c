#include "local/late.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "local/dispatch.h"

struct late_call {
    struct late_calls *queue;
    struct late_call *next;
    pthread_t thread;
    struct timespec due;
    char *method, *target, *body;
    size_t body_len;
    bool done; /* under the queue's lock */
};

struct late_calls {
    struct local *local;
    pthread_mutex_t lock;
    pthread_cond_t ending_changed;
    struct late_call *first;
    size_t count;
    bool ending;
};

struct late_calls *late_calls_new(struct local *l)
{
    struct late_calls *q = mem_zalloc(sizeof(*q));

    q->local = l;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->ending_changed, NULL);
    return q;
}

static void late_call_free(struct late_call *c)
{
    free(c->method);
    free(c->target);
    free(c->body);
    free(c);
}

static bool wait_until_due(struct late_call *c)
{
    struct late_calls *q = c->queue;
    bool ending;

    pthread_mutex_lock(&q->lock);
    while (!q->ending && pthread_cond_timedwait(&q->ending_changed, &q->lock, &c->due) != ETIMEDOUT)
        ;
    ending = q->ending;
    pthread_mutex_unlock(&q->lock);
    return !ending;
}

static void *run(void *arg)
{
    struct late_call *c = arg;
    struct http_request request = {
        .method = str_c(c->method), .target = str_c(c->target), .body = {c->body, c->body_len}};
    struct http_reply reply = {0};

    if (!wait_until_due(c))
        return NULL;
    http_split_target(&request);
    local_handle_trusted(c->queue->local, &request, &reply);
    http_reply_release(&reply);
    pthread_mutex_lock(&c->queue->lock);
    c->done = true;
    pthread_mutex_unlock(&c->queue->lock);
    return NULL;
}

/* Under the lock: a thread that is done takes no lock any more. */
static void reap(struct late_calls *q)
{
    struct late_call **at = &q->first;

    while (*at) {
        struct late_call *c = *at;

        if (!c->done) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        q->count--;
        pthread_join(c->thread, NULL);
        late_call_free(c);
    }
}

void late_calls_add(struct late_calls *q, const struct http_request *request, int64_t after_ms)
{
    struct late_call *c = mem_zalloc(sizeof(*c));

    c->queue = q;
    c->method = mem_dup_n(request->method.data, request->method.len);
    c->target = mem_dup_n(request->target.data, request->target.len);
    c->body = mem_dup_n(request->body.data ? request->body.data : "", request->body.len);
    c->body_len = request->body.len;
    clock_gettime(CLOCK_REALTIME, &c->due);
    c->due.tv_sec += after_ms / 1000;
    c->due.tv_nsec += after_ms % 1000 * 1000000;
    c->due.tv_sec += c->due.tv_nsec / 1000000000;
    c->due.tv_nsec %= 1000000000;
    pthread_mutex_lock(&q->lock);
    reap(q);
    if (q->count < LATE_MAX && !q->ending && pthread_create(&c->thread, NULL, run, c) == 0) {
        c->next = q->first;
        q->first = c;
        q->count++;
        c = NULL;
    }
    pthread_mutex_unlock(&q->lock);
    if (c)
        late_call_free(c);
}

void late_calls_free(struct late_calls *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->ending = true;
    pthread_cond_broadcast(&q->ending_changed);
    pthread_mutex_unlock(&q->lock);
    while (q->first) {
        struct late_call *c = q->first;

        q->first = c->next;
        pthread_join(c->thread, NULL);
        late_call_free(c);
    }
    pthread_cond_destroy(&q->ending_changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}
