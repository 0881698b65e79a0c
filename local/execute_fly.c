/* Waiting for a runtime: until it is up, until it has answered, or until it may no longer. */
#include "local/execute_env.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { MEMORY_CHECK_US = 50000 };

/* With the lock held. */
static void wait_until(struct env *e, int64_t until_us)
{
    const struct timespec ts = {.tv_sec = (time_t)(until_us / 1000000),
                                .tv_nsec = (long)(until_us % 1000000) * 1000};

    pthread_cond_timedwait(&e->changed, &e->lock, &ts);
}

static enum env_wait how_ended(const struct env *e)
{
    return e->spawn_err.kind != ERR_NONE || e->end.kind == SPAWN_NO_BOX ? ENV_WAIT_BROKEN
                                                                        : ENV_WAIT_ENDED;
}

/* The runtime asks for its first event, and so does every extension. */
static bool is_up(struct env *e)
{
    if (e->phase == ENV_INIT)
        return false;
    e->extensions.closed = true; /* nobody registers after the runtime */
    return extensions_are_ready(&e->extensions);
}

/* One line for each extension, as Lambda writes them when the init phase is over. */
static void log_extensions(struct env *e, struct buf *lines)
{
    if (lines->len)
        exec_log_line(&e->log, "%s", buf_c(lines));
    buf_release(lines);
}

enum env_wait env_wait_init(struct env *e, int64_t deadline_us)
{
    enum env_wait r = ENV_WAIT_TIMEOUT;
    struct buf lines = {0};

    pthread_mutex_lock(&e->lock);
    while (!is_up(e) && !e->init_failed && !e->extensions.failed && !e->ended && !e->closing &&
           clock_mono_us() < deadline_us)
        wait_until(e, deadline_us);
    if (e->extensions.failed)
        r = ENV_WAIT_EXTENSION;
    else if (e->init_failed)
        r = ENV_WAIT_ERROR;
    else if (e->ended)
        r = how_ended(e);
    else if (is_up(e))
        r = ENV_WAIT_READY;
    else if (e->closing)
        r = ENV_WAIT_BROKEN;
    e->timed_out = r == ENV_WAIT_TIMEOUT;
    extensions_report(&e->extensions, &lines);
    pthread_mutex_unlock(&e->lock);
    log_extensions(e, &lines);
    return r;
}

/* ---- memory ---- */

static unsigned long status_kb(const char *status, const char *name)
{
    const char *at = strstr(status, name);

    return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

/*
 * With the lock held. The descriptor names the process itself, not its id: once the process is
 * gone, reading fails.
 */
static bool read_status(struct env *e, char *text, size_t size)
{
    ssize_t n;

    if (e->status_fd < 0) {
        /* Not yet told its id, the only children there are may be extensions. */
        const bool known = e->plan.extension_count == 0 || e->command_inside > 0;
        const pid_t pid = e->ended || !known ? 0 : child_command(&e->child, e->command_inside);
        char path[64];

        if (pid <= 0)
            return false;
        snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
        e->status_fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    n = e->status_fd < 0 ? -1 : pread(e->status_fd, text, size - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* Pages of its own: the code of libraries is shared and not counted against it. */
static bool is_over_memory(struct env *e, unsigned memory_mb)
{
    char text[4096];

    if (!read_status(e, text, sizeof(text)))
        return false;
    return (status_kb(text, "RssAnon:") + status_kb(text, "RssShmem:")) / 1024 > memory_mb;
}

unsigned env_max_memory_mb(struct env *e)
{
    char text[4096];
    unsigned long kb = 0;
    unsigned mb;

    pthread_mutex_lock(&e->lock);
    if (read_status(e, text, sizeof(text)))
        kb = status_kb(text, "VmHWM:");
    else if (e->ended && e->end.kind == SPAWN_ENDED)
        kb = (unsigned long)e->end.max_rss_kb;
    mb = (unsigned)((kb + 1023) / 1024);
    if (mb > e->max_memory_mb)
        e->max_memory_mb = mb;
    mb = e->max_memory_mb;
    pthread_mutex_unlock(&e->lock);
    return mb;
}

/* ---- one invocation ---- */

/* With the lock held, which is let go while the listener is told. */
static void deliver_parts(struct env *e, struct flight *f)
{
    struct buf part = f->body;
    int heard;

    f->body = (struct buf){0};
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    heard = f->event->part(f->event->part_ctx, buf_str(&part));
    buf_release(&part);
    pthread_mutex_lock(&e->lock);
    if (heard < 0)
        f->deaf = true;
}

/* The whole answer, or the parts so far, to the listener; errors stay in the result. */
static bool has_parts(const struct env *e, const struct flight *f)
{
    return f->event->part && !f->failed && !f->too_large && !f->deaf && f->body.len &&
           (f->streaming || e->phase != ENV_RUNNING);
}

/* An X-Ray trace id that is not sampled; https://docs.aws.amazon.com/xray/latest/devguide/. */
static void make_trace(struct env *e, struct flight *f)
{
    const unsigned long long root = rng_next(&e->rng), parent = rng_next(&e->rng);

    snprintf(f->trace, sizeof(f->trace), "Root=1-%08llx-%08llx%016llx;Parent=%016llx;Sampled=0",
             (unsigned long long)(f->deadline_wall_ms / 1000) & 0xffffffff, root & 0xffffffff,
             (unsigned long long)rng_next(&e->rng), parent);
}

/* With the lock held: nothing is left to do for this event. */
static bool is_over(const struct env *e, const struct flight *f)
{
    return f->delivered && e->phase == ENV_READY && extensions_are_idle(&e->extensions);
}

enum env_wait env_fly(struct env *e, struct flight *f, int64_t deadline_us, unsigned memory_mb,
                      bool *ret_answered)
{
    enum env_wait r = ENV_WAIT_READY;
    int64_t now, check_us = clock_mono_us() + MEMORY_CHECK_US;

    pthread_mutex_lock(&e->lock);
    make_trace(e, f);
    f->hopeless = e->extensions.failed;
    e->flight = f;
    extensions_offer_invoke(&e->extensions);
    pthread_mutex_unlock(&e->lock); /* so that who wakes up does not stand before a lock */
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_lock(&e->lock);
    for (;;) {
        if (has_parts(e, f)) {
            deliver_parts(e, f);
            continue;
        }
        if (is_over(e, f))
            break;
        if (e->extensions.failed) {
            r = ENV_WAIT_EXTENSION;
            break;
        }
        now = clock_mono_us();
        if (e->ended || e->closing) {
            r = e->ended ? how_ended(e) : ENV_WAIT_BROKEN;
            break;
        }
        if (now >= deadline_us) {
            r = ENV_WAIT_TIMEOUT;
            break;
        }
        if (now >= check_us) {
            if (is_over_memory(e, memory_mb)) {
                r = ENV_WAIT_MEMORY;
                break;
            }
            check_us = now + MEMORY_CHECK_US;
        }
        wait_until(e, deadline_us < check_us ? deadline_us : check_us);
    }
    *ret_answered = f->delivered && e->phase != ENV_RUNNING;
    e->timed_out = r == ENV_WAIT_TIMEOUT;
    e->flight = NULL;
    if (f->event->part)
        pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    return r;
}
