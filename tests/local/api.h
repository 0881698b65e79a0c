/*
 * The API in a temporary state folder, without sockets, signatures or real functions (executor.c),
 * at a time that the test sets.
 */
#ifndef TESTS_LOCAL_API_H
#define TESTS_LOCAL_API_H

#include <jansson.h>

#include "local/dispatch.h"
#include "local/local.h"

#define API_ROLE      "arn:aws:iam::123456789012:role/x"
#define API_ARN       "arn:aws:lambda:us-east-1:123456789012:function:"
#define API_FUNCTIONS "/2015-03-31/functions"

struct api {
    char dir[64];
    struct local_options options; /* change before api_reopen() */
    struct local *local;
    int64_t wall_ms, mono_ms; /* what the clock says */
};

void api_open(struct api *a);   /* fails the test when it cannot */
void api_reopen(struct api *a); /* as if the server had been started again */
void api_close(struct api *a);  /* and removes the folder */

/*
 * One call. `body` is JSON text or NULL; `target` path and query. Returns the answer's body as a
 * new reference (null when it is empty or no JSON); the test fails unless the status is `status`.
 */
json_t *api_call(struct api *a, int status, const char *method, const char *target,
                 const char *body);

/* The same where the answer does not matter. */
void api_do(struct api *a, int status, const char *method, const char *target, const char *body);

/* The member of an answer, copied; "" when it is absent. Several may be in use at once. */
const char *api_text(struct api *a, int status, const char *method, const char *target,
                     const char *body, const char *member);

/* The error must be of that status, type and text (message or Message). */
void api_fails(struct api *a, int status, const char *type, const char *text, const char *method,
               const char *target, const char *body);

/* A function whose code is "PK" and `code`. */
void api_create(struct api *a, const char *name, const char *code);
void api_update_code(struct api *a, const char *name, const char *code);
const char *api_zip_member(const char *code);              /* "ZipFile":"..." */
const char *api_revision(struct api *a, const char *name); /* of $LATEST */

#endif
