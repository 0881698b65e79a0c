#include "local/execute_invoke.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "local/execute_ends.h"
#include "local/execute_words.h"

/* This machine failed, not the function. */
static int broken(const struct env *e, struct err *err)
{
    if (e->spawn_err.kind != ERR_NONE) {
        *err = e->spawn_err;
        return -1;
    }
    if (e->ended && e->end.kind == SPAWN_NO_BOX)
        return err_sys(err, ERR_IO, e->end.detail, "step %d of the sandbox", e->end.step);
    return err_set(err, ERR_IO, "the local Lambda is about to end");
}

/* ---- the init phase ---- */

static void begin(struct invocation *inv)
{
    if (!inv->begun)
        exec_log_begin(&inv->env->log, inv->event->request_id, inv->v->version);
    inv->begun = true;
    inv->start_us = clock_mono_us();
    inv->deadline_us = inv->start_us + inv->v->timeout_ms * 1000;
}

static void log_init_failure(struct invocation *inv, enum env_wait how, double ms,
                             const char *phase)
{
    const char *type = how == ENV_WAIT_ERROR       ? inv->env->init_error_type
                       : how == ENV_WAIT_EXTENSION ? inv->env->extensions.error_type
                                                   : "Runtime.ExitError";

    if (how == ENV_WAIT_TIMEOUT)
        exec_log_line(&inv->env->log,
                      "INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: timeout", ms, phase);
    else
        exec_log_line(&inv->env->log,
                      "INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: error\t"
                      "Error Type: %s",
                      ms, phase, type);
}

static bool cannot_exec(const struct env *e, enum env_wait how)
{
    return how == ENV_WAIT_ENDED && e->end.kind == SPAWN_NO_EXEC;
}

/* 1: up; 0: the invocation is over, the result says why; -1: not run. */
static int end_init(struct invocation *inv, enum env_wait how, struct err *err)
{
    struct env *e = inv->env;

    switch (how) {
    case ENV_WAIT_READY:
        return 1;
    case ENV_WAIT_BROKEN:
        return broken(e, err);
    case ENV_WAIT_ERROR:
        end_error(inv, &e->init_error, e->init_error_type);
        return 0;
    case ENV_WAIT_TIMEOUT:
        end_timeout(inv);
        return 0;
    case ENV_WAIT_EXTENSION:
        end_extension(inv);
        return 0;
    case ENV_WAIT_MEMORY:
    case ENV_WAIT_ENDED:
        if (cannot_exec(e, how))
            end_exec(inv);
        else
            end_exit(inv);
        return 0;
    }
    return 0;
}

/* A version that can never run fails its invocation; there is nothing to wait for. */
static int refuse(struct invocation *inv, const struct err *why)
{
    begin(inv);
    end_failed(inv, "Runtime.InvalidEntrypoint", why->text);
    return 0;
}

static int start(struct invocation *inv, const char *request_id, struct err *err)
{
    struct err why = {0};

    inv->env = NULL;
    inv->begun = request_id != NULL;
    if (pool_start(inv->pool, inv->v, request_id, &inv->env, &why) == 0)
        return 1;
    if (inv->env)
        return refuse(inv, &why);
    *err = why;
    return -1;
}

/*
 * Lambda tries a failed init phase once more, as part of the invocation and under the function's
 * own timeout ("suppressed init").
 */
static int init_again(struct invocation *inv, struct err *err)
{
    enum env_wait how;
    int64_t start_us = clock_mono_us();
    int r;

    pool_discard(inv->pool, inv->env);
    r = start(inv, inv->event->request_id, err);
    if (r <= 0)
        return r;
    begin(inv);
    start_us = inv->start_us;
    how = env_wait_init(inv->env, inv->deadline_us);
    if (how != ENV_WAIT_READY && how != ENV_WAIT_BROKEN && !cannot_exec(inv->env, how))
        log_init_failure(inv, how, (double)(clock_mono_us() - start_us) / 1000, "invoke");
    return end_init(inv, how, err);
}

static int init(struct invocation *inv, struct err *err)
{
    const int64_t start_us = clock_mono_us();
    enum env_wait how;
    double ms;
    const int r = start(inv, NULL, err);

    inv->ret->cold = true;
    if (r <= 0)
        return r;
    how = env_wait_init(inv->env, start_us + inv->init_limit_us);
    ms = (double)(clock_mono_us() - start_us) / 1000;
    if (how == ENV_WAIT_READY) {
        inv->ret->init_ms = ms;
        begin(inv);
        return 1;
    }
    if (how == ENV_WAIT_BROKEN || cannot_exec(inv->env, how)) {
        begin(inv);
        return end_init(inv, how, err);
    }
    log_init_failure(inv, how, ms, "init");
    return init_again(inv, err);
}

/* ---- the invoke phase ---- */

static void end_answered(struct invocation *inv, struct flight *f, enum env_wait how)
{
    CLEANUP(buf_release) struct buf reason = {0};

    if (how == ENV_WAIT_ENDED) {
        words_exit(&reason, inv->env->end.detail);
        exec_log_line(&inv->env->log, "RequestId: %s Error: %s, after it had answered",
                      inv->event->request_id, buf_c(&reason));
    } else if (how == ENV_WAIT_TIMEOUT) {
        exec_log_line(&inv->env->log, "%s Task timed out after %.2f seconds, after it had answered",
                      inv->event->request_id, (double)inv->v->timeout_ms / 1000);
    } else if (how == ENV_WAIT_EXTENSION) {
        exec_log_line(&inv->env->log, "RequestId: %s Error: %s\n%s", inv->event->request_id,
                      buf_c(&inv->env->extensions.reason), inv->env->extensions.error_type);
    }
    if (f->too_large) {
        /* Recorded from AWS: without the request id in front. */
        words_error(&inv->ret->payload, "Function.ResponseSizeTooLarge",
                    "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
        snprintf(inv->ret->function_error, sizeof(inv->ret->function_error), "Unhandled");
        end_finish(inv, "error", "Function.ResponseSizeTooLarge");
    } else if (f->failed) {
        end_error(inv, &f->body, f->error_type);
    } else {
        inv->ret->payload = f->body;
        f->body = (struct buf){0};
        end_finish(inv, NULL, NULL);
    }
}

static int end_flight(struct invocation *inv, struct flight *f, enum env_wait how, bool answered,
                      struct err *err)
{
    if (answered) {
        end_answered(inv, f, how);
        return 0;
    }
    switch (how) {
    case ENV_WAIT_BROKEN:
        return broken(inv->env, err);
    case ENV_WAIT_TIMEOUT:
        end_timeout(inv);
        return 0;
    case ENV_WAIT_MEMORY: {
        CLEANUP(buf_release) struct buf reason = {0};

        words_exit(&reason, SIGKILL);
        end_failed(inv, "Runtime.OutOfMemory", buf_c(&reason));
        return 0;
    }
    case ENV_WAIT_EXTENSION:
        end_extension(inv);
        return 0;
    case ENV_WAIT_READY:
    case ENV_WAIT_ERROR:
    case ENV_WAIT_ENDED:
        end_exit(inv);
        return 0;
    }
    return 0;
}

/* *ret_again: a warm environment was gone before it got the event; nothing was run. */
static int fly(struct invocation *inv, bool warm, bool *ret_again, struct err *err)
{
    struct flight f = {.event = inv->event,
                       .deadline_wall_ms = clock_wall(&clock_system) + inv->v->timeout_ms};
    bool answered;
    const enum env_wait how = env_fly(inv->env, &f, inv->deadline_us, inv->v->memory_mb, &answered);
    int r = 0;

    *ret_again = warm && !f.delivered &&
                 (how == ENV_WAIT_ENDED || (how == ENV_WAIT_EXTENSION && f.hopeless));
    if (!*ret_again)
        r = end_flight(inv, &f, how, answered, err);
    buf_release(&f.body);
    if (how != ENV_WAIT_READY) {
        pool_discard(inv->pool, inv->env);
        inv->env = NULL;
    }
    return r;
}

static int run(struct invocation *inv, struct err *err)
{
    bool again;
    int r;

    if (inv->env) {
        begin(inv);
        r = fly(inv, true, &again, err);
        if (!again)
            return r;
        inv->begun = false;
    }
    r = init(inv, err);
    if (r > 0)
        return fly(inv, false, &again, err);
    if (inv->env)
        pool_discard(inv->pool, inv->env);
    inv->env = NULL;
    return r;
}

int execute_invoke(struct pool *pool, int64_t init_ms, const struct execute_version *v,
                   const struct execute_event *event, struct execute_result *ret, struct err *err)
{
    struct invocation inv = {
        .pool = pool, .v = v, .event = event, .ret = ret, .init_limit_us = init_ms * 1000};
    int r;

    if (pool_take(pool, v, event->fresh, &inv.env, err) < 0)
        return -1;
    r = run(&inv, err);
    if (inv.env)
        pool_give(pool, inv.env);
    else
        pool_give_up(pool, v);
    return r;
}
