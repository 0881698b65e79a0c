/*
 * What the account may use in this Region, and uses.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
#ifndef LAMBDA_ACCOUNT_H
#define LAMBDA_ACCOUNT_H

#include <stdint.h>

#include "aws/client.h"
#include "base/err.h"

/* -1: not told. */
struct account_settings {
    int64_t code_size_limit; /* bytes of all versions of all functions and layers */
    int64_t code_size_used;
    int64_t concurrency_limit, concurrency_unreserved;
    int64_t function_count;
};

int account_settings_get(struct aws_client *client, struct account_settings *ret, struct err *err);

/* ---- pure: builder and reader ---- */

void account_settings_request(struct aws_request *r);
int account_settings_read(struct str body, struct account_settings *ret, struct err *err);

#endif
