/*
 * The one error value. Fallible functions return 0 or -1 (or a pointer or NULL) and take
 * `struct err *err` last. `err` is set once, where the cause is known; every caller that knows
 * something puts it in front. On success `err` is untouched, on failure every `ret_` output is.
 *
 * It is a plain value: nothing to free, may be copied, starts as {0}. `err` may be NULL where the
 * caller only wants to know whether it worked.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/compiler.h"

/* What a caller may want to tell apart. The exit code of each is in one table, cli/exit.c. */
enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,        /* the command line is wrong */
    ERR_INPUT,        /* a file or document is wrong */
    ERR_IO,           /* a local file or system call failed */
    ERR_LIMIT,        /* something from outside crossed a cap */
    ERR_CREDENTIALS,  /* none found, expired, or could not be fetched */
    ERR_UNREACHABLE,  /* the request certainly did not reach the service: DNS, connect, TLS */
    ERR_UNKNOWN,      /* sent, but no usable answer: it may or may not have been carried out */
    ERR_DENIED,       /* 403 */
    ERR_NOT_FOUND,    /* 404 */
    ERR_CONFLICT,     /* 409 */
    ERR_PRECONDITION, /* 412: the RevisionId sent is not the current one */
    ERR_THROTTLED,    /* 429 and the other throttling codes, retries used up */
    ERR_SERVICE,      /* 5xx on a request that changes nothing, retries used up */
    ERR_REFUSED,      /* any other 4xx: the service understood and said no */
    ERR_BUSY,         /* another promotion holds the claim */
    ERR_SUPERSEDED,   /* someone else moved an alias; it was left alone */
    ERR_DIRTY,        /* could not restore everything */
    ERR_INTERRUPTED,  /* SIGINT or SIGTERM */
    ERR_INTERNAL,     /* our own mistake */
};

#define ERR_TEXT_MAX 1024

struct err {
    enum err_kind kind;
    char text[ERR_TEXT_MAX]; /* "outer: inner", no newline; cut with "..." when too long */
};

/* Sets the error. Returns -1, so that a caller can `return err_set(...)`. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts "text: " in front of what `err` already says and keeps its kind. Returns -1. */
int err_ctx(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Like err_set, with ": " and the text of the system's error number `errnum` behind it. */
int err_sys(struct err *err, enum err_kind kind, int errnum, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* The kind in one lower-case word ("not found", "throttled"), for logs and journals. */
const char *err_kind_name(enum err_kind kind);

#endif
