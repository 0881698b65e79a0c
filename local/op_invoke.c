/* Invoke. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "json/reader.h"
#include "local/call.h"
#include "local/dispatch.h"
#include "local/event_config.h"
#include "local/handlers.h"
#include "local/invocation.h"
#include "local/queue.h"
#include "local/rules.h"

enum {
    PAYLOAD_SYNC_MAX = 6291456,
    PAYLOAD_EVENT_MAX = 1048576,
    CLIENT_CONTEXT_MAX = 3583, /* as base64 */
};

struct invoke_request {
    struct function_ref ref;
    int retries; /* of an event */
    bool event, dry_run, tail;
    struct str payload;
    struct buf client_context;
};

static const char *header_text(struct call *c, const char *name)
{
    const struct str value = http_header(c->request, name);

    return value.data ? arena_dup_str(&c->arena, value) : NULL;
}

static int read_options(struct call *c, struct invoke_request *r)
{
    static const char *const types[] = {"Event", "RequestResponse", "DryRun"};
    static const char *const logs[] = {"None", "Tail"};
    const char *type = header_text(c, "x-amz-invocation-type");
    const char *log = header_text(c, "x-amz-log-type");
    const char *context = header_text(c, "x-amz-client-context");
    struct checks k;

    checks_begin(&k, c);
    check_enum(&k, type, "invocationType", types, ARRAY_LEN(types));
    check_enum(&k, log, "logType", logs, ARRAY_LEN(logs));
    if (checks_end(&k) < 0)
        return -1;
    r->event = type && strcmp(type, "Event") == 0;
    r->dry_run = type && strcmp(type, "DryRun") == 0;
    r->tail = log && strcmp(log, "Tail") == 0;
    if (!context || r->event || r->dry_run)
        return 0;
    if (strlen(context) > CLIENT_CONTEXT_MAX)
        return fail(c, FAIL_CONTENT, "Client context must be at most %d bytes.",
                    CLIENT_CONTEXT_MAX);
    if (base64_decode(&r->client_context, str_c(context)) < 0)
        return fail(c, FAIL_CONTENT, "Client context must be a valid Base64-encoded JSON object.");
    return 0;
}

static int check_payload(struct call *c, struct invoke_request *r)
{
    const int max = r->event ? PAYLOAD_EVENT_MAX : PAYLOAD_SYNC_MAX;
    struct json_doc *doc = NULL;
    struct err err = {0};

    r->payload = c->request->body.len ? c->request->body : STR("{}");
    if (c->request->body_too_big || r->payload.len > (size_t)max)
        return fail(c, FAIL_REQUEST_TOO_LARGE,
                    "Request must be smaller than %d bytes for the InvokeFunction operation", max);
    if (json_doc_parse(&doc, r->payload, "payload", JSON_READ_DUPLICATES, &err) < 0)
        return fail(c, FAIL_CONTENT, "Could not parse request body into json: %s", err.text);
    json_doc_free(doc);
    return 0;
}

/* ---- answering ---- */

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
    if (r->tail) {
        struct buf log = {0};

        base64_encode(&log, buf_str(&result->log_tail));
        http_reply_header(reply, "X-Amz-Log-Result", buf_c(&log));
        buf_release(&log);
    }
    return 0;
}

static int fail_executor(struct call *c, const struct err *err)
{
    if (err->kind == ERR_THROTTLED)
        return fail_throttled(c, "ConcurrentInvocationLimitExceeded", "Rate Exceeded.");
    return fail(c, FAIL_SERVICE, "%s", err->text);
}

static int run_now(struct call *c, const struct invoke_request *r,
                   const struct invocation *invocation)
{
    struct execute_result result = {.function_error = ""};
    const struct execute_event event = {.request_id = c->request_id,
                                        .invoked_arn = invocation->invoked_arn,
                                        .payload = r->payload,
                                        .client_context = buf_str(&r->client_context)};
    struct err err = {0};
    int status;

    if (executor_invoke(c->local->executor, &invocation->version, &event, &result, &err) < 0)
        return fail_executor(c, &err);
    status = answer_result(c, r, invocation, &result);
    execute_result_release(&result);
    return status;
}

static int run_later(struct call *c, const struct invoke_request *r,
                     const struct invocation *invocation)
{
    const struct queued_event event = {.function = invocation->version.function,
                                       .version = version_number(invocation->version.version),
                                       .invoked_arn = invocation->invoked_arn,
                                       .request_id = c->request_id,
                                       .payload = r->payload,
                                       .retries = r->retries};

    if (!event_queue_add(c->local->events, &event))
        return fail_throttled(c, "CallerRateLimitExceeded", "Rate Exceeded.");
    return answer_nothing(c, 202);
}

static int invoke(struct call *c, struct invoke_request *r)
{
    struct invocation invocation;
    int found;

    call_lock(c);
    found = function_ref_read(c, true, &r->ref);
    if (found == 0)
        found = read_options(c, r);
    if (found == 0)
        found = invocation_resolve(c, &r->ref, &invocation);
    if (found == 0)
        r->retries = event_retries(c, r->ref.name, r->ref.qualifier);
    if (found < 0 && !db_failed(c->local->db)) {
        call_rollback(c);
        return -1;
    }
    if (call_commit(c) < 0 || check_payload(c, r) < 0)
        return -1;
    if (r->dry_run)
        return answer_nothing(c, 204);
    if (r->event)
        return run_later(c, r, &invocation);
    if (invocation_admit(c, &invocation) < 0)
        return -1;
    return run_now(c, r, &invocation);
}

int function_invoke(struct call *c)
{
    struct invoke_request r = {0};
    int status;

    buf_init(&r.client_context, CLIENT_CONTEXT_MAX);
    status = invoke(c, &r);
    buf_release(&r.client_context);
    return status;
}
