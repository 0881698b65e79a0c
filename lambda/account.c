#include "lambda/account.h"

#include "lambda/call.h"
#include "lambda/json_text.h"

void account_settings_request(struct aws_request *r)
{
    aws_request_init(r, "lambda", "GetAccountSettings", "GET", AWS_READS);
    aws_request_path(r, "/2016-08-19/account-settings");
    r->quota = AWS_QUOTA_CONTROL;
}

int account_settings_read(struct str body, struct account_settings *ret, struct err *err)
{
    json_t *root = lambda_parse(body, "GetAccountSettings", err);
    const json_t *limit = json_object_get(root, "AccountLimit");
    const json_t *usage = json_object_get(root, "AccountUsage");

    if (!root)
        return -1;
    *ret = (struct account_settings){
        .code_size_limit = lambda_integer(limit, "TotalCodeSize", -1),
        .code_size_used = lambda_integer(usage, "TotalCodeSize", -1),
        .concurrency_limit = lambda_integer(limit, "ConcurrentExecutions", -1),
        .concurrency_unreserved = lambda_integer(limit, "UnreservedConcurrentExecutions", -1),
        .function_count = lambda_integer(usage, "FunctionCount", -1),
    };
    json_decref(root);
    return 0;
}

static int read_into(struct str body, void *ret, struct err *err)
{
    return account_settings_read(body, ret, err);
}

int account_settings_get(struct aws_client *client, struct account_settings *ret, struct err *err)
{
    struct aws_request r;

    account_settings_request(&r);
    return lambda_call(client, &r, read_into, ret, err);
}
