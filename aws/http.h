/*
 * One HTTP exchange over libcurl: TLS verified, deadline, caps, nothing repeated behind our back.
 * Knows nothing of AWS. The only place that opens sockets for the client.
 */
#ifndef AWS_HTTP_H
#define AWS_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "aws/error.h"
#include "aws/request.h"
#include "aws/retry.h"
#include "base/err.h"

enum {
    HTTP_HEADERS_MAX_BYTES = 256 << 10,
    HTTP_REPLY_MAX_BYTES = 16 << 20, /* the default cap of an answer's body */
};

/* DNS and TLS sessions that handles share, and idle handles with their open connections. */
struct http_pool;

struct http_pool *http_pool_new(void);
void http_pool_free(struct http_pool *pool); /* after the last exchange was freed */

struct http_request {
    const char *method;
    const char *url; /* complete; its path goes out byte for byte */
    const struct aws_header *headers;
    size_t header_count;
    struct str body;        /* borrowed until the exchange is freed */
    const char *user_agent; /* NULL: "smokegate/VERSION" */
    const char *ca_bundle;  /* NULL: the system's */
    enum aws_effect effect; /* other than AWS_READS: libcurl may not send it twice either */
    bool no_proxy;          /* link-local metadata services; loopback never uses one */
    bool quiet;             /* credentials travel in the bodies: they are not logged */
    bool insecure_http;     /* http:// to other hosts than loopback */
    int64_t timeout_ms;     /* of everything; > 0 */
    int64_t connect_ms;     /* of name look-up, TCP and TLS; > 0 */
    size_t max_reply_bytes; /* 0: HTTP_REPLY_MAX_BYTES */
};

struct http_exchange;

/*
 * Sets up an easy handle. ERR_INPUT: the URL is none, or is http:// to somewhere else than
 * loopback.
 */
int http_exchange_new(struct http_exchange **ret, struct http_pool *pool,
                      const struct http_request *request, struct err *err);
void http_exchange_free(struct http_exchange *x); /* NULL is fine */

CURL *http_exchange_easy(struct http_exchange *x);

/*
 * After curl ended it. 0: a whole answer is in `ret`. -1: `ret_end` (may be NULL) tells how far it
 * came; ERR_UNREACHABLE nothing was sent, ERR_UNKNOWN sent without a whole and readable answer (for
 * AWS_CHANGES a too long one as well), ERR_LIMIT too long.
 */
int http_exchange_finish(struct http_exchange *x, CURLcode result, struct aws_reply *ret,
                         enum retry_end *ret_end, struct err *err);

/* Both in one, blocking. */
int http_send(struct http_pool *pool, const struct http_request *request, struct aws_reply *ret,
              enum retry_end *ret_end, struct err *err);

/* A header that is a date (RFC 9110) as wall time; false when it is absent or none. */
bool http_reply_date(const struct aws_reply *r, const char *name, int64_t *ret_wall_ms);

/*
 * How far the service's clock is ahead of `wall_ms`, by its Date header. False when that is absent
 * or cannot be true (before 2015, after 2099).
 */
bool http_reply_clock(const struct aws_reply *r, int64_t wall_ms, int64_t *ret_offset_ms);

/* "localhost", 127.0.0.0/8, ::1 with or without brackets. */
bool http_is_loopback(const char *host);

#endif
