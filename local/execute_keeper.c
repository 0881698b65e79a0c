/*
 * The keeper of one environment: the thread that starts its processes, moves their output into the
 * log, learns how they end, and takes them through the shutdown phase.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/execute_env.h"

/* With external extensions; of that, a third is the runtime's, as in AWS's emulator. */
enum { SHUTDOWN_US = 2000000, SHUTDOWN_INTERNAL_US = 500000, RUNTIME_SHARE = 3 };

/* ---- what the processes report ---- */

static void set_ended(struct env *e, const struct spawn_report *end)
{
    pthread_mutex_lock(&e->lock);
    if (!e->ended) {
        e->end = *end;
        e->ended = true;
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
}

static void take_extension_report(struct env *e, const struct spawn_report *r)
{
    const size_t index = (size_t)r->who - 1;

    pthread_mutex_lock(&e->lock);
    if (e->stopping)
        e->extensions.list[index].ended = true; /* as it should */
    else if (r->kind == SPAWN_NO_EXEC)
        extensions_not_started(&e->extensions, index, e->plan.extensions[index], r->detail);
    else
        extensions_ended(&e->extensions, index, r->detail);
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

static void take_report(struct env *e, const struct spawn_report *r)
{
    if (r->who > 0) {
        take_extension_report(e, r);
    } else if (r->kind == SPAWN_STARTED) {
        pthread_mutex_lock(&e->lock);
        e->command_inside = r->detail;
        pthread_mutex_unlock(&e->lock);
    } else {
        set_ended(e, r);
    }
}

/* ---- the shutdown phase ---- */

static const char *reason_to_end(const struct env *e)
{
    if (e->timed_out)
        return "timeout";
    return e->ended || e->extensions.failed || e->init_failed ? "failure" : "spindown";
}

static void begin_shutdown(struct env *e)
{
    const bool external = extensions_external(&e->extensions) > 0;
    const int64_t us = external ? SHUTDOWN_US : SHUTDOWN_INTERNAL_US;
    const int64_t now = clock_mono_us();

    e->stopping = true;
    e->shutdown_reason = reason_to_end(e);
    e->runtime_until_us = external ? now + us / RUNTIME_SHARE : now + us;
    e->until_us = now + us;
    e->deadline_wall_ms = clock_wall(&clock_system) + us / 1000;
    child_stop_command(&e->child);
    eventfd_write(e->wake, 1);
}

void env_end(struct env *e)
{
    pthread_mutex_lock(&e->lock);
    if (e->extensions.count == 0 || e->wake < 0 || e->child.supervisor <= 0 || e->closing) {
        e->closing = true;
        child_kill(&e->child);
    } else if (!e->stopping) {
        begin_shutdown(e);
    }
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

bool env_is_over(const struct env *e)
{
    return e->ended || e->closing || e->stopping || e->extensions.failed;
}

/* First the runtime ends, then the extensions are told. Returns how long to wait, in ms; or -1. */
static int shutdown_step(struct env *e)
{
    const int64_t now = clock_mono_us();
    int64_t next = -1;

    pthread_mutex_lock(&e->lock);
    if (e->stopping && !e->closing) {
        if (!e->shutdown_offered && (e->ended || !e->command_asked || now >= e->runtime_until_us)) {
            e->shutdown_offered = true;
            extensions_offer_shutdown(&e->extensions);
            pthread_cond_broadcast(&e->changed);
        }
        if (now >= e->until_us || (e->shutdown_offered && extensions_are_gone(&e->extensions))) {
            e->closing = true;
            child_kill(&e->child);
            pthread_cond_broadcast(&e->changed);
        } else {
            next = (e->shutdown_offered ? e->until_us : e->runtime_until_us) - now;
        }
    }
    pthread_mutex_unlock(&e->lock);
    return next < 0 ? -1 : (int)(next / 1000) + 1;
}

/* ---- the life of the processes ---- */

/* Until the supervisor is gone: moves output into the log, and tells how the command ended. */
static void attend(struct env *e, const struct child *child)
{
    struct pollfd fds[3] = {
        {child->reports, POLLIN, 0}, {e->log.in, POLLIN, 0}, {e->wake, POLLIN, 0}};

    for (;;) {
        struct spawn_report r;
        eventfd_t count;
        int got;

        if (poll(fds, 3, shutdown_step(e)) < 0 && errno != EINTR)
            return;
        if (fds[2].revents)
            eventfd_read(e->wake, &count);
        if (fds[1].revents && !exec_log_drain(&e->log))
            fds[1].fd = -1; /* it closed its output, and lives on */
        while ((got = spawn_report_read(child, &r)) > 0) {
            exec_log_drain(&e->log); /* its last words come before what is said about its end */
            take_report(e, &r);
        }
        if (got < 0)
            return;
    }
}

void env_start_command(struct env *e)
{
    if (e->command_asked || e->child.supervisor <= 0 || e->extensions.failed ||
        !extensions_are_registered(&e->extensions))
        return;
    e->command_asked = true;
    if (e->plan.extension_count)
        child_start_command(&e->child); /* otherwise it runs already */
}

static void start_processes(struct env *e)
{
    const struct spawn what = {.argv = e->plan.argv,
                               .envp = e->plan.envp,
                               .cwd = e->plan.cwd,
                               .out = e->log.out,
                               .box = e->box,
                               .beside = e->plan.extensions,
                               .beside_count = e->extensions.count,
                               .beside_envp = e->plan.extension_envp};
    struct child child = {0};
    struct err err = {0};
    const int r = spawn_start(&child, &what, &err);

    exec_log_close_out(&e->log);
    pthread_mutex_lock(&e->lock);
    e->child = child;
    if (r < 0) {
        e->spawn_err = err;
        e->ended = true;
        pthread_cond_broadcast(&e->changed);
    } else if (e->closing) {
        child_kill(&e->child);
    } else {
        env_start_command(e); /* extensions may have been quick */
    }
    pthread_mutex_unlock(&e->lock);
}

void *env_keep(void *env)
{
    struct env *e = env;
    const struct spawn_report vanished = {.kind = SPAWN_ENDED, .detail = SIGKILL};

    start_processes(e);
    if (e->child.supervisor > 0) {
        attend(e, &e->child);
        child_wait(&e->child);
        set_ended(e, &vanished); /* if it did not say how */
    }
    pthread_mutex_lock(&e->lock);
    child_release(&e->child);
    e->closing = true;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    env_api_close(e);
    exec_log_drain(&e->log);
    e->finished_fn(e->finished_ctx, e);
    return NULL;
}
