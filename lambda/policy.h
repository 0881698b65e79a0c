/*
 * Resource policies: who may call a function, an alias or a version. Each qualifier has one of its
 * own, and a new alias begins with none.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
 */
#ifndef LAMBDA_POLICY_H
#define LAMBDA_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/client.h"
#include "base/arena.h"
#include "base/err.h"
#include "lambda/alias.h"

/* Texts that are absent are "". What was a list reads "a, b". */
struct policy_statement {
    const char *sid;
    bool allows;            /* Effect is Allow */
    const char *principal;  /* "s3.amazonaws.com", "arn:aws:iam::1:root", "*" */
    const char *action;     /* "lambda:InvokeFunction" */
    const char *source_arn; /* of the condition: which bucket, rule, API... */
    const char *source_account;
    const char *url_auth_type; /* of lambda:InvokeFunctionUrl: "NONE", "AWS_IAM" */
};

struct policy {
    struct arena arena; /* holds the texts */
    struct policy_statement *statements;
    size_t count;
    char revision_id[LAMBDA_REVISION_SIZE];
};

void policy_release(struct policy *p); /* a zeroed one is fine */

/* `qualifier` is an alias or a version, NULL: the bare function. ERR_NOT_FOUND: it has none. */
int policy_get(struct aws_client *client, const char *function, const char *qualifier,
               struct policy *ret, struct err *err);

/* ---- pure: builder and reader ---- */

void policy_get_request(struct aws_request *r, const char *function, const char *qualifier);
int policy_read(struct str body, struct policy *ret, struct err *err);

#endif
