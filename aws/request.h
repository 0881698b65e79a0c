/*
 * A request and a reply, as values. Builders in lambda/ fill a request and know nothing of Regions,
 * credentials or sockets; readers take a reply apart.
 */
#ifndef AWS_REQUEST_H
#define AWS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* The service's quotas that a request counts against (per account and Region). */
enum aws_quota {
    AWS_QUOTA_NONE = 0,     /* Invoke, STS: none of ours */
    AWS_QUOTA_CONTROL,      /* Lambda: 15 a second, all other control-plane calls together */
    AWS_QUOTA_GET_FUNCTION, /* 100 a second */
    AWS_QUOTA_GET_POLICY,   /* 15 a second */
    AWS_QUOTA_COUNT,
};

struct aws_header {
    const char *name;
    struct str value;
};

enum { AWS_HEADERS_MAX = 16, AWS_QUERY_MAX = 8 };

struct aws_request {
    struct arena arena;    /* holds everything below */
    const char *service;   /* signing name: "lambda" */
    const char *operation; /* "UpdateAlias" */
    const char *resource;  /* function name, for messages; "" when there is none */
    const char *method;
    struct buf path;  /* percent-encoded, begins with '/' */
    struct buf query; /* "a=b&c=d", encoded, sorted by name; may be empty */
    struct aws_header headers[AWS_HEADERS_MAX];
    size_t header_count;
    struct str body; /* borrowed or in the arena */
    enum aws_effect effect;
    enum aws_quota quota;
    bool unsigned_;         /* AssumeRoleWithWebIdentity: sent without a signature */
    int64_t timeout_ms;     /* of the whole call with its retries; 0: the client's default */
    size_t max_reply_bytes; /* 0: the client's default */
};

/* Starts a request; the strings are borrowed and must outlive it (literals), `resource` is copied.
 */
void aws_request_init(struct aws_request *r, const char *service, const char *operation,
                      const char *method, enum aws_effect effect);
void aws_request_release(struct aws_request *r);
void aws_request_resource(struct aws_request *r, const char *name);
void aws_request_path(struct aws_request *r, const char *literal);  /* appended as it is */
void aws_request_segment(struct aws_request *r, const char *value); /* appended percent-encoded */
void aws_request_query(struct aws_request *r, const char *name,
                       const char *value); /* NULL: left out */
void aws_request_header(struct aws_request *r, const char *name, struct str value); /* copied */
void aws_request_json(struct aws_request *r, struct str body); /* copied; sets the content type */
/* A body of "name=value" pairs (AWS's query protocol): starts it, adds a pair, closes it. */
void aws_request_form(struct aws_request *r, struct buf *form, const char *action,
                      const char *version);
void aws_request_pair(struct buf *form, const char *name, const char *value); /* NULL: left out */
void aws_request_form_end(struct aws_request *r, struct buf *form);           /* wipes the form */

struct aws_timing {
    int64_t connect_us;    /* until TCP and TLS stood; 0 on a reused connection */
    int64_t first_byte_us; /* from start until the first byte of the answer */
    int64_t total_us;      /* from start of the last attempt until its end */
};

/* An answer that arrived whole, whatever its status. */
struct aws_reply {
    int status;
    struct buf headers; /* "name: value\n" a line, names in lower case */
    struct buf body;
    struct aws_timing timing;
    unsigned attempts; /* 1: at the first try */
};

void aws_reply_release(struct aws_reply *r); /* a zeroed one is fine */

/* The header `name` (lower case): false and {NULL, 0} when absent. The first one, if repeated. */
bool aws_reply_header(const struct aws_reply *r, const char *name, struct str *ret_value);

/* What an answer that is not 2xx says: type, message, reason, request id; the rest of `e` stays. */
void aws_reply_error(const struct aws_reply *r, struct aws_error *e);

#endif
