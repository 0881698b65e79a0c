/*
 * The Extensions API of one environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 * The words of refusals are those of AWS's Runtime Interface Emulator.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "base/mem.h"
#include "local/execute_api_call.h"

static const char identifier[] = "Lambda-Extension-Identifier";

enum route extension_route(struct str path, struct str method)
{
    static const struct {
        const char *method, *path;
        enum route route;
    } routes[] = {
        {"POST", "/2020-01-01/extension/register", ROUTE_EXTENSION_REGISTER},
        {"GET", "/2020-01-01/extension/event/next", ROUTE_EXTENSION_NEXT},
        {"POST", "/2020-01-01/extension/init/error", ROUTE_EXTENSION_INIT_ERROR},
        {"POST", "/2020-01-01/extension/exit/error", ROUTE_EXTENSION_EXIT_ERROR},
        {"PUT", "/2020-08-15/logs", ROUTE_LOGS},
        {"PUT", "/2022-07-01/telemetry", ROUTE_TELEMETRY},
    };

    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        if (str_eq_c(method, routes[i].method) && str_eq_c(path, routes[i].path))
            return routes[i].route;
    return ROUTE_NONE;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

    return value ? value : "";
}

static enum MHD_Result forbid(struct MHD_Connection *c, const char *type, const char *message)
{
    return api_refuse(c, MHD_HTTP_FORBIDDEN, type, message);
}

/* ---- register ---- */

/* The events of the body; false: `why` says what is wrong with it, of type `type`. */
static bool read_events(struct str body, bool external, struct extension *ret, const char **type,
                        struct buf *why)
{
    json_error_t error;
    json_t *root = json_loadb(body.data ? body.data : "", body.len, 0, &error);
    const json_t *events = json_object_get(root, "events");
    bool ok = json_is_object(root) && (!events || json_is_array(events));

    *type = "InvalidRequestFormat";
    if (!ok)
        buf_printf(why, "the body is not {\"events\": [...]}%s%s", root ? "" : ": ",
                   root ? "" : error.text);
    for (size_t i = 0; ok && i < json_array_size(events); i++) {
        const char *name = json_string_value(json_array_get(events, i));

        if (name && strcmp(name, "INVOKE") == 0) {
            ret->invoke = true;
        } else if (name && strcmp(name, "SHUTDOWN") == 0 && external) {
            ret->shutdown = true;
        } else {
            *type = "Extension.InvalidEventType";
            buf_printf(why, "%.100s: %s", name ? name : "(no text)",
                       external ? "the events are INVOKE and SHUTDOWN"
                                : "an internal extension can ask for INVOKE only");
            ok = false;
        }
    }
    json_decref(root);
    return ok;
}

/* With the lock held: the extension that may register by this name; or NULL, and why not. */
static struct extension *admit(struct env *e, const char *name, const char **type, struct buf *why)
{
    struct extension *x = extensions_named(&e->extensions, name);

    if (x && x->state == EXTENSION_STARTED && x->external)
        return x;
    *type = "Extension.InvalidExtensionState";
    if (x) {
        buf_add_c(why, "Extension with this name already registered");
    } else if (e->extensions.closed || (e->plan.extension_count && !e->command_asked)) {
        /* Before there is a runtime, only those that were started can ask. */
        *type = "Extension.RegistrationClosed";
        buf_add_c(why, "Extension registration closed already");
    } else {
        x = extensions_add_internal(&e->extensions, name);
        if (x)
            return x;
        *type = "Extension.TooManyExtensions";
        buf_printf(why, "Extension limit (%d) reached", EXTENSIONS_MAX);
    }
    return NULL;
}

static enum MHD_Result answer_registered(struct env *e, struct MHD_Connection *c, const char *id)
{
    json_t *document = json_pack("{ss ss ss}", "functionName", e->function, "functionVersion",
                                 e->version, "handler", e->handler);
    struct MHD_Response *r;
    enum MHD_Result queued;
    char *text;

    if (strstr(header(c, "Lambda-Extension-Accept-Feature"), "accountId") && e->account)
        json_object_set_new(document, "accountId", json_string(e->account));
    text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    r = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    api_add_header(r, "Content-Type", "application/json");
    api_add_header(r, identifier, id);
    queued = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return queued;
}

static enum MHD_Result serve_register(struct env *e, struct call *call, struct MHD_Connection *c)
{
    const char *name = header(c, "Lambda-Extension-Name"), *type = "Extension.InvalidExtensionName";
    CLEANUP(buf_release) struct buf why = {0};
    struct extension wanted = {0}, *x;
    char id[UUID_SIZE];

    if (!*name || strlen(name) > EXTENSION_NAME_MAX)
        return forbid(c, type, *name ? "The extension's name is too long" : "Empty extension name");
    rand_uuid(id, NULL);
    pthread_mutex_lock(&e->lock);
    x = extensions_named(&e->extensions, name);
    if (!read_events(buf_str(&call->body), x && x->external, &wanted, &type, &why))
        x = NULL;
    else
        x = admit(e, name, &type, &why);
    if (x) {
        x->invoke = wanted.invoke;
        x->shutdown = wanted.shutdown;
        x->state = EXTENSION_REGISTERED;
        memcpy(x->id, id, sizeof(id));
        env_start_command(e);
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    return x ? answer_registered(e, c, id) : forbid(c, type, buf_c(&why));
}

/* ---- event/next ---- */

/* With the lock held. */
static struct MHD_Response *event_response(struct env *e, struct extension *x)
{
    const struct flight *f = x->shutdown_waits ? NULL : e->flight;
    json_t *document =
        f ? json_pack("{ss sI ss ss s{ss ss}}", "eventType", "INVOKE", "deadlineMs",
                      (json_int_t)f->deadline_wall_ms, "requestId", f->event->request_id,
                      "invokedFunctionArn", f->event->invoked_arn, "tracing", "type",
                      "X-Amzn-Trace-Id", "value", f->trace)
          : json_pack("{ss ss sI}", "eventType", "SHUTDOWN", "shutdownReason", e->shutdown_reason,
                      "deadlineMs", (json_int_t)e->deadline_wall_ms);
    char *text = json_dumps(document, JSON_COMPACT), id[UUID_SIZE];
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);

    rand_uuid(id, &e->rng);
    api_add_header(r, "Content-Type", "application/json");
    api_add_header(r, "Lambda-Extension-Event-Identifier", id);
    json_decref(document);
    return r;
}

static bool may_ask(const struct extension *x)
{
    return x->state == EXTENSION_REGISTERED || x->state == EXTENSION_READY ||
           x->state == EXTENSION_RUNNING;
}

static bool has_event(const struct env *e, const struct extension *x)
{
    return x->shutdown_waits || (x->invoke_waits && e->flight);
}

/* With the lock held, as the runtime's wait_for_event(): the last one to ask gets the event. */
static struct MHD_Response *wait_for_event(struct env *e, struct extension *x,
                                           struct MHD_Connection *c)
{
    struct MHD_Response *r = NULL;
    const unsigned turn = ++x->turn;

    x->state = EXTENSION_READY;
    pthread_cond_broadcast(&e->changed);
    while (!e->closing && x->turn == turn && !has_event(e, x))
        pthread_cond_wait(&e->changed, &e->lock);
    if (!e->closing && x->turn == turn && api_is_connected(c)) {
        r = event_response(e, x);
        x->state = EXTENSION_RUNNING;
        if (x->shutdown_waits)
            x->shutdown_waits = false;
        else
            x->invoke_waits = false;
    }
    return r;
}

static enum MHD_Result serve_next(struct env *e, struct MHD_Connection *c, const char *id)
{
    struct MHD_Response *r = NULL;
    struct extension *x;
    enum MHD_Result queued;
    bool may = false;

    pthread_mutex_lock(&e->lock);
    x = extensions_known(&e->extensions, id);
    if (x && (may = may_ask(x)))
        r = wait_for_event(e, x, c);
    pthread_mutex_unlock(&e->lock);
    if (!x)
        return forbid(c, "Extension.UnknownExtensionIdentifier", "Unknown extension");
    if (!may)
        return forbid(c, "Extension.InvalidExtensionState",
                      "An extension that reported an error gets no event");
    if (!r)
        return MHD_NO; /* closes the connection */
    queued = MHD_queue_response(c, MHD_HTTP_OK, r);
    MHD_destroy_response(r);
    return queued;
}

/* ---- init/error, exit/error ---- */

static enum MHD_Result serve_error(struct env *e, struct MHD_Connection *c, const char *id,
                                   bool init)
{
    const char *type = header(c, "Lambda-Extension-Function-Error-Type");
    struct extension *x;
    bool may = false;

    if (!*type)
        return forbid(c, "Extension.MissingHeader",
                      "Lambda-Extension-Function-Error-Type not found");
    pthread_mutex_lock(&e->lock);
    x = extensions_known(&e->extensions, id);
    /* A failed init is over with the first event it asks for. */
    may = x && may_ask(x) && (!init || x->state == EXTENSION_REGISTERED);
    if (may) {
        extensions_gave_up(&e->extensions, x, init, type);
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    if (!x)
        return forbid(c, "Extension.UnknownExtensionIdentifier",
                      "Unknown Lambda-Extension-Identifier");
    return may ? api_reply(c, MHD_HTTP_ACCEPTED, "{\"status\":\"OK\"}\n")
               : forbid(c, "Extension.InvalidExtensionState",
                        "The extension is not in a state to report this error");
}

/* ---- all ---- */

/*
 * AWS documents 202 for a subscription "during local testing": it is accepted, and nothing is
 * sent. The type says so to those who look.
 */
static enum MHD_Result no_telemetry(struct MHD_Connection *c, bool logs)
{
    return logs ? api_refuse(c, MHD_HTTP_ACCEPTED, "Logs.NotSupported", "Logs API is not supported")
                : api_refuse(c, MHD_HTTP_ACCEPTED, "Telemetry.NotSupported",
                             "Telemetry API is not supported");
}

enum MHD_Result extension_serve(struct env *e, struct call *call, struct MHD_Connection *c)
{
    const char *id = header(c, identifier);

    if (call->route == ROUTE_LOGS || call->route == ROUTE_TELEMETRY)
        return no_telemetry(c, call->route == ROUTE_LOGS);
    if (call->overflow)
        return forbid(c, "InvalidRequestFormat", "The body is too long");
    if (call->route == ROUTE_EXTENSION_REGISTER)
        return serve_register(e, call, c);
    if (!*id)
        return forbid(c, "Extension.MissingExtensionIdentifier",
                      "Missing Lambda-Extension-Identifier header");
    if (call->route == ROUTE_EXTENSION_NEXT)
        return serve_next(e, c, id);
    return serve_error(e, c, id, call->route == ROUTE_EXTENSION_INIT_ERROR);
}
