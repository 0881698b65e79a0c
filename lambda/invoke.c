#include "lambda/invoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "base/codec.h"
#include "base/mem.h"
#include "lambda/json_text.h"

enum { LONGEST_MS = 15 * 60 * 1000 + 30 * 1000 };

struct invoke_call {
    struct aws_transfer *transfer;
    bool log_tail;
};

/* ---- builder ---- */

static const char *type_name(enum invoke_type type)
{
    switch (type) {
    case INVOKE_REQUEST_RESPONSE:
        return "RequestResponse";
    case INVOKE_EVENT:
        return "Event";
    case INVOKE_DRY_RUN:
        return "DryRun";
    }
    return "RequestResponse";
}

int invoke_request(struct aws_request *r, const struct invoke_request *q, struct err *err)
{
    CLEANUP(buf_release) struct buf context = {0};

    base64_encode(&context, q->client_context);
    if (context.len > INVOKE_CLIENT_CONTEXT_MAX)
        return err_set(err, ERR_INPUT,
                       "the client context is %zu bytes as base64; Lambda takes at most %d",
                       context.len, INVOKE_CLIENT_CONTEXT_MAX);
    lambda_begin(r, "Invoke", "POST", AWS_INVOKES, q->function);
    aws_request_path(r, "/invocations");
    aws_request_query(r, "Qualifier", q->qualifier);
    aws_request_header(r, "content-type", STR("application/json"));
    aws_request_header(r, "x-amz-invocation-type", str_c(type_name(q->type)));
    if (q->type == INVOKE_REQUEST_RESPONSE) {
        aws_request_header(r, "x-amz-log-type", q->log_tail ? STR("Tail") : STR("None"));
        if (context.len)
            aws_request_header(r, "x-amz-client-context", buf_str(&context));
    }
    r->body = q->payload;
    r->quota = AWS_QUOTA_NONE;
    r->timeout_ms = q->timeout_ms ? q->timeout_ms : LONGEST_MS;
    r->max_reply_bytes = q->max_reply_bytes ? q->max_reply_bytes : INVOKE_REPLY_MAX;
    return 0;
}

/* ---- one call ---- */

int invoke_prepare(struct invoke_call **ret, struct aws_client *client,
                   const struct invoke_request *request, struct err *err)
{
    struct aws_request r;
    struct invoke_call *call;
    int result;

    if (invoke_request(&r, request, err) < 0)
        return -1;
    call = mem_zalloc(sizeof(*call));
    call->log_tail = request->log_tail;
    result = aws_transfer_new(&call->transfer, client, &r, err);
    aws_request_release(&r);
    if (result < 0)
        free(call);
    else
        *ret = call;
    return result;
}

CURL *invoke_easy(struct invoke_call *call)
{
    return aws_transfer_easy(call->transfer);
}

void invoke_free(struct invoke_call *call)
{
    if (!call)
        return;
    aws_transfer_free(call->transfer);
    free(call);
}

void invoke_reply_release(struct invoke_reply *reply)
{
    buf_release(&reply->payload);
    buf_release(&reply->log);
    buf_release(&reply->headers);
    *reply = (struct invoke_reply){0};
}

static void copy_header(char *out, size_t size, const struct aws_reply *reply, const char *name)
{
    struct str value;

    if (aws_reply_header(reply, name, &value))
        snprintf(out, size, "%.*s", STR_ARG(value));
}

static void read_reply(struct invoke_reply *ret, struct aws_reply *reply)
{
    struct str log;

    copy_header(ret->executed_version, sizeof(ret->executed_version), reply,
                "x-amz-executed-version");
    copy_header(ret->function_error, sizeof(ret->function_error), reply, "x-amz-function-error");
    copy_header(ret->request_id, sizeof(ret->request_id), reply, "x-amzn-requestid");
    buf_init(&ret->log, INVOKE_LOG_MAX);
    if (aws_reply_header(reply, "x-amz-log-result", &log))
        base64_decode(&ret->log, log); /* an unreadable tail is no tail */
    ret->status = reply->status;
    ret->timing = reply->timing;
    ret->headers = reply->headers;
    reply->headers = (struct buf){0};
    if (reply->status / 100 != 2)
        return;
    ret->payload = reply->body;
    reply->body = (struct buf){0};
}

int invoke_finish(struct invoke_call *call, CURLcode result, struct invoke_reply *ret,
                  struct err *err)
{
    struct aws_reply reply = {0};
    struct invoke_reply r = {0};
    struct aws_error error = {{0}};

    if (aws_transfer_finish(call->transfer, result, &reply, &error, err) < 0)
        return -1;
    read_reply(&r, &reply);
    if (r.status / 100 != 2)
        r.error = error;
    r.clock_was_off = aws_transfer_clock_was_off(call->transfer);
    aws_reply_release(&reply);
    *ret = r;
    return 0;
}

int invoke(struct aws_client *client, const struct invoke_request *request,
           struct invoke_reply *ret, struct err *err)
{
    for (bool again = false;; again = true) {
        struct invoke_call *call;
        struct invoke_reply reply = {0};
        int result;

        if (invoke_prepare(&call, client, request, err) < 0)
            return -1;
        result = invoke_finish(call, curl_easy_perform(invoke_easy(call)), &reply, err);
        invoke_free(call);
        if (result < 0)
            return -1;
        if (!reply.clock_was_off || again) {
            *ret = reply;
            return 0;
        }
        invoke_reply_release(&reply);
    }
}

int invoke_reply_error(const struct invoke_reply *reply, struct err *err)
{
    return aws_error_to_err(&reply->error, AWS_INVOKES, err);
}
