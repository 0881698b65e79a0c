/*
 * Versions that sleep: Lambda lets a SnapStart version, or one in a VPC, become Inactive when
 * nobody invoked it for weeks. An alias may be moved to it; whoever calls then is refused (409)
 * until it is Active again, which its first call begins.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
#ifndef PROMOTE_WAKE_H
#define PROMOTE_WAKE_H

#include <stdbool.h>

#include "aws/client.h"
#include "lambda/function.h"

/* Is it Inactive? Its state goes to `ret`. */
int wake_is_needed(struct aws_client *client, const char *function, const char *version,
                   bool *ret_needed, struct function_info *ret, struct err *err);

/*
 * Calls the alias once with {} if what it serves still sleeps: Lambda refuses that call, so that
 * the function's code does not see it, and wakes the version. `ret_state` is what it is in then.
 */
int wake(struct aws_client *client, const char *function, const char *alias, const char *version,
         struct function_info *ret, struct err *err);

#endif
