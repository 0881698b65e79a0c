/*
 * Another program, run without a shell and waited for: standard input is /dev/null, what it writes
 * is collected under a cap. It gets this process's environment, what is added to it, and no other
 * descriptor.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { CHILD_STDERR_MAX = 16 << 10 };

struct child_options {
    const char *const *argv; /* argv[0] is looked for in PATH; ends with NULL */
    const char *dir;         /* where it runs; NULL: here */
    const char *const *env;  /* "NAME=value" over this process's own, ends with NULL; NULL: none */
    int64_t grace_ms;        /* what is to be ended is asked to first (SIGTERM), so long; 0: not */
    int64_t timeout_ms;      /* it and its own children are killed then; > 0 */
    size_t max_out_bytes;    /* of standard output; > 0 */
    /* Asked every 200 ms; true kills it and gives ERR_INTERRUPTED. NULL: never */
    bool (*cancelled)(void *ctx);
    void *cancelled_ctx;
};

struct child_result {
    int exit_code; /* 128 + number when a signal ended it */
    struct buf out;
    struct buf err; /* the first CHILD_STDERR_MAX bytes */
};

/* Wipes: what programs say may be secret. A zeroed one is fine. */
void child_result_release(struct child_result *r);

/*
 * 0: it ended by itself, whatever its exit code. ERR_IO: it could not be started ("no such
 * program") or ran into its time limit; ERR_LIMIT: it wrote more than max_out_bytes.
 */
int child_run(const struct child_options *options, struct child_result *ret, struct err *err);

#endif
