#include "local/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "local/dispatch.h"
#include "local/event_config.h"
#include "local/event_row.h"
#include "local/invocation.h"
#include "local/store.h"

/* The events of one function. Kept until the end: functions are few. */
struct lane {
    struct lane *next;
    char *function;
    unsigned running;
};

struct node {
    struct node *next;
    struct lane *lane;
    int64_t id;
    int64_t due_ms; /* of the monotonic clock of this machine */
};

struct event_queue {
    struct local *local;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* on CLOCK_MONOTONIC */
    struct node *first, **last;
    struct lane *lanes;
    size_t waiting, running;
    pthread_t threads[QUEUE_THREADS];
    size_t thread_count;
    bool ending;
};

/* ---- one event ---- */

enum outcome {
    OUTCOME_OVER,
    OUTCOME_FAILED,    /* the function did */
    OUTCOME_THROTTLED, /* no place to run it, or this machine failed */
    OUTCOME_HOPELESS,  /* too old, no function, no concurrency at all */
};

static enum outcome invoke(struct local *l, const struct event_row *row,
                           const struct invocation *invocation)
{
    const struct execute_event event = {
        .request_id = row->request_id, .invoked_arn = row->invoked_arn, .payload = row->payload};
    struct execute_result result = {.function_error = ""};
    struct err err = {0};
    enum outcome outcome = OUTCOME_OVER;
    int r;

    if (!invocation_enter(l, invocation)) /* with none reserved it is given up at once */
        return invocation->reserved == 0 ? OUTCOME_HOPELESS : OUTCOME_THROTTLED;
    r = executor_invoke(l->executor, &invocation->version, &event, &result, &err);
    invocation_leave(l, invocation);
    if (r < 0)
        outcome = OUTCOME_THROTTLED;
    else if (result.function_error[0])
        outcome = OUTCOME_FAILED;
    log_debug("event %s for %s: %s", row->request_id, row->invoked_arn,
              r < 0                      ? err.text
              : result.function_error[0] ? result.function_error
                                         : "done");
    execute_result_release(&result);
    return outcome;
}

/* Where Lambda would send it now: the destination for failures, the dead-letter queue; or NULL. */
static const char *target_of(struct call *c, const struct event_row *row)
{
    const char *qualifier = strstr(row->invoked_arn, ":function:");
    const char *target;
    struct version v;

    if (qualifier)
        qualifier = strchr(qualifier + strlen(":function:"), ':');
    target = event_failure_destination(c, row->function, qualifier ? qualifier + 1 : NULL);
    if (!target && store_version(c, row->function, row->version, &v))
        target = json_string_value(
            json_object_get(json_object_get(v.config, "DeadLetterConfig"), "TargetArn"));
    return target ? arena_dup(&c->arena, target) : NULL;
}

/* Nothing is sent anywhere; but who waits for a dead letter should find a trace of it. */
static void tell_given_up(const struct local *l, const struct event_row *row, enum outcome outcome,
                          const char *target)
{
    const struct executor_options *o = &l->options.executor;
    CLEANUP(buf_release) struct buf text = {0};

    if (!o->notice)
        return;
    buf_printf(&text, "event %s for %s is given up: %s", row->request_id, row->invoked_arn,
               outcome == OUTCOME_FAILED      ? "every attempt failed"
               : outcome == OUTCOME_THROTTLED ? "it could not be run in its time"
                                              : "it is too old, or nothing can run it any more");
    if (target)
        buf_printf(&text, "; Lambda would send it to %s", target);
    o->notice(o->notice_ctx, buf_c(&text));
}

/* What is left of it on disk. Whether it has to be tried again. */
static bool settle(struct call *c, const struct event_row *row, enum outcome outcome)
{
    const bool again = outcome == OUTCOME_THROTTLED
                           ? clock_wall(&c->local->options.clock) < row->expires_ms
                           : outcome == OUTCOME_FAILED && row->retries_left > 0;
    const bool given_up = !again && outcome != OUTCOME_OVER;
    const char *target;

    call_lock(c);
    target = given_up ? target_of(c, row) : NULL;
    if (!again)
        event_row_delete(c, row->id);
    else if (outcome == OUTCOME_FAILED)
        event_row_set_retries(c, row->id, row->retries_left - 1);
    call_commit(c); /* an event that cannot be deleted is run once more after the next start */
    if (given_up)
        tell_given_up(c->local, row, outcome, target);
    return again;
}

/* Whether it has to be tried again. */
static bool run(struct local *l, int64_t id)
{
    struct http_reply reply = {0};
    struct event_row row;
    struct invocation invocation;
    enum outcome outcome = OUTCOME_HOPELESS;
    struct call c;
    bool known, found, again;

    call_begin_internal(&c, l, &reply);
    call_lock(&c);
    known = event_row_get(&c, id, &row); /* a reset forgets it */
    found = known && c.now_ms < row.expires_ms &&
            invocation_of(&c, row.function, row.version, row.invoked_arn, &invocation);
    found = call_commit(&c) == 0 && found;
    if (found)
        outcome = invoke(l, &row, &invocation);
    again = known && settle(&c, &row, outcome);
    call_end(&c);
    http_reply_release(&reply);
    return again;
}

/* ---- the threads; all with the lock held ---- */

static void append(struct event_queue *q, struct node *n)
{
    n->next = NULL;
    *q->last = n;
    q->last = &n->next;
    q->waiting++;
}

static struct lane *lane_of(struct event_queue *q, const char *function)
{
    struct lane *lane = q->lanes;

    while (lane && strcmp(lane->function, function) != 0)
        lane = lane->next;
    if (!lane) {
        lane = mem_zalloc(sizeof(*lane));
        lane->function = mem_dup(function);
        lane->next = q->lanes;
        q->lanes = lane;
    }
    return lane;
}

static struct node *take_due(struct event_queue *q, int64_t *ret_next_ms)
{
    const int64_t now_ms = clock_mono(&clock_system);
    struct node *n;

    *ret_next_ms = INT64_MAX;
    for (struct node **at = &q->first; (n = *at) != NULL; at = &n->next) {
        if (n->due_ms > now_ms) {
            if (n->due_ms < *ret_next_ms)
                *ret_next_ms = n->due_ms;
            continue;
        }
        if (n->lane->running == QUEUE_OF_ONE)
            continue; /* who ends one of them takes it */
        *at = n->next;
        if (q->last == &n->next)
            q->last = at;
        q->waiting--;
        return n;
    }
    return NULL;
}

static void wait_until(struct event_queue *q, int64_t mono_ms)
{
    const struct timespec until = {.tv_sec = (time_t)(mono_ms / 1000),
                                   .tv_nsec = (long)(mono_ms % 1000) * 1000000};

    if (mono_ms == INT64_MAX)
        pthread_cond_wait(&q->changed, &q->lock);
    else
        pthread_cond_timedwait(&q->changed, &q->lock, &until);
}

static void *work(void *arg)
{
    struct event_queue *q = arg;

    pthread_mutex_lock(&q->lock);
    while (!q->ending) {
        int64_t next_ms;
        struct node *n = take_due(q, &next_ms);
        bool again;

        if (!n) {
            wait_until(q, next_ms);
            continue;
        }
        q->running++;
        n->lane->running++;
        pthread_mutex_unlock(&q->lock);
        again = run(q->local, n->id);
        pthread_mutex_lock(&q->lock);
        q->running--;
        n->lane->running--;
        if (again) {
            n->due_ms = clock_mono(&clock_system) + QUEUE_RETRY_MS;
            append(q, n);
        } else {
            free(n);
        }
        pthread_cond_signal(&q->changed); /* we may take another function's now */
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

/* ---- */

static void init_sync(struct event_queue *q)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->changed, &attr);
    pthread_condattr_destroy(&attr);
}

struct event_queue *event_queue_new(struct local *l)
{
    struct event_queue *q = mem_zalloc(sizeof(*q));
    struct arena names = {0};
    const char *function;
    int64_t id = 0;

    q->local = l;
    q->last = &q->first;
    init_sync(q);
    do {
        local_lock(l); /* the first of them run already */
        id = event_row_after(l->db, id, &names, &function);
        local_unlock(l);
        if (id)
            event_queue_add(q, id, function);
    } while (id);
    arena_release(&names);
    return q;
}

void event_queue_quiesce(struct event_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->ending = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

void event_queue_free(struct event_queue *q)
{
    if (!q)
        return;
    event_queue_quiesce(q);
    for (size_t i = 0; i < q->thread_count; i++)
        pthread_join(q->threads[i], NULL);
    while (q->first) {
        struct node *n = q->first;

        q->first = n->next;
        free(n);
    }
    while (q->lanes) {
        struct lane *lane = q->lanes;

        q->lanes = lane->next;
        free(lane->function);
        free(lane);
    }
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

void event_queue_add(struct event_queue *q, int64_t id, const char *function)
{
    struct node *n = mem_zalloc(sizeof(*n));

    n->id = id;
    pthread_mutex_lock(&q->lock);
    n->lane = lane_of(q, function);
    append(q, n);
    if (!q->ending && q->waiting + q->running > q->thread_count &&
        q->thread_count < QUEUE_THREADS &&
        pthread_create(&q->threads[q->thread_count], NULL, work, q) == 0)
        q->thread_count++;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

bool event_queue_full(struct event_queue *q)
{
    return event_queue_waiting(q) >= QUEUE_MAX;
}

size_t event_queue_waiting(struct event_queue *q)
{
    size_t n;

    pthread_mutex_lock(&q->lock);
    n = q->waiting + q->running;
    pthread_mutex_unlock(&q->lock);
    return n;
}

size_t event_queue_running(struct event_queue *q)
{
    size_t n;

    pthread_mutex_lock(&q->lock);
    n = q->running;
    pthread_mutex_unlock(&q->lock);
    return n;
}
