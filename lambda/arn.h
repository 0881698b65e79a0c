/*
 * Function ARNs taken apart:
 * arn:aws:lambda:eu-west-1:123456789012:function:NAME[:QUALIFIER]. Pure.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
#ifndef LAMBDA_ARN_H
#define LAMBDA_ARN_H

#include <stdbool.h>

#include "base/str.h"

/* Everything points into the text. */
struct lambda_arn {
    struct str region, account;
    struct str function;
    struct str qualifier; /* {NULL, 0}: none, which is $LATEST to whoever calls it */
};

/* False when it is no ARN of a function. */
bool lambda_arn_split(struct str arn, struct lambda_arn *ret);

#endif
