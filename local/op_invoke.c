/* Invoke. */
#include "base/codec.h"
#include "base/header.h"
#include "local/call.h"
#include "local/dispatch.h"
#include "local/event_row.h"
#include "local/handlers.h"
#include "local/invoke_request.h"
#include "local/queue.h"

static int answer_result(struct call *c, const struct invoke_request *r,
                         const struct invocation *invocation, struct execute_result *result)
{
    struct http_reply *reply = c->reply;

    http_reply_clear(reply);
    reply->status = 200;
    reply->content_type = "application/json";
    reply->body = result->payload;
    result->payload = (struct buf){0};
    http_reply_header(reply, "X-Amz-Executed-Version", invocation->version.version);
    if (result->function_error[0])
        http_reply_header(reply, "X-Amz-Function-Error", result->function_error);
    if (r->fresh)
        http_reply_header(reply, HEADER_FRESH, "true");
    if (r->tail) {
        struct buf log = {0};

        base64_encode(&log, buf_str(&result->log_tail));
        http_reply_header(reply, "X-Amz-Log-Result", buf_c(&log));
        buf_release(&log);
    }
    return 0;
}

static int run_now(struct call *c, const struct invoke_request *r,
                   const struct invocation *invocation)
{
    struct execute_result result = {.function_error = ""};
    const struct execute_event event = {.request_id = c->request_id,
                                        .invoked_arn = invocation->invoked_arn,
                                        .payload = r->payload,
                                        .client_context = buf_str(&r->client_context),
                                        .fresh = r->fresh};
    struct err err = {0};
    int status;

    if (executor_invoke(c->local->executor, &invocation->version, &event, &result, &err) < 0)
        return invoke_fail(c, &err);
    status = answer_result(c, r, invocation, &result);
    execute_result_release(&result);
    return status;
}

static int run_later(struct call *c, const struct invoke_request *r,
                     const struct invocation *invocation)
{
    const struct event_row event = {.function = invocation->version.function,
                                    .version = version_number(invocation->version.version),
                                    .invoked_arn = invocation->invoked_arn,
                                    .request_id = c->request_id,
                                    .payload = r->payload,
                                    .retries_left = r->limits.retries,
                                    .expires_ms = c->now_ms + r->limits.age_s * 1000};
    int64_t id;

    if (event_queue_full(c->local->events))
        return fail_throttled(c, "CallerRateLimitExceeded", "Rate Exceeded.");
    call_lock(c);
    id = event_row_add(c, &event);
    if (call_commit(c) < 0)
        return -1;
    event_queue_add(c->local->events, id, event.function);
    return answer_nothing(c, 202);
}

static int run(struct call *c, const struct invoke_request *r, const struct invocation *invocation)
{
    int status;

    if (r->dry_run)
        return answer_nothing(c, 204);
    if (r->event)
        return run_later(c, r, invocation);
    if (invocation_admit(c, invocation) < 0)
        return -1;
    status = run_now(c, r, invocation);
    invocation_leave(c->local, invocation);
    return status;
}

int function_invoke(struct call *c)
{
    struct invoke_request r;
    struct invocation invocation;
    int status = invoke_request_read(c, &r, &invocation);

    if (status == 0)
        status = run(c, &r, &invocation);
    invoke_request_release(&r);
    return status;
}
