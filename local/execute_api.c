/*
 * The Runtime API, for one environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * The words of refusals are those of AWS's Runtime Interface Emulator.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "local/execute_api_call.h"

enum {
    CONNECTIONS_MAX = 64,      /* of one environment: a runtime needs one, an extension another */
    CONNECTION_MEMORY = 65536, /* an X-Ray cause is a header of some kB */
};

/* ---- next ---- */

void api_add_header(struct MHD_Response *r, const char *name, const char *value)
{
    if (value && *value)
        MHD_add_response_header(r, name, value); /* refused by itself with a line break in it */
}

/* With the lock held: the invoker may give up as soon as it is free. */
static struct MHD_Response *event_response(const struct flight *f)
{
    const struct execute_event *ev = f->event;
    CLEANUP(buf_release) struct buf context = {0};
    char number[32];
    struct MHD_Response *r = MHD_create_response_from_buffer(
        ev->payload.len, mem_dup_n(ev->payload.data ? ev->payload.data : "", ev->payload.len),
        MHD_RESPMEM_MUST_FREE);

    snprintf(number, sizeof(number), "%lld", (long long)f->deadline_wall_ms);
    buf_add_str(&context, ev->client_context);
    api_add_header(r, "Content-Type", "application/json");
    api_add_header(r, "Lambda-Runtime-Aws-Request-Id", ev->request_id);
    api_add_header(r, "Lambda-Runtime-Deadline-Ms", number);
    api_add_header(r, "Lambda-Runtime-Invoked-Function-Arn", ev->invoked_arn);
    api_add_header(r, "Lambda-Runtime-Trace-Id", f->trace);
    api_add_header(r, "Lambda-Runtime-Client-Context", buf_c(&context));
    return r;
}

bool api_is_connected(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    char byte;

    return info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

/*
 * Held until there is an event. A runtime that lost its connection asks again on another: the last
 * one to ask gets the event.
 */
static struct MHD_Response *wait_for_event(struct env *e, struct MHD_Connection *c,
                                           bool *ret_refused)
{
    struct MHD_Response *r = NULL;
    unsigned turn;

    pthread_mutex_lock(&e->lock);
    *ret_refused = e->phase == ENV_RUNNING;
    if (!*ret_refused) {
        e->phase = ENV_READY;
        turn = ++e->turn;
        pthread_cond_broadcast(&e->changed);
        while (!e->closing && e->turn == turn && !(e->flight && !e->flight->delivered))
            pthread_cond_wait(&e->changed, &e->lock);
        if (!e->closing && e->turn == turn && api_is_connected(c)) {
            r = event_response(e->flight);
            e->flight->delivered = true;
            e->phase = ENV_RUNNING;
        }
    }
    pthread_mutex_unlock(&e->lock);
    return r;
}

static enum MHD_Result serve_next(struct env *e, struct MHD_Connection *c)
{
    bool refused;
    struct MHD_Response *r = wait_for_event(e, c, &refused);
    enum MHD_Result queued;

    if (refused)
        return api_refuse_state(c);
    if (!r)
        return MHD_NO; /* closes the connection */
    queued = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return queued;
}

/* ---- requests ---- */

static bool cut_prefix(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_slice(*s, prefix.len, s->len);
    return true;
}

static void find_route(struct call *call, const char *url, const char *method)
{
    const bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
    struct str rest = str_c(url), id;

    call->route = extension_route(rest, str_c(method));
    if (call->route != ROUTE_NONE || !cut_prefix(&rest, STR("/2018-06-01/runtime/")))
        return;
    if (get && str_eq_c(rest, "invocation/next")) {
        call->route = ROUTE_NEXT;
    } else if (post && str_eq_c(rest, "init/error")) {
        call->route = ROUTE_INIT_ERROR;
    } else if (post && cut_prefix(&rest, STR("invocation/")) && str_cut(&rest, '/', &id) &&
               id.len < sizeof(call->id)) {
        snprintf(call->id, sizeof(call->id), "%.*s", STR_ARG(id));
        if (str_eq_c(rest, "response"))
            call->route = ROUTE_RESPONSE;
        else if (str_eq_c(rest, "error"))
            call->route = ROUTE_ERROR;
    }
}

struct framing {
    unsigned lengths, encodings;
};

static enum MHD_Result count_framing(void *ctx, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct framing *f = ctx;

    (void)kind;
    (void)value;
    f->lengths += strcasecmp(name, "Content-Length") == 0;
    f->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
    return MHD_YES;
}

/* The headers are here, the body is not. */
static void begin(struct env *e, struct call *call, struct MHD_Connection *c)
{
    struct framing framing = {0};
    const char *mode;

    MHD_get_connection_values(c, MHD_HEADER_KIND, count_framing, &framing);
    call->bad_framing = framing.lengths + framing.encodings > 1;
    call->refused = call->bad_framing;
    if (call->route != ROUTE_RESPONSE && call->route != ROUTE_ERROR)
        return;
    mode = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Lambda-Runtime-Function-Response-Mode");
    call->streaming = call->route == ROUTE_RESPONSE && mode && strcasecmp(mode, "streaming") == 0;
    pthread_mutex_lock(&e->lock);
    call->refused |= !api_flight_of(e, call);
    pthread_mutex_unlock(&e->lock);
}

static enum MHD_Result finish(struct env *e, struct call *call, struct MHD_Connection *c)
{
    if (call->bad_framing)
        return api_refuse(c, MHD_HTTP_BAD_REQUEST, "InvalidRequest",
                          "Content-Length and Transfer-Encoding exclude each other");
    switch (call->route) {
    case ROUTE_NEXT:
        return serve_next(e, c);
    case ROUTE_RESPONSE:
    case ROUTE_ERROR:
        return api_serve_answer(e, call, c);
    case ROUTE_INIT_ERROR:
        return api_serve_init_error(e, call, c);
    case ROUTE_EXTENSION_REGISTER:
    case ROUTE_EXTENSION_NEXT:
    case ROUTE_EXTENSION_INIT_ERROR:
    case ROUTE_EXTENSION_EXIT_ERROR:
    case ROUTE_LOGS:
    case ROUTE_TELEMETRY:
        return extension_serve(e, call, c);
    case ROUTE_NONE:
        break;
    }
    return api_refuse(c, MHD_HTTP_NOT_FOUND, "InvalidPath", "404 page not found");
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *http_version, const char *data,
                                  size_t *data_len, void **state)
{
    struct env *e = ctx;
    struct call *call = *state;

    (void)http_version;
    if (!call) {
        call = *state = mem_zalloc(sizeof(*call));
        find_route(call, url, method);
        begin(e, call, c);
        return MHD_YES;
    }
    if (*data_len) {
        api_take_bytes(e, call, (struct str){data, *data_len});
        *data_len = 0;
        return MHD_YES;
    }
    return finish(e, call, c);
}

static void on_completed(void *ctx, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct call *call = *state;

    (void)ctx;
    (void)c;
    (void)how;
    if (call)
        buf_release(&call->body);
    free(call);
    *state = NULL;
}

int env_api_open(struct env *e, struct err *err)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET};
    const union MHD_DaemonInfo *port;

    loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    e->api = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ITC,
        0, NULL, NULL, on_request, e, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&loopback,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
    if (!e->api)
        return err_set(err, ERR_IO, "cannot open a Runtime API endpoint on the loopback interface");
    port = MHD_get_daemon_info(e->api, MHD_DAEMON_INFO_BIND_PORT);
    e->port = port ? port->port : 0;
    return 0;
}

void env_api_close(struct env *e)
{
    if (e->api)
        MHD_stop_daemon(e->api);
    e->api = NULL;
}
