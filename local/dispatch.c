#include "local/dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "local/admin.h"
#include "local/auth.h"
#include "local/browser.h"
#include "local/call.h"
#include "local/fault.h"
#include "local/late.h"
#include "local/route.h"
#include "local/throttle.h"

/* ---- the life of a call ---- */

static void begin(struct call *c, struct local *l, const struct http_request *request,
                  struct http_reply *reply)
{
    *c = (struct call){.local = l, .request = request, .reply = reply};
    c->now_ms = clock_wall(&l->options.clock);
    rand_uuid(c->request_id, NULL);
}

void call_begin_internal(struct call *c, struct local *l, struct http_reply *reply)
{
    static const struct http_request none;

    begin(c, l, &none, reply);
}

void call_end(struct call *c)
{
    json_decref(c->body);
    json_decref(c->owned);
    arena_release(&c->arena);
}

void call_lock(struct call *c)
{
    local_lock(c->local);
    db_begin(c->local->db);
}

void call_rollback(struct call *c)
{
    db_rollback(c->local->db);
    local_unlock(c->local);
}

int call_commit(struct call *c)
{
    struct err err = {0};
    const int r = db_commit(c->local->db, &err);

    local_unlock(c->local);
    return r < 0 ? fail(c, FAIL_SERVICE, "%s", err.text) : 0;
}

/* ---- the body ---- */

static int read_body(struct call *c)
{
    const struct str body = c->request->body;
    json_error_t error;

    if (c->route->flags & ROUTE_RAW_BODY)
        return 0;
    if (body.len == 0) {
        c->body = json_object();
        return 0;
    }
    c->body = json_loadb(body.data, body.len, 0, &error);
    if (!c->body)
        return fail(c, FAIL_CONTENT,
                    "Could not parse request body into json: %s (line %d, column %d)", error.text,
                    error.line, error.column);
    if (!json_is_object(c->body))
        return fail(c, FAIL_SERIALIZATION, "Start of structure or map found where not expected.");
    return 0;
}

/* The document and the package in it, which leaves nothing large behind. */
static int read_request(struct call *c)
{
    const bool large = c->route->prepare && c->request->body.len > LOCAL_LARGE_REQUEST;
    int r;

    while (large && sem_wait(&c->local->large) < 0)
        ; /* a signal came */
    r = read_body(c);
    if (r == 0 && c->route->prepare)
        r = c->route->prepare(c);
    if (large)
        sem_post(&c->local->large);
    return r;
}

/* ---- running ---- */

static int run_locked(struct call *c)
{
    int r;

    call_lock(c);
    r = c->route->handler(c);
    if (r < 0 && !db_failed(c->local->db)) {
        call_rollback(c);
        return -1;
    }
    return call_commit(c);
}

static int run(struct call *c)
{
    if (!c->route->handler)
        return fail(c, FAIL_NOT_IMPLEMENTED,
                    "%s is not implemented by smokegate-local. docs/local.md lists what is.",
                    c->route->name);
    if (read_request(c) < 0)
        return -1;
    if ((c->route->flags & ROUTE_UNLOCKED ? c->route->handler(c) : run_locked(c)) < 0)
        return -1;
    if (c->retire_function)
        executor_retire(c->local->executor, c->retire_function, c->retire_version);
    return 0;
}

static int admit(struct call *c)
{
    static const enum throttle_bucket buckets[] = {
        [QUOTA_CONTROL] = THROTTLE_CONTROL,
        [QUOTA_GET_FUNCTION] = THROTTLE_GET_FUNCTION,
        [QUOTA_GET_POLICY] = THROTTLE_GET_POLICY,
    };
    const enum route_quota quota = c->route->quota;

    if (quota == QUOTA_INVOKE || quota == QUOTA_NONE ||
        throttle_take(c->local->throttle, buckets[quota], clock_mono(&c->local->options.clock)))
        return 0;
    return fail_throttled(c, "CallerRateLimitExceeded", "Rate exceeded");
}

/* The function a fault rule may name: that of the path; NULL: there is none. */
static const char *function_of(struct call *c)
{
    const char *label = c->labels[0], *part;

    if (!label || strncmp(c->route->path + 11, "/functions/", 11) != 0)
        return NULL;
    part = strstr(label, "function:");
    part = part ? part + 9 : label;
    return arena_dup_str(&c->arena, (struct str){part, strcspn(part, ":")});
}

static void cut(struct call *c)
{
    http_reply_clear(c->reply);
    c->reply->cut = HTTP_CUT_CLOSE;
}

/* Carries the call out, or not, as a fault script has it. */
static void run_with_faults(struct call *c)
{
    const struct fault_effects e =
        fault_take(c->local->faults, c->route->name, function_of(c), &c->arena);

    clock_sleep(&c->local->options.clock, e.delay_ms);
    c->now_ms = clock_wall(&c->local->options.clock);
    c->slow_ms = e.slow_ms;
    c->stale_ms = e.stale_ms;
    c->fail_reason = e.fail;
    if (e.cut == FAULT_CUT_BEFORE) {
        cut(c);
    } else if (e.late_ms) {
        late_calls_add(c->local->late, c->request, e.late_ms);
        cut(c);
    } else if (e.throttle) {
        fail_throttled(c, e.reason, "Rate exceeded");
    } else if (e.status) {
        fail_as(c, e.status, e.type, e.message);
    } else {
        run(c);
        if (e.cut == FAULT_CUT_AFTER)
            cut(c);
    }
}

static void handle(struct call *c, bool trusted)
{
    bool other = false;

    if (browser_check(c) < 0 || admin_handle(c))
        return;
    c->route = route_find(c->request, &c->arena, c->labels, &other);
    if (!c->route) {
        fail(c, FAIL_NO_OPERATION, "%.*s %.*s is no operation of the Lambda API",
             STR_ARG(c->request->method), STR_ARG(c->request->path));
        return;
    }
    if (c->request->body_too_big && !(c->route->flags & ROUTE_RAW_BODY))
        fail(c, FAIL_TOO_LARGE, "Request must be smaller than %d bytes for the %s operation",
             HTTP_BODY_MAX, c->route->name); /* its signature covers what was not read */
    else if (trusted)
        run(c);
    else if (((c->route->flags & ROUTE_OWN_AUTH) || auth_check(c, "lambda") == 0) && admit(c) == 0)
        run_with_faults(c);
    log_debug("%s %.*s: %d %s", c->route->name, STR_ARG(c->request->path), c->reply->status,
              c->request_id);
}

static void count_call(struct local *l, int change)
{
    local_lock(l);
    l->calls_open = (unsigned)((int)l->calls_open + change);
    l->last_call_ms = clock_mono(&l->options.clock);
    local_unlock(l);
}

static void handle_counted(struct local *l, const struct http_request *request,
                           struct http_reply *reply, bool trusted)
{
    struct call c;

    begin(&c, l, request, reply);
    count_call(l, 1);
    handle(&c, trusted);
    if (!http_reply_get(reply, "x-amzn-RequestId"))
        http_reply_header(reply, "x-amzn-RequestId", c.request_id);
    count_call(l, -1);
    call_end(&c);
}

void local_handle(struct local *l, const struct http_request *request, struct http_reply *reply)
{
    handle_counted(l, request, reply, false);
}

void local_handle_trusted(struct local *l, const struct http_request *request,
                          struct http_reply *reply)
{
    handle_counted(l, request, reply, true);
}
