/*
 * One API call while it is being answered, and the ways to answer it. A handler reads the call,
 * changes the database (a transaction is open) and answers; it returns 0, or -1 after fail(), and
 * then everything it changed is rolled back.
 */
#ifndef LOCAL_CALL_H
#define LOCAL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/rand.h"
#include "local/http.h"
#include "local/local.h"

enum { CALL_LABELS_MAX = 3 };

struct route;
struct code; /* local/code.h */

struct call {
    struct local *local;
    const struct http_request *request;
    const struct route *route;
    struct http_reply *reply;
    struct arena arena;                  /* until the call is answered */
    json_t *body;                        /* an object; an empty one when there was none */
    json_t *owned;                       /* array: keeps documents alive as long as the call */
    const char *labels[CALL_LABELS_MAX]; /* of the path, decoded */
    const struct code *code;             /* what code_prepare() found, or NULL */
    const char *caller_arn;              /* who signed it */
    char request_id[UUID_SIZE];
    int64_t now_ms; /* wall time */
    /* Set by a fault script: */
    int64_t slow_ms;             /* states last at least so long; 0: as set */
    int64_t stale_ms;            /* aliases are read as they were so long ago */
    const char *fail_reason;     /* what is started fails with this; or NULL */
    const char *retire_function; /* its idle environments end after the commit; or NULL */
    const char *retire_version;  /* only those of this one; NULL: of all */
};

/* ---- answering ---- */

/* Takes the document. Returns 0. */
int answer(struct call *c, int status, json_t *document);
int answer_nothing(struct call *c, int status);

/* AWS's errors: each has its status and its way to spell "message" (facts/lambda.md, errors.tsv).
 */
enum fail {
    FAIL_NOT_FOUND,          /* ResourceNotFoundException 404, Message */
    FAIL_CONFLICT,           /* ResourceConflictException 409 */
    FAIL_PRECONDITION,       /* PreconditionFailedException 412 */
    FAIL_PARAMETER,          /* InvalidParameterValueException 400 */
    FAIL_PARAMETER_UNTYPED,  /* the same without Type */
    FAIL_VALIDATION,         /* ValidationException 400, message alone */
    FAIL_SERIALIZATION,      /* SerializationException 400 */
    FAIL_CONTENT,            /* InvalidRequestContentException 400 */
    FAIL_TOO_LARGE,          /* RequestEntityTooLargeException 413 */
    FAIL_REQUEST_TOO_LARGE,  /* RequestTooLargeException 413 */
    FAIL_MEDIA_TYPE,         /* UnsupportedMediaTypeException 415 */
    FAIL_TOO_MANY,           /* TooManyRequestsException 429; fail_throttled() adds Reason */
    FAIL_DENIED,             /* AccessDeniedException 403 */
    FAIL_PROVISIONED_CONFIG, /* ProvisionedConcurrencyConfigNotFoundException 404 */
    FAIL_POLICY_LENGTH,      /* PolicyLengthExceededException 400 */
    FAIL_STORAGE,            /* CodeStorageExceededException 400 */
    FAIL_NO_OPERATION,       /* UnknownOperationException 404 */
    FAIL_NOT_IMPLEMENTED,    /* NotImplementedException 501: ours, AWS has all operations */
    FAIL_SERVICE,            /* ServiceException 500 */
};

/* Replaces the answer by an error. Returns -1, so that a handler can `return fail(...)`. */
int fail(struct call *c, enum fail kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* 429 with AWS's Reason ("CallerRateLimitExceeded"...) and Retry-After. Returns -1. */
int fail_throttled(struct call *c, const char *reason, const char *message);

/* An error with any status, type and message: what a fault script asks for. Returns -1. */
int fail_as(struct call *c, int status, const char *type, const char *message);

/* ---- reading ---- */

json_t *call_own(struct call *c, json_t *document); /* takes it; alive as long as the call */
const char *call_query(struct call *c, const char *name);

/*
 * A member of the body. Absent or null leaves *ret as it was; another type is
 * SerializationException and -1.
 */
int body_string(struct call *c, const char *name, const char **ret);
int body_bool(struct call *c, const char *name, bool *ret);
int body_integer(struct call *c, const char *name, json_int_t *ret);
int body_object(struct call *c, const char *name, json_t **ret); /* borrowed */
int body_array(struct call *c, const char *name, json_t **ret);

/* ---- names ---- */

/* "arn:aws:lambda:REGION:ACCOUNT:function:NAME", with ":QUALIFIER" unless that is NULL. */
const char *function_arn(struct call *c, const char *name, const char *qualifier);
const char *lambda_arn(struct call *c, const char *resource); /* "...:layer:x:1" */

void new_revision(char out[UUID_SIZE]);
const char *iso_time(struct call *c, int64_t wall_ms); /* "2026-01-31T12:00:00.123+0000" */

#endif
