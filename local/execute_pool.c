#include "local/execute_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

enum { JANITOR_MS = 60000 };

/* Places taken of one function: environments come and go while a place is held. */
struct places {
    struct places *next;
    char *function;
    unsigned taken;
};

struct pool {
    struct env_site site;
    int64_t idle_ms;
    unsigned busy_max, taken;
    pthread_t janitor;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* on CLOCK_MONOTONIC */
    struct env *envs;
    unsigned count;
    struct places *places;
    bool stopping;
};

/* ---- places, with the lock held ---- */

static struct places *places_of(struct pool *p, const char *function)
{
    struct places *s = p->places;

    while (s && strcmp(s->function, function) != 0)
        s = s->next;
    return s;
}

static void take_place(struct pool *p, const char *function)
{
    struct places *s = places_of(p, function);

    if (!s) {
        s = mem_zalloc(sizeof(*s));
        s->function = mem_dup(function);
        s->next = p->places;
        p->places = s;
    }
    s->taken++;
    p->taken++;
}

static void leave_place(struct pool *p, const char *function)
{
    struct places *s = places_of(p, function);

    s->taken--;
    p->taken--;
}

/* ---- environments, with the lock held ---- */

static bool is_of(const struct env *e, const char *function, const char *version)
{
    return strcmp(e->function, function) == 0 && (!version || strcmp(e->version, version) == 0);
}

/* A busy one ends when it is given back. */
static void retire(struct env *e)
{
    if (!e->retired && !e->busy)
        env_end(e);
    e->retired = true;
}

/* Has its process ended, or is it about to? */
static bool is_over(struct env *e)
{
    bool over;

    pthread_mutex_lock(&e->lock);
    over = env_is_over(e);
    pthread_mutex_unlock(&e->lock);
    return over;
}

static struct env *find_warm(struct pool *p, const struct execute_version *v)
{
    struct env *best = NULL;

    for (struct env *e = p->envs; e; e = e->next) {
        if (e->retired || e->busy || !is_of(e, v->function, v->version))
            continue;
        if (strcmp(e->identity, v->identity) != 0 || is_over(e))
            retire(e);
        else if (!best || e->idle_since_ms > best->idle_since_ms)
            best = e;
    }
    return best;
}

/* So that unused environments never stand in the way of one that is needed. */
static void end_one_idle(struct pool *p)
{
    struct env *oldest = NULL;

    for (struct env *e = p->envs; e; e = e->next)
        if (!e->busy && !e->retired && (!oldest || e->idle_since_ms < oldest->idle_since_ms))
            oldest = e;
    if (oldest)
        retire(oldest);
}

/* ---- the janitor: ends what is idle for too long, collects what has ended ---- */

static int64_t end_idle(struct pool *p, int64_t now_ms)
{
    /* What becomes idle while the janitor sleeps is not over before it wakes. */
    int64_t next_ms = now_ms + (p->idle_ms < JANITOR_MS ? p->idle_ms : JANITOR_MS);

    for (struct env *e = p->envs; e; e = e->next) {
        if (e->busy || e->retired)
            continue;
        if (p->stopping || e->idle_since_ms + p->idle_ms <= now_ms || is_over(e))
            retire(e);
        else if (e->idle_since_ms + p->idle_ms < next_ms)
            next_ms = e->idle_since_ms + p->idle_ms;
    }
    return next_ms;
}

static struct env *unlink_finished(struct pool *p)
{
    for (struct env **at = &p->envs; *at; at = &(*at)->next) {
        struct env *e = *at;

        if (e->finished && !e->busy) {
            *at = e->next;
            p->count--;
            return e;
        }
    }
    return NULL;
}

static void *keep_order(void *ctx)
{
    struct pool *p = ctx;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        const int64_t next_ms = end_idle(p, clock_mono(&clock_system));
        struct env *e = unlink_finished(p);
        const struct timespec until = {.tv_sec = (time_t)(next_ms / 1000),
                                       .tv_nsec = (long)(next_ms % 1000) * 1000000};

        if (e) {
            pthread_mutex_unlock(&p->lock);
            if (e->kept)
                pthread_join(e->keeper, NULL);
            env_free(e);
            pthread_mutex_lock(&p->lock);
            continue;
        }
        if (p->stopping && !p->envs)
            break;
        pthread_cond_timedwait(&p->changed, &p->lock, &until);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void on_finished(void *ctx, struct env *e)
{
    struct pool *p = ctx;

    pthread_mutex_lock(&p->lock);
    e->retired = e->finished = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

/* ---- */

struct pool *pool_new(const struct env_site *site, int64_t idle_ms, unsigned busy_max)
{
    struct pool *p = mem_zalloc(sizeof(*p));
    pthread_condattr_t attr;
    sigset_t all, before;

    p->site = *site;
    p->site.finished_fn = on_finished;
    p->site.finished_ctx = p;
    p->idle_ms = idle_ms;
    p->busy_max = busy_max;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->changed, &attr);
    pthread_condattr_destroy(&attr);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&p->janitor, NULL, keep_order, p) != 0) {
        free(p);
        p = NULL;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->janitor, NULL);
    while (p->places) {
        struct places *s = p->places;

        p->places = s->next;
        free(s->function);
        free(s);
    }
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

int pool_take(struct pool *p, const struct execute_version *v, bool fresh, struct env **ret,
              struct err *err)
{
    struct env *e = NULL;
    int r = 0;

    pthread_mutex_lock(&p->lock);
    if (p->stopping) {
        r = err_set(err, ERR_INTERRUPTED, "the local Lambda is about to end");
    } else if (p->taken >= p->busy_max) {
        r = err_set(err, ERR_THROTTLED, "Rate Exceeded.");
    } else {
        e = fresh ? NULL : find_warm(p, v);
        if (e)
            e->busy = true;
        else if (p->count >= p->busy_max)
            end_one_idle(p);
        take_place(p, v->function);
    }
    pthread_mutex_unlock(&p->lock);
    if (r == 0)
        *ret = e;
    return r;
}

int pool_start(struct pool *p, const struct execute_version *v, const char *request_id,
               struct env **ret, struct err *err)
{
    struct env *e = NULL;
    const int r = env_start(&e, &p->site, v, request_id, err);

    if (!e)
        return r;
    pthread_mutex_lock(&p->lock);
    e->busy = true;
    e->next = p->envs;
    p->envs = e;
    p->count++;
    pthread_mutex_unlock(&p->lock);
    *ret = e;
    return r;
}

/* With the lock held. */
static void let_go(struct pool *p, struct env *e, bool reusable)
{
    e->busy = false;
    e->idle_since_ms = clock_mono(&clock_system);
    if (!reusable || e->retired || is_over(e)) {
        e->retired = true;
        env_end(e);
        pthread_cond_signal(&p->changed);
    }
}

void pool_discard(struct pool *p, struct env *e)
{
    pthread_mutex_lock(&p->lock);
    let_go(p, e, false);
    pthread_mutex_unlock(&p->lock);
}

void pool_give(struct pool *p, struct env *e)
{
    pthread_mutex_lock(&p->lock);
    leave_place(p, e->function);
    let_go(p, e, true);
    pthread_mutex_unlock(&p->lock);
}

void pool_give_up(struct pool *p, const struct execute_version *v)
{
    pthread_mutex_lock(&p->lock);
    leave_place(p, v->function);
    pthread_mutex_unlock(&p->lock);
}

void pool_retire(struct pool *p, const char *function, const char *version)
{
    pthread_mutex_lock(&p->lock);
    for (struct env *e = p->envs; e; e = e->next)
        if (is_of(e, function, version))
            retire(e);
    pthread_mutex_unlock(&p->lock);
}

unsigned pool_busy(struct pool *p, const char *function)
{
    const struct places *s;
    unsigned n;

    pthread_mutex_lock(&p->lock);
    s = function ? places_of(p, function) : NULL;
    n = function ? (s ? s->taken : 0) : p->taken;
    pthread_mutex_unlock(&p->lock);
    return n;
}
