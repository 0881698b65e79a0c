/*
 * What one execution environment writes: its standard output and error, between the lines that
 * Lambda adds (START, END, REPORT). All of it goes to a file; the end of what belongs to the
 * invocation under way is kept for X-Amz-Log-Result.
 */
#ifndef LOCAL_EXECUTE_LOG_H
#define LOCAL_EXECUTE_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"

enum { LOG_FILE_MAX = 64 << 20 }; /* bytes of one environment's file; what comes after is dropped */

struct exec_log {
    pthread_mutex_t lock;
    int in, out; /* the pipe: `in` is ours and non-blocking, `out` the function's */
    int file;
    uint64_t file_bytes;
    struct buf tail;
    char last; /* byte that was added last */
};

/* `path` is created, with its folder. */
int exec_log_open(struct exec_log *l, const char *path, struct err *err);
void exec_log_close(struct exec_log *l);
void exec_log_close_out(struct exec_log *l); /* once the function has its copy */

/*
 * Takes what the function has written so far; what was written before the call is in, even when
 * the function never stops writing. Returns false once every copy of `out` is closed.
 */
bool exec_log_drain(struct exec_log *l);

/* Drains, then adds a line of ours on a line of its own. */
void exec_log_line(struct exec_log *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Drains (what came before is nobody's), and begins an invocation with its START line. */
void exec_log_begin(struct exec_log *l, const char *request_id, const char *version);

/*
 * Adds the invocation's last lines as exec_log_line() does, and appends the last
 * EXECUTE_LOG_TAIL_MAX bytes since exec_log_begin() to `tail`: what the function goes on writing
 * does not come in between.
 */
void exec_log_end(struct exec_log *l, struct str lines, struct buf *tail);

#endif
