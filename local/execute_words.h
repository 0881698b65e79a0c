/*
 * What Lambda says when a function fails, word for word as recorded from AWS or as its Runtime
 * Interface Emulator has it. Pure.
 */
#ifndef LOCAL_EXECUTE_WORDS_H
#define LOCAL_EXECUTE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends {"errorType":...,"errorMessage":...}. Bytes that are not UTF-8 become "?". */
void words_error(struct buf *out, const char *type, const char *message);

/*
 * The errorType of an error as a runtime reported it, cut to `size`; "Runtime.Unknown" when it
 * tells none.
 */
void words_error_type(char *out, size_t size, struct str error);

/*
 * Appends "Runtime exited with error: exit status 3", "...: signal: killed" or "Runtime exited
 * without providing a reason" of a wait status.
 */
void words_exit(struct buf *out, int wait_status);

/* The same of an extension's process: "exit code 0", "exit status 3", "signal: killed". */
void words_exit_code(struct buf *out, int wait_status);

/* "operation not permitted": how Go, and so Lambda, calls an errno that exec gave; lower case. */
void words_errno(struct buf *out, int errnum);

/* What a REPORT line tells. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
struct words_report {
    const char *request_id;
    double duration_ms, init_ms; /* init_ms < 0: warm */
    unsigned memory_mb, max_memory_mb;
    const char *status;     /* "timeout", "error"; NULL: success */
    const char *error_type; /* with "error"; may be NULL */
};

/* Appends the line without its newline. The init phase is billed, rounded up with the rest. */
void words_report(struct buf *out, const struct words_report *r);

#endif
