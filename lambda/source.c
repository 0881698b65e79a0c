#include "lambda/source.h"

#include <stdlib.h>

#include "lambda/json_text.h"
#include "lambda/page.h"

enum { SOURCES_MAX = 100000, URLS_MAX = 10000 };

/* ---- event source mappings ---- */

void event_source_list_request(struct aws_request *r, const char *function, const char *marker)
{
    aws_request_init(r, "lambda", "ListEventSourceMappings", "GET", AWS_READS);
    aws_request_resource(r, function ? function : "");
    aws_request_path(r, "/2015-03-31/event-source-mappings");
    aws_request_query(r, "FunctionName", function);
    aws_request_query(r, "Marker", marker);
    r->quota = AWS_QUOTA_CONTROL;
}

static int read_source(const json_t *o, void *ret, struct err *err)
{
    struct event_source s = {{0}};

    if (lambda_text(s.id, sizeof(s.id), o, "UUID", err) < 0 ||
        lambda_text(s.function_arn, sizeof(s.function_arn), o, "FunctionArn", err) < 0 ||
        lambda_text(s.source_arn, sizeof(s.source_arn), o, "EventSourceArn", err) < 0 ||
        lambda_text(s.state, sizeof(s.state), o, "State", err) < 0)
        return -1;
    *(struct event_source *)ret = s;
    return 0;
}

static const struct lambda_list_kind sources = {"ListEventSourceMappings", "EventSourceMappings",
                                                sizeof(struct event_source), SOURCES_MAX,
                                                read_source};

int event_source_list_read(struct str body, struct event_source_list *list, struct buf *ret_marker,
                           struct err *err)
{
    return lambda_list_read(body, &sources, (void **)&list->items, &list->count, ret_marker, err);
}

static void source_page(struct aws_request *r, const void *what, const char *marker)
{
    event_source_list_request(r, what, marker);
}

int event_source_list(struct aws_client *client, const char *function,
                      struct event_source_list *ret, struct err *err)
{
    return lambda_list_all(client, &sources, source_page, function, (void **)&ret->items,
                           &ret->count, err);
}

void event_source_list_release(struct event_source_list *list)
{
    free(list->items);
    *list = (struct event_source_list){0};
}

/* ---- function URLs ---- */

void function_url_list_request(struct aws_request *r, const char *function, const char *marker)
{
    lambda_begin_at(r, "/2021-10-31", "ListFunctionUrlConfigs", "GET", AWS_READS, function);
    aws_request_path(r, "/urls");
    aws_request_query(r, "Marker", marker);
}

static int read_url(const json_t *o, void *ret, struct err *err)
{
    struct function_url u = {{0}};

    if (lambda_text(u.function_arn, sizeof(u.function_arn), o, "FunctionArn", err) < 0 ||
        lambda_text(u.url, sizeof(u.url), o, "FunctionUrl", err) < 0 ||
        lambda_text(u.auth_type, sizeof(u.auth_type), o, "AuthType", err) < 0 ||
        lambda_text(u.invoke_mode, sizeof(u.invoke_mode), o, "InvokeMode", err) < 0)
        return -1;
    *(struct function_url *)ret = u;
    return 0;
}

static const struct lambda_list_kind urls = {"ListFunctionUrlConfigs", "FunctionUrlConfigs",
                                             sizeof(struct function_url), URLS_MAX, read_url};

int function_url_list_read(struct str body, struct function_url_list *list, struct buf *ret_marker,
                           struct err *err)
{
    return lambda_list_read(body, &urls, (void **)&list->items, &list->count, ret_marker, err);
}

static void url_page(struct aws_request *r, const void *what, const char *marker)
{
    function_url_list_request(r, what, marker);
}

int function_url_list(struct aws_client *client, const char *function,
                      struct function_url_list *ret, struct err *err)
{
    return lambda_list_all(client, &urls, url_page, function, (void **)&ret->items, &ret->count,
                           err);
}

void function_url_list_release(struct function_url_list *list)
{
    free(list->items);
    *list = (struct function_url_list){0};
}
