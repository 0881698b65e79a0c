/* How a runtime's answers become the flight's. */
#include "local/execute_api_call.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/mem.h"
#include "local/execute_words.h"

enum {
    PARTS_WAITING_MAX = 1 << 20, /* bytes a streaming function may be ahead of its listener */
    ERROR_MAX = 1 << 20,
};

/* ---- replies ---- */

enum MHD_Result api_reply(struct MHD_Connection *c, unsigned status, const char *text)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), mem_dup(text), MHD_RESPMEM_MUST_FREE);
    enum MHD_Result queued;

    MHD_add_response_header(r, "Content-Type", "application/json");
    queued = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return queued;
}

static enum MHD_Result accepted(struct MHD_Connection *c)
{
    return api_reply(c, MHD_HTTP_ACCEPTED, "{\"status\":\"OK\"}\n");
}

enum MHD_Result api_refuse(struct MHD_Connection *c, unsigned status, const char *type,
                           const char *message)
{
    CLEANUP(buf_release) struct buf body = {0};

    words_error(&body, type, message);
    return api_reply(c, status, buf_c(&body));
}

enum MHD_Result api_refuse_state(struct MHD_Connection *c)
{
    return api_refuse(c, MHD_HTTP_FORBIDDEN, "InvalidStateTransition",
                      "Transition from the current state is not allowed");
}

static enum MHD_Result refuse_id(struct MHD_Connection *c)
{
    return api_refuse(c, MHD_HTTP_BAD_REQUEST, "InvalidRequestID", "Invalid request ID");
}

/* ---- answers ---- */

struct flight *api_flight_of(struct env *e, const struct call *call)
{
    struct flight *f = e->flight;

    if (!f || !f->delivered || e->phase != ENV_RUNNING ||
        strcasecmp(f->event->request_id, call->id) != 0)
        return NULL;
    return f;
}

/* With the lock held: appends a part, waiting for the listener to keep up. */
static void add_part(struct env *e, struct call *call, struct str bytes)
{
    struct flight *f;

    while ((f = api_flight_of(e, call)) && f->event->part && !f->deaf && !e->closing &&
           f->body.len > PARTS_WAITING_MAX)
        pthread_cond_wait(&e->changed, &e->lock);
    if (!f || f->deaf)
        return;
    f->streaming = true;
    if (!f->event->part && f->body.len + bytes.len > EXECUTE_RESPONSE_MAX) {
        call->overflow = true;
        return;
    }
    buf_add_str(&f->body, bytes);
    pthread_cond_broadcast(&e->changed);
}

void api_take_bytes(struct env *e, struct call *call, struct str bytes)
{
    const size_t max = call->route == ROUTE_RESPONSE ? (size_t)EXECUTE_RESPONSE_MAX : ERROR_MAX;

    if (call->refused || call->overflow)
        return;
    if (call->streaming) {
        pthread_mutex_lock(&e->lock);
        add_part(e, call, bytes);
        pthread_mutex_unlock(&e->lock);
    } else if (call->body.len + bytes.len > max) {
        call->overflow = true;
    } else {
        buf_add_str(&call->body, bytes);
    }
}

/* `type` is what the header told, or NULL; AWS's own clients leave it to the body. */
static void set_failed(struct flight *f, const char *type, struct str body)
{
    f->failed = true;
    if (type && *type)
        snprintf(f->error_type, sizeof(f->error_type), "%s", type);
    else
        words_error_type(f->error_type, sizeof(f->error_type), body);
}

/* An error in the middle of a stream comes as trailers: the type, and the error in base64. */
static void take_trailers(struct flight *f, struct MHD_Connection *c)
{
    const char *type =
        MHD_lookup_connection_value(c, MHD_FOOTER_KIND, "Lambda-Runtime-Function-Error-Type");
    const char *body =
        MHD_lookup_connection_value(c, MHD_FOOTER_KIND, "Lambda-Runtime-Function-Error-Body");
    CLEANUP(buf_release) struct buf decoded = {0};

    if (!type && !body)
        return;
    if (body && base64_decode(&decoded, str_c(body)) < 0)
        buf_clear(&decoded);
    set_failed(f, type, buf_str(&decoded));
    if (!decoded.len)
        words_error(&decoded, f->error_type, "");
    buf_release(&f->body);
    f->body = decoded;
    decoded = (struct buf){0};
}

/* What is still waiting for its listener stands before the error: let it go out first. */
static struct flight *let_parts_out(struct env *e, const struct call *call)
{
    struct flight *f;

    while ((f = api_flight_of(e, call)) && f->event->part && !f->deaf && !e->closing && f->body.len)
        pthread_cond_wait(&e->changed, &e->lock);
    return f;
}

static void settle(struct flight *f, struct call *call, struct MHD_Connection *c)
{
    if (call->overflow) {
        f->too_large = true;
    } else if (call->route == ROUTE_ERROR) {
        set_failed(
            f,
            MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Lambda-Runtime-Function-Error-Type"),
            buf_str(&call->body));
        if (!call->body.len)
            words_error(&call->body, f->error_type, "");
    }
    if (!call->streaming) {
        buf_release(&f->body);
        f->body = call->body;
        call->body = (struct buf){0};
    } else {
        take_trailers(f, c);
    }
}

enum MHD_Result api_serve_answer(struct env *e, struct call *call, struct MHD_Connection *c)
{
    struct flight *f;
    bool known;

    pthread_mutex_lock(&e->lock);
    known = e->flight && strcasecmp(e->flight->event->request_id, call->id) == 0;
    f = call->streaming ? let_parts_out(e, call) : api_flight_of(e, call);
    if (f) {
        settle(f, call, c);
        e->phase = ENV_ANSWERED; /* a listener wants the rest; others wait for the next call */
        if (f->event->part)
            pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    if (!f)
        return known ? api_refuse_state(c) : refuse_id(c);
    if (call->overflow)
        return api_refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "RequestEntityTooLarge",
                          "Exceeded maximum allowed payload size (6291556 bytes).");
    return accepted(c);
}

enum MHD_Result api_serve_init_error(struct env *e, struct call *call, struct MHD_Connection *c)
{
    const char *type =
        MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Lambda-Runtime-Function-Error-Type");
    bool taken;

    pthread_mutex_lock(&e->lock);
    taken = e->phase == ENV_INIT && !e->init_failed;
    if (taken) {
        snprintf(e->init_error_type, sizeof(e->init_error_type), "%s",
                 type && *type ? type : "Runtime.InitError");
        e->init_error = call->body;
        call->body = (struct buf){0};
        if (!e->init_error.len)
            words_error(&e->init_error, e->init_error_type, "");
        e->init_failed = true;
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    return taken ? accepted(c) : api_refuse_state(c);
}
