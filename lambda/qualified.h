/*
 * Settings that belong to an alias or a version: what happens to asynchronous events, and
 * provisioned concurrency. A version that has either is in use.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html
 */
#ifndef LAMBDA_QUALIFIED_H
#define LAMBDA_QUALIFIED_H

#include <stddef.h>

#include "aws/client.h"
#include "base/err.h"
#include "lambda/source.h"

/* A plain value. */
struct event_invoke {
    char function_arn[LAMBDA_ARN_SIZE]; /* ends in ":$LATEST", a version or an alias */
    int retries;                        /* -1: not set */
    int max_age_s;                      /* -1: not set */
    char on_success[SOURCE_ARN_SIZE], on_failure[SOURCE_ARN_SIZE]; /* destinations, "": none */
};

struct event_invoke_list {
    struct event_invoke *items;
    size_t count;
};

int event_invoke_list(struct aws_client *client, const char *function,
                      struct event_invoke_list *ret, struct err *err);
void event_invoke_list_release(struct event_invoke_list *list);

struct provisioned {
    char function_arn[LAMBDA_ARN_SIZE]; /* ends in a version or an alias */
    int requested, allocated, available;
    char status[16]; /* IN_PROGRESS, READY, FAILED */
    char status_reason[512];
};

struct provisioned_list {
    struct provisioned *items;
    size_t count;
};

int provisioned_list(struct aws_client *client, const char *function, struct provisioned_list *ret,
                     struct err *err);
void provisioned_list_release(struct provisioned_list *list);

/* ---- pure: builders and readers ---- */

void event_invoke_list_request(struct aws_request *r, const char *function, const char *marker);
int event_invoke_list_read(struct str body, struct event_invoke_list *list, struct buf *ret_marker,
                           struct err *err);
void provisioned_list_request(struct aws_request *r, const char *function, const char *marker);
int provisioned_list_read(struct str body, struct provisioned_list *list, struct buf *ret_marker,
                          struct err *err);

#endif
