/*
 * What a service said when it said no: a plain value. The message the user reads is made from it in
 * one place, aws_error_to_err(), so that it always names service, operation, resource, status,
 * type, message and request id.
 */
#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Whether sending a request twice could do something twice. */
enum aws_effect {
    AWS_READS = 0, /* changes nothing: repeated at will */
    AWS_CHANGES,   /* a mutation: never repeated when it may have been carried out */
    AWS_INVOKES, /* runs the user's function: the same, and its timeouts are the user's business */
};

struct aws_error {
    char service[16];       /* "lambda" */
    char operation[48];     /* "UpdateAlias" */
    char resource[256];     /* the function's name, may be "" */
    int status;             /* HTTP status; 0: no answer */
    char type[96];          /* "ResourceConflictException", without namespace and URL; may be "" */
    char message[512];      /* masked and cut when longer */
    char reason[96];        /* Lambda's `Reason` on 429, or "" */
    char request_id[96];    /* or "" */
    int64_t retry_after_ms; /* what the service asked for; -1: nothing */
};

/*
 * Reads type, message and reason out of an error answer: `type_header` is x-amzn-ErrorType
 * ("Name:url" is cut), `body` JSON with `message` or `Message`, `__type`, `code` or `Type`, or
 * STS's XML. Whatever it is, it never fails: what cannot be read stays "", and a body that is
 * neither shows as message, of an HTML page its title.
 */
void aws_error_read(struct aws_error *e, int status, struct str type_header, struct str body);

/*
 * A page for people, of a proxy or a login portal: no answer of AWS. Its title goes to `out` (""
 * when it has none).
 */
bool aws_is_html(struct str body, char *out, size_t size);

/* Throttling in any of its spellings (429, ThrottlingException, SlowDown...). */
bool aws_error_is_throttle(const struct aws_error *e);

/* Not these credentials, perhaps newer ones: their session is over, or was revoked. */
bool aws_error_refuses_credentials(const struct aws_error *e);

/* The error kind of an answer with this status and type to a request with this effect. */
enum err_kind aws_error_kind(const struct aws_error *e, enum aws_effect effect);

/* "lambda UpdateAlias orders: 412 PreconditionFailedException: ... (request id ...)". Returns -1.
 */
int aws_error_to_err(const struct aws_error *e, enum aws_effect effect, struct err *err);

#endif
