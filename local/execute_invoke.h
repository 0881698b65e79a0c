/*
 * One invocation, from a version and an event to a result: takes an environment, starts one when
 * none is warm, begins again when the init phase failed, and puts what happened into Lambda's
 * words. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html Private to
 * local/execute*.c.
 */
#ifndef LOCAL_EXECUTE_INVOKE_H
#define LOCAL_EXECUTE_INVOKE_H

#include "local/execute.h"
#include "local/execute_pool.h"

/* As executor_invoke(). `init_ms` is what the init phase may take. */
int execute_invoke(struct pool *pool, int64_t init_ms, const struct execute_version *v,
                   const struct execute_event *event, struct execute_result *ret, struct err *err);

#endif
