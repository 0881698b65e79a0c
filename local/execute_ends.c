#include "local/execute_ends.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "local/execute_words.h"

void end_finish(struct invocation *inv, const char *status, const char *error_type)
{
    struct execute_result *ret = inv->ret;
    CLEANUP(buf_release) struct buf lines = {0};
    struct words_report report = {
        inv->event->request_id, 0, ret->init_ms, inv->v->memory_mb, 0, status, error_type};
    const double ms = (double)(clock_mono_us() - inv->start_us) / 1000;

    /* A function that was stopped took exactly what it may. */
    ret->duration_ms = status && strcmp(status, "timeout") == 0 ? (double)inv->v->timeout_ms : ms;
    ret->max_memory_mb = env_max_memory_mb(inv->env);
    report.duration_ms = ret->duration_ms;
    report.max_memory_mb = ret->max_memory_mb;
    buf_printf(&lines, "END RequestId: %s\n", inv->event->request_id);
    words_report(&lines, &report);
    buf_putc(&lines, '\n');
    exec_log_end(&inv->env->log, buf_str(&lines), &ret->log_tail);
}

static void set_error(struct invocation *inv, const char *type, const char *reason)
{
    CLEANUP(buf_release) struct buf message = {0};

    buf_printf(&message, "RequestId: %s Error: %s", inv->event->request_id, reason);
    buf_clear(&inv->ret->payload);
    words_error(&inv->ret->payload, type, buf_c(&message));
    snprintf(inv->ret->function_error, sizeof(inv->ret->function_error), "Unhandled");
}

void end_failed(struct invocation *inv, const char *type, const char *reason)
{
    set_error(inv, type, reason);
    exec_log_line(&inv->env->log, "RequestId: %s Error: %s\n%s", inv->event->request_id, reason,
                  type);
    end_finish(inv, "error", type);
}

void end_timeout(struct invocation *inv)
{
    char reason[64], now[32];

    snprintf(reason, sizeof(reason), "Task timed out after %.2f seconds",
             (double)inv->v->timeout_ms / 1000);
    clock_format_rfc3339(now, sizeof(now), clock_wall(&clock_system), true);
    set_error(inv, "Sandbox.Timedout", reason);
    exec_log_line(&inv->env->log, "%s %s %s\n", now, inv->event->request_id, reason);
    end_finish(inv, "timeout", NULL);
}

void end_exit(struct invocation *inv)
{
    CLEANUP(buf_release) struct buf reason = {0};

    words_exit(&reason, inv->env->end.detail);
    end_failed(inv, "Runtime.ExitError", buf_c(&reason));
}

void end_exec(struct invocation *inv)
{
    CLEANUP(buf_release) struct buf reason = {0};

    buf_printf(&reason, "fork/exec %s: ", inv->env->plan.argv[0]);
    words_errno(&reason, inv->env->end.detail);
    end_failed(inv, "Runtime.InvalidEntrypoint", buf_c(&reason));
}

void end_extension(struct invocation *inv)
{
    struct extensions *x = &inv->env->extensions;

    end_failed(inv, x->error_type, buf_c(&x->reason));
}

void end_error(struct invocation *inv, struct buf *body, const char *type)
{
    inv->ret->payload = *body;
    *body = (struct buf){0};
    snprintf(inv->ret->function_error, sizeof(inv->ret->function_error), "Unhandled");
    end_finish(inv, "error", type);
}
