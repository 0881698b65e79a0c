/*
 * From an HTTP request to its answer: route, signature, body, transaction, handler. No sockets: the
 * server and the tests call it alike, from any thread.
 */
#ifndef LOCAL_DISPATCH_H
#define LOCAL_DISPATCH_H

#include "local/http.h"
#include "local/local.h"

/* Fills `reply` (zeroed before, released by the caller). */
void local_handle(struct local *l, const struct http_request *request, struct http_reply *reply);

/* The same, but neither signed nor throttled nor subject to faults: one that was, before. */
void local_handle_trusted(struct local *l, const struct http_request *request,
                          struct http_reply *reply);

/* A call that no request came for: an event's. Its reply is thrown away. */
struct call;
void call_begin_internal(struct call *c, struct local *l, struct http_reply *reply);
void call_end(struct call *c);

/* The transaction of one call, for handlers of ROUTE_UNLOCKED. call_commit answers 500 and returns
 * -1 when the database failed. */
void call_lock(struct call *c);
int call_commit(struct call *c);
void call_rollback(struct call *c);

#endif
