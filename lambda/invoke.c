#include "lambda/invoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "base/codec.h"
#include "base/header.h"
#include "base/mem.h"
#include "lambda/eventstream.h"
#include "lambda/json_text.h"

enum { LONGEST_MS = 15 * 60 * 1000 + 30 * 1000 };

struct invoke_call {
    struct aws_transfer *transfer;
    bool stream;
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
    lambda_begin_at(r, q->stream ? "/2021-11-15" : "/2015-03-31",
                    q->stream ? "InvokeWithResponseStream" : "Invoke", "POST", AWS_INVOKES,
                    q->function);
    aws_request_path(r, q->stream ? "/response-streaming-invocations" : "/invocations");
    aws_request_query(r, "Qualifier", q->qualifier);
    aws_request_header(r, "content-type", STR("application/json"));
    aws_request_header(r, "x-amz-invocation-type", str_c(type_name(q->type)));
    if (q->type == INVOKE_REQUEST_RESPONSE) {
        aws_request_header(r, "x-amz-log-type", q->log_tail ? STR("Tail") : STR("None"));
        if (context.len)
            aws_request_header(r, "x-amz-client-context", buf_str(&context));
    }
    if (q->fresh)
        aws_request_header(r, HEADER_FRESH, STR("true"));
    r->body = q->payload;
    r->quota = AWS_QUOTA_NONE;
    r->timeout_ms = q->timeout_ms ? q->timeout_ms : LONGEST_MS;
    r->max_reply_bytes = q->max_reply_bytes ? q->max_reply_bytes
                         : q->stream        ? INVOKE_STREAM_MAX
                                            : INVOKE_REPLY_MAX;
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
    call->stream = request->stream;
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
    buf_release(&reply->failure);
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

static void read_log(struct invoke_reply *ret, struct str text)
{
    buf_init(&ret->log, INVOKE_LOG_MAX);
    base64_decode(&ret->log, text); /* an unreadable tail is no tail */
}

static void read_reply(struct invoke_reply *ret, struct aws_reply *reply)
{
    struct str log, fresh;

    copy_header(ret->executed_version, sizeof(ret->executed_version), reply,
                "x-amz-executed-version");
    copy_header(ret->function_error, sizeof(ret->function_error), reply, "x-amz-function-error");
    copy_header(ret->request_id, sizeof(ret->request_id), reply, "x-amzn-requestid");
    if (aws_reply_header(reply, "x-amz-log-result", &log))
        read_log(ret, log);
    ret->fresh = aws_reply_header(reply, HEADER_FRESH, &fresh) && str_eq_c(fresh, "true");
    ret->status = reply->status;
    ret->timing = reply->timing;
    ret->headers = reply->headers;
    reply->headers = (struct buf){0};
    if (reply->status / 100 != 2)
        return;
    ret->payload = reply->body;
    reply->body = (struct buf){0};
}

/* ErrorDetails is what a buffered answer would have been, or text. */
static void put_error(struct invoke_reply *ret, const char *code, const char *details)
{
    json_t *parsed = json_loads(details, 0, NULL);
    json_t *error = json_is_object(parsed)
                        ? json_incref(parsed)
                        : json_pack("{ssss}", "errorType", code, "errorMessage", details);
    char *text = json_dumps(error, JSON_COMPACT);

    snprintf(ret->function_error, sizeof(ret->function_error), "Unhandled");
    buf_add_c(ret->payload.len ? &ret->failure : &ret->payload, text);
    free(text);
    json_decref(error);
    json_decref(parsed);
}

static void complete(struct invoke_reply *ret, struct str payload)
{
    json_t *event = json_loadb(payload.data ? payload.data : "", payload.len, 0, NULL);
    const char *code = json_string_value(json_object_get(event, "ErrorCode"));
    const char *details = json_string_value(json_object_get(event, "ErrorDetails"));
    const char *log = json_string_value(json_object_get(event, "LogResult"));

    if (code && *code)
        put_error(ret, code, details ? details : "");
    if (log)
        read_log(ret, str_c(log));
    json_decref(event);
}

/* Returns 1 when the stream is complete, 0 when it goes on. */
static int take_message(struct invoke_reply *ret, const struct eventstream_message *m,
                        struct err *err)
{
    if (!str_eq(m->message_type, STR("event")))
        return err_set(err, ERR_UNKNOWN, "the response stream broke off: %.*s %.*s",
                       STR_ARG(m->exception), STR_ARG(str_slice(m->error, 0, 300)));
    if (str_eq(m->event_type, STR("PayloadChunk"))) {
        buf_add_str(&ret->payload, m->payload);
        return 0;
    }
    if (!str_eq(m->event_type, STR("InvokeComplete")))
        return 0; /* one that is new since */
    complete(ret, m->payload);
    return 1;
}

int invoke_stream_read(struct str stream, struct invoke_reply *ret, struct err *err)
{
    struct eventstream_message m;
    int result;

    while ((result = eventstream_next(&stream, &m, err)) == 1) {
        const int done = take_message(ret, &m, err);

        if (done)
            return done < 0 ? -1 : 0;
    }
    return result < 0 ? -1
                      : err_set(err, ERR_UNKNOWN,
                                "the response stream ended without "
                                "InvokeComplete: it was cut");
}

/* The body of a stream is its messages; what they hold is the answer. */
static int unpack(struct invoke_reply *r, struct err *err)
{
    struct buf stream = r->payload;
    int result;

    r->payload = (struct buf){0};
    result = invoke_stream_read(buf_str(&stream), r, err);
    buf_release(&stream);
    return result;
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
    r.clock_was_off = aws_transfer_sign_again(call->transfer);
    aws_reply_release(&reply);
    if (call->stream && r.status == 200 && unpack(&r, err) < 0) {
        invoke_reply_release(&r);
        return err_ctx(err, "lambda InvokeWithResponseStream");
    }
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
