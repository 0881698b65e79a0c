/*
 * InvokeWithResponseStream: the function runs on a thread of its own and its response leaves part
 * by part, as messages of an event stream that ends with InvokeComplete.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/header.h"
#include "base/mem.h"
#include "local/call.h"
#include "local/event_stream.h"
#include "local/handlers.h"
#include "local/invoke_request.h"
#include "local/stream.h"

/* Outlives the call: it takes over the call's arena. */
struct streaming {
    struct local *local;
    struct arena arena;
    struct invocation invocation;
    struct execute_event event;
    struct http_stream *stream; /* the writer's half */
    bool tail;
};

static int send_part(void *ctx, struct str bytes)
{
    struct streaming *s = ctx;
    struct buf message = {0};
    int r;

    event_stream_add(&message, "PayloadChunk", "application/octet-stream", bytes);
    r = http_stream_write(s->stream, buf_str(&message));
    buf_release(&message);
    return r;
}

static json_t *member_or_null(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_incref(value) : json_null();
}

static void send_complete(struct streaming *s, const struct execute_result *result)
{
    json_t *end = json_object();
    struct buf message = {0}, log = {0};
    char *text;

    if (result->function_error[0]) {
        json_t *error = json_loadb(buf_c(&result->payload), result->payload.len, 0, NULL);

        json_object_set_new(end, "ErrorCode", member_or_null(error, "errorType"));
        json_object_set_new(end, "ErrorDetails", member_or_null(error, "errorMessage"));
        json_decref(error);
    }
    if (s->tail) {
        base64_encode(&log, buf_str(&result->log_tail));
        json_object_set_new(end, "LogResult", json_string(buf_c(&log)));
    }
    text = json_dumps(end, JSON_COMPACT);
    event_stream_add(&message, "InvokeComplete", "application/json", str_c(text));
    http_stream_write(s->stream, buf_str(&message));
    buf_release(&message);
    buf_release(&log);
    free(text);
    json_decref(end);
}

static void count_open(struct local *l, int change)
{
    local_lock(l);
    l->calls_open = (unsigned)((int)l->calls_open + change);
    local_unlock(l);
}

static void *run(void *arg)
{
    struct streaming *s = arg;
    struct execute_result result = {.function_error = ""};
    struct local *l = s->local;
    struct err err = {0};

    if (executor_invoke(l->executor, &s->invocation.version, &s->event, &result, &err) < 0) {
        buf_printf(&result.payload, "{\"errorType\":\"ServiceException\"}");
        memcpy(result.function_error, "Unhandled", sizeof("Unhandled"));
    }
    send_complete(s, &result);
    http_stream_end(s->stream);
    execute_result_release(&result);
    invocation_leave(l, &s->invocation);
    arena_release(&s->arena);
    free(s);
    count_open(l, -1);
    return NULL;
}

static struct streaming *prepare(struct call *c, const struct invoke_request *r,
                                 const struct invocation *invocation)
{
    struct streaming *s = mem_zalloc(sizeof(*s));

    s->local = c->local;
    s->invocation = *invocation;
    s->stream = http_stream_new();
    s->tail = r->tail;
    s->event = (struct execute_event){
        .request_id = arena_dup(&c->arena, c->request_id),
        .invoked_arn = invocation->invoked_arn,
        .payload = arena_str(&c->arena, r->payload),
        .client_context = arena_str(&c->arena, buf_str(&r->client_context)),
        .fresh = r->fresh,
        .part = send_part,
        .part_ctx = s,
    };
    return s;
}

static int start(struct call *c, const struct invoke_request *r,
                 const struct invocation *invocation)
{
    struct streaming *s = prepare(c, r, invocation);
    struct http_reply *reply = c->reply;
    pthread_t thread;

    http_reply_clear(reply);
    reply->status = 200;
    reply->content_type = "application/vnd.amazon.eventstream";
    reply->stream = s->stream;
    http_reply_header(reply, "X-Amz-Executed-Version", invocation->version.version);
    if (r->fresh)
        http_reply_header(reply, HEADER_FRESH, "true");
    s->arena = c->arena; /* what the thread needs lies in it */
    c->arena = (struct arena){0};
    count_open(c->local, 1);
    if (pthread_create(&thread, NULL, run, s) != 0) {
        count_open(c->local, -1);
        http_stream_end(s->stream);
        invocation_leave(c->local, &s->invocation);
        arena_release(&s->arena);
        free(s);
        return fail(c, FAIL_SERVICE, "no thread for the function");
    }
    pthread_detach(thread);
    return 0;
}

int function_invoke_stream(struct call *c)
{
    struct invoke_request r;
    struct invocation invocation;
    int status = invoke_request_read(c, &r, &invocation);

    if (status == 0 && r.dry_run)
        status = answer_nothing(c, 204);
    else if (status == 0 && invocation_admit(c, &invocation) == 0)
        status = start(c, &r, &invocation);
    else
        status = -1;
    invoke_request_release(&r);
    return status;
}
