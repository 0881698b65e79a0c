/* The Runtime API's two halves, asking for events and answering them; nobody else includes it. */
#ifndef LOCAL_EXECUTE_API_CALL_H
#define LOCAL_EXECUTE_API_CALL_H

#include <stdbool.h>

#include <microhttpd.h>

#include "local/execute_env.h"

enum route {
    ROUTE_NONE,
    ROUTE_NEXT,
    ROUTE_RESPONSE,
    ROUTE_ERROR,
    ROUTE_INIT_ERROR,
    ROUTE_EXTENSION_REGISTER,
    ROUTE_EXTENSION_NEXT,
    ROUTE_EXTENSION_INIT_ERROR,
    ROUTE_EXTENSION_EXIT_ERROR,
    ROUTE_LOGS,
    ROUTE_TELEMETRY,
};

/* One request. */
struct call {
    enum route route;
    char id[64];  /* of the invocation */
    bool begun;   /* the body may come */
    bool refused; /* found out before the body: it is read and dropped */
    bool streaming, overflow, bad_framing;
    struct buf body;
};

void api_add_header(struct MHD_Response *r, const char *name, const char *value);

/* Is the client of this call still there? A process that died must not swallow an event. */
bool api_is_connected(struct MHD_Connection *c);

enum MHD_Result api_reply(struct MHD_Connection *c, unsigned status, const char *text);

/* {"errorType":...,"errorMessage":...} with a status. */
enum MHD_Result api_refuse(struct MHD_Connection *c, unsigned status, const char *type,
                           const char *message);
enum MHD_Result api_refuse_state(struct MHD_Connection *c); /* not what comes now */

/* With the lock held: the flight this call is about, if it still waits for an answer; or NULL. */
struct flight *api_flight_of(struct env *e, const struct call *call);

/* A piece of the body. */
void api_take_bytes(struct env *e, struct call *call, struct str bytes);

/* The whole body is there: /response and /error, /init/error. */
enum MHD_Result api_serve_answer(struct env *e, struct call *call, struct MHD_Connection *c);
enum MHD_Result api_serve_init_error(struct env *e, struct call *call, struct MHD_Connection *c);

/* ---- execute_extension_api.c: the Extensions API ---- */

enum route extension_route(struct str path, struct str method); /* ROUTE_NONE: none of its own */
enum MHD_Result extension_serve(struct env *e, struct call *call, struct MHD_Connection *c);

#endif
