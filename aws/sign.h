/*
 * A request as it goes out: complete URL, all headers, signed. Pure: who signs, where and when are
 * arguments.
 */
#ifndef AWS_SIGN_H
#define AWS_SIGN_H

#include <stdint.h>

#include "aws/creds/creds.h"
#include "aws/request.h"
#include "aws/sigv4.h"
#include "base/buf.h"
#include "base/err.h"

enum { OUTGOING_HEADERS_MAX = AWS_HEADERS_MAX + 4 };

/* The headers point into it, into the request and into the credentials. Release it; {0} is fine. */
struct outgoing {
    struct buf url, authorization;
    struct str host, target; /* into url */
    char date[SIGV4_DATE_SIZE];
    struct aws_header headers[OUTGOING_HEADERS_MAX]; /* host first */
    size_t count;
};

void outgoing_release(struct outgoing *o);

/*
 * `endpoint` is http(s)://host[:port][/path] without a slash at its end. Without `creds` nothing is
 * signed. `wall_ms` is the service's time as far as we know it.
 */
int outgoing_make(struct outgoing *o, const struct aws_request *r, const char *endpoint,
                  const char *region, const struct aws_creds *creds, int64_t wall_ms,
                  struct err *err);

#endif
