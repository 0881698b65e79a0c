/*
 * Invoke. The HTTP status does not tell whether the function worked: `function_error` does. Never
 * sent again once bytes have left (aws/aws-cli#8545): that is the caller's decision.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 *
 * In someone else's multi:  invoke_prepare, curl_multi_add_handle(multi, invoke_easy(call)), ...,
 * curl_multi_remove_handle, invoke_finish, invoke_free. invoke() does all of that and waits.
 */
#ifndef LAMBDA_INVOKE_H
#define LAMBDA_INVOKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "aws/client.h"
#include "base/buf.h"
#include "base/err.h"
#include "lambda/alias.h"

/* https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
enum {
    INVOKE_REPLY_MAX = (6 << 20) + (64 << 10), /* Lambda's 6 MB and slack */
    INVOKE_STREAM_MAX = 32 << 20,              /* a stream with its framing; Lambda sends more */
    INVOKE_LOG_MAX = 16 << 10,                 /* Lambda sends the last 4 KB */
    INVOKE_CLIENT_CONTEXT_MAX = 3583,          /* bytes of base64 */
};

enum invoke_type { INVOKE_REQUEST_RESPONSE = 0, INVOKE_EVENT, INVOKE_DRY_RUN };

/* Borrowed until the call is freed. */
struct invoke_request {
    const char *function;
    const char *qualifier; /* alias or version; NULL: $LATEST */
    enum invoke_type type;
    struct str payload; /* bytes of the event; may be empty */
    bool log_tail;      /* INVOKE_REQUEST_RESPONSE only */
    bool stream;        /* InvokeWithResponseStream: the reply is the whole stream, put together;
                           INVOKE_REQUEST_RESPONSE and INVOKE_DRY_RUN */
    bool fresh;         /* smokegate-local only: in a new execution environment */
    struct str client_context; /* JSON text (sent as base64); {NULL, 0}: none */
    int64_t timeout_ms;        /* from start to last byte; 0: 15 min and a margin */
    size_t max_reply_bytes;    /* 0: INVOKE_REPLY_MAX, or INVOKE_STREAM_MAX */
};

struct invoke_reply {
    int status; /* 200, 202, 204, or the service's no: then `error` is filled */
    char executed_version[LAMBDA_VERSION_SIZE]; /* "" when not told */
    char function_error[32];                    /* "", "Handled", "Unhandled" */
    char request_id[96];
    struct buf payload; /* the function's answer, byte for byte; empty when the service said no.
                           Of a stream that ended in an error: what came before it, unless nothing
                           did; then {"errorType", "errorMessage"} as a buffered answer has them */
    struct buf failure; /* that error, when something did come before it; else empty */
    struct buf log;     /* decoded tail */
    struct buf headers; /* "name: value\n" a line, names in lower case */
    struct aws_timing timing;
    struct aws_error error; /* status 0 on 2xx */
    bool fresh;             /* ran in a new execution environment because that was asked for */
    bool clock_was_off; /* not carried out: the date of its signature was wrong, or its credentials
                           had expired; corrected, so prepare it again, once */
};

void invoke_reply_release(struct invoke_reply *reply); /* a zeroed one is fine */

struct invoke_call;

int invoke_prepare(struct invoke_call **ret, struct aws_client *client,
                   const struct invoke_request *request, struct err *err);
CURL *invoke_easy(struct invoke_call *call); /* owned by the call; CURLOPT_PRIVATE is yours */

/*
 * 0: an answer arrived whole, whatever its status. -1: ERR_UNREACHABLE (nothing was sent: safe to
 * try again), ERR_UNKNOWN (sent, no whole answer: timeout, reset, cut), ERR_LIMIT (answer too
 * long).
 */
int invoke_finish(struct invoke_call *call, CURLcode result, struct invoke_reply *ret,
                  struct err *err);
void invoke_free(struct invoke_call *call); /* NULL is fine */

/* Blocking, one attempt (two when it had to be signed again). Same results as invoke_finish. */
int invoke(struct aws_client *client, const struct invoke_request *request,
           struct invoke_reply *ret, struct err *err);

/* Puts the service's no into `err` (kind by status and type). Returns -1. */
int invoke_reply_error(const struct invoke_reply *reply, struct err *err);

/* ---- pure: builder and reader ---- */

int invoke_request(struct aws_request *r, const struct invoke_request *request, struct err *err);

/*
 * Puts a response stream together: fills payload, log and function_error. ERR_UNKNOWN when it is
 * damaged, cut, or broken off by the service: then it may have run.
 */
int invoke_stream_read(struct str stream, struct invoke_reply *ret, struct err *err);

#endif
