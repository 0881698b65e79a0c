/*
 * How an invocation may end, in Lambda's words: each of these writes the log's last lines and fills
 * the result. Private to local/execute*.c.
 */
#ifndef LOCAL_EXECUTE_ENDS_H
#define LOCAL_EXECUTE_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "local/execute.h"
#include "local/execute_pool.h"

struct invocation {
    struct pool *pool;
    const struct execute_version *v;
    const struct execute_event *event;
    struct execute_result *ret;
    struct env *env; /* the current one */
    int64_t init_limit_us;
    int64_t start_us; /* of what is billed as Duration */
    int64_t deadline_us;
    bool begun; /* the START line is in this environment's log */
};

/*
 * END and REPORT, and the result's figures from the same numbers. `status` is NULL, "error" or
 * "timeout".
 */
void end_finish(struct invocation *inv, const char *status, const char *error_type);

/* {"errorType": type, "errorMessage": "RequestId: ID Error: reason"} */
void end_failed(struct invocation *inv, const char *type, const char *reason);

void end_timeout(struct invocation *inv);   /* past the function's own time */
void end_exit(struct invocation *inv);      /* the process ended: inv->env->end */
void end_exec(struct invocation *inv);      /* the program could not be executed */
void end_extension(struct invocation *inv); /* an extension failed: inv->env->extensions */

/* What the runtime itself reported goes to the caller as it is; takes `body`. */
void end_error(struct invocation *inv, struct buf *body, const char *type);

#endif
