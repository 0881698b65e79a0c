/*
 * An HTTP request and its answer as values: what local/server.c hands to local/dispatch.h, and what
 * tests make by hand.
 */
#ifndef LOCAL_HTTP_H
#define LOCAL_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum {
    HTTP_BODY_MAX = 70167211, /* the service's own limit for one request */
    HTTP_HEADERS_MAX = 100,
    HTTP_REPLY_HEADERS_MAX = 12,
};

/* Borrowed for the call. `target` is as it stood in the request line: nothing is decoded. */
struct http_request {
    struct str method, target;
    struct str path, query; /* parts of `target` */
    const struct sigv4_header *headers;
    size_t header_count;
    struct str body;
    bool body_too_big; /* more than HTTP_BODY_MAX: `body` is empty */
};

/* The first header of that name (any case), or {NULL, 0}. */
struct str http_header(const struct http_request *r, const char *name);

/* The decoded value of a query parameter, in `arena`; NULL when it is absent, "" without a value.
 */
const char *http_query(const struct http_request *r, struct arena *arena, const char *name);

/* All values of a parameter, in order; at most `max`. Returns how many. */
size_t http_query_all(const struct http_request *r, struct arena *arena, const char *name,
                      const char **values, size_t max);

/* Sets path and query from `target`. */
void http_split_target(struct http_request *r);

struct http_stream; /* local/stream.h: a body that comes while the function runs */

enum http_cut {
    HTTP_CUT_NONE = 0,
    HTTP_CUT_CLOSE, /* no answer: the connection is closed */
};

/* Zero it before, release it after. Names are literals, values are owned. */
struct http_reply {
    int status;
    struct buf body;
    const char *content_type; /* NULL: none */
    struct {
        const char *name;
        char *value;
    } headers[HTTP_REPLY_HEADERS_MAX];
    size_t header_count;
    enum http_cut cut;
    struct http_stream *stream; /* owned; instead of `body` */
};

void http_reply_header(struct http_reply *r, const char *name, const char *value); /* copies */
const char *http_reply_get(const struct http_reply *r, const char *name);          /* or NULL */
void http_reply_clear(struct http_reply *r); /* as new, for another answer */
void http_reply_release(struct http_reply *r);

#endif
