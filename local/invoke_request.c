#include "local/invoke_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/header.h"
#include "json/reader.h"
#include "local/dispatch.h"
#include "local/rules.h"

enum {
    PAYLOAD_SYNC_MAX = 6291456,
    PAYLOAD_EVENT_MAX = 1048576,
    CLIENT_CONTEXT_MAX = 3583, /* as base64 */
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
    r->fresh = str_eq_c(http_header(c->request, HEADER_FRESH), "true");
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

static int find(struct call *c, struct invoke_request *r, struct invocation *invocation)
{
    if (function_ref_read(c, true, &r->ref) < 0 || read_options(c, r) < 0 ||
        invocation_resolve(c, &r->ref, invocation) < 0)
        return -1;
    r->limits = event_limits(c, r->ref.name, r->ref.qualifier);
    return 0;
}

int invoke_request_read(struct call *c, struct invoke_request *ret, struct invocation *invocation)
{
    *ret = (struct invoke_request){.event = false};
    buf_init(&ret->client_context, CLIENT_CONTEXT_MAX);
    call_lock(c);
    if (find(c, ret, invocation) < 0 && !db_failed(c->local->db)) {
        call_rollback(c);
        return -1;
    }
    return call_commit(c) < 0 ? -1 : check_payload(c, ret);
}

void invoke_request_release(struct invoke_request *r)
{
    buf_release(&r->client_context);
}

int invoke_fail(struct call *c, const struct err *err)
{
    if (err->kind == ERR_THROTTLED)
        return fail_throttled(c, "ConcurrentInvocationLimitExceeded", "Rate Exceeded.");
    return fail(c, FAIL_SERVICE, "%s", err->text);
}
