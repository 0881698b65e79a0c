#include "lambda/qualified.h"

#include <stdlib.h>

#include "lambda/json_text.h"
#include "lambda/page.h"

enum { CONFIGS_MAX = 10000 };

/* ---- asynchronous events ---- */

void event_invoke_list_request(struct aws_request *r, const char *function, const char *marker)
{
    lambda_begin_at(r, "/2019-09-25", "ListFunctionEventInvokeConfigs", "GET", AWS_READS, function);
    aws_request_path(r, "/event-invoke-config/list");
    aws_request_query(r, "Marker", marker);
}

static int read_destination(char *out, size_t size, const json_t *o, const char *which,
                            struct err *err)
{
    return lambda_text(out, size, json_object_get(json_object_get(o, "DestinationConfig"), which),
                       "Destination", err);
}

static int read_event_invoke(const json_t *o, void *ret, struct err *err)
{
    struct event_invoke e = {
        .retries = (int)lambda_integer(o, "MaximumRetryAttempts", -1),
        .max_age_s = (int)lambda_integer(o, "MaximumEventAgeInSeconds", -1),
    };

    if (lambda_text(e.function_arn, sizeof(e.function_arn), o, "FunctionArn", err) < 0 ||
        read_destination(e.on_success, sizeof(e.on_success), o, "OnSuccess", err) < 0 ||
        read_destination(e.on_failure, sizeof(e.on_failure), o, "OnFailure", err) < 0)
        return -1;
    *(struct event_invoke *)ret = e;
    return 0;
}

static const struct lambda_list_kind event_invokes = {
    "ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs", sizeof(struct event_invoke),
    CONFIGS_MAX, read_event_invoke};

int event_invoke_list_read(struct str body, struct event_invoke_list *list, struct buf *ret_marker,
                           struct err *err)
{
    return lambda_list_read(body, &event_invokes, (void **)&list->items, &list->count, ret_marker,
                            err);
}

static void event_invoke_page(struct aws_request *r, const void *what, const char *marker)
{
    event_invoke_list_request(r, what, marker);
}

int event_invoke_list(struct aws_client *client, const char *function,
                      struct event_invoke_list *ret, struct err *err)
{
    return lambda_list_all(client, &event_invokes, event_invoke_page, function,
                           (void **)&ret->items, &ret->count, err);
}

void event_invoke_list_release(struct event_invoke_list *list)
{
    free(list->items);
    *list = (struct event_invoke_list){0};
}

/* ---- provisioned concurrency ---- */

void provisioned_list_request(struct aws_request *r, const char *function, const char *marker)
{
    lambda_begin_at(r, "/2019-09-30", "ListProvisionedConcurrencyConfigs", "GET", AWS_READS,
                    function);
    aws_request_path(r, "/provisioned-concurrency");
    aws_request_query(r, "List", "ALL");
    aws_request_query(r, "Marker", marker);
}

static int read_provisioned(const json_t *o, void *ret, struct err *err)
{
    struct provisioned p = {
        .requested = (int)lambda_integer(o, "RequestedProvisionedConcurrentExecutions", 0),
        .allocated = (int)lambda_integer(o, "AllocatedProvisionedConcurrentExecutions", 0),
        .available = (int)lambda_integer(o, "AvailableProvisionedConcurrentExecutions", 0),
    };

    if (lambda_text(p.function_arn, sizeof(p.function_arn), o, "FunctionArn", err) < 0 ||
        lambda_text(p.status, sizeof(p.status), o, "Status", err) < 0)
        return -1;
    lambda_prose(p.status_reason, sizeof(p.status_reason), o, "StatusReason");
    *(struct provisioned *)ret = p;
    return 0;
}

static const struct lambda_list_kind provisions = {
    "ListProvisionedConcurrencyConfigs", "ProvisionedConcurrencyConfigs",
    sizeof(struct provisioned), CONFIGS_MAX, read_provisioned};

int provisioned_list_read(struct str body, struct provisioned_list *list, struct buf *ret_marker,
                          struct err *err)
{
    return lambda_list_read(body, &provisions, (void **)&list->items, &list->count, ret_marker,
                            err);
}

static void provisioned_page(struct aws_request *r, const void *what, const char *marker)
{
    provisioned_list_request(r, what, marker);
}

int provisioned_list(struct aws_client *client, const char *function, struct provisioned_list *ret,
                     struct err *err)
{
    return lambda_list_all(client, &provisions, provisioned_page, function, (void **)&ret->items,
                           &ret->count, err);
}

void provisioned_list_release(struct provisioned_list *list)
{
    free(list->items);
    *list = (struct provisioned_list){0};
}
