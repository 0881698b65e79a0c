/*
 * The table of operations: one row an operation of the service model. Adding an operation is one
 * row and a handler. Those of the model that have none answer 501.
 */
#ifndef LOCAL_ROUTE_H
#define LOCAL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "local/call.h"

enum route_quota {
    QUOTA_CONTROL,      /* 15 requests a second together */
    QUOTA_GET_FUNCTION, /* 100 */
    QUOTA_GET_POLICY,   /* 15 of its own */
    QUOTA_INVOKE,       /* not limited by request rate */
    QUOTA_NONE,
};

enum route_flags {
    ROUTE_RAW_BODY = 1, /* the body is a payload, not the operation's JSON */
    ROUTE_UNLOCKED = 2, /* the handler takes the lock itself and has no transaction */
    ROUTE_READS = 4,    /* changes nothing but states that are due */
    ROUTE_OWN_AUTH = 8, /* the handler checks the signature itself */
};

struct route {
    const char *name; /* as in the model: "GetFunction" */
    const char *method;
    const char *path;  /* "/2015-03-31/functions/{}/aliases/{}"; {} is a label, in order */
    const char *query; /* "List=ALL": a parameter that must be there; NULL: none */
    int (*handler)(struct call *c); /* NULL: 501 */
    enum route_quota quota;
    unsigned flags;
    int (*prepare)(struct call *c); /* before the lock is taken; NULL: nothing */
};

/*
 * The row for a request, with its labels decoded into `arena`. NULL: no such operation;
 * *ret_other_method tells whether the path exists with another method.
 */
const struct route *route_find(const struct http_request *request, struct arena *arena,
                               const char *labels[CALL_LABELS_MAX], bool *ret_other_method);

const struct route *route_at(size_t i); /* all rows, NULL after the last */

#endif
