#include "lambda/version.h"

#include <stdlib.h>
#include <string.h>

#include "lambda/call.h"
#include "lambda/function_read.h"
#include "lambda/json_text.h"
#include "lambda/page.h"

enum { VERSIONS_MAX = 10000 };

/* ---- builders ---- */

void version_publish_request(struct aws_request *r, const struct version_publish *p)
{
    json_t *body = json_object();

    lambda_begin(r, "PublishVersion", "POST", AWS_CHANGES, p->function);
    aws_request_path(r, "/versions");
    lambda_put(body, "CodeSha256", p->code_sha256);
    lambda_put(body, "RevisionId", p->revision_id);
    lambda_put(body, "Description", p->description);
    lambda_body(r, body);
}

void version_list_request(struct aws_request *r, const char *function, const char *marker)
{
    lambda_begin(r, "ListVersionsByFunction", "GET", AWS_READS, function);
    aws_request_path(r, "/versions");
    aws_request_query(r, "Marker", marker);
}

void version_delete_request(struct aws_request *r, const char *function, const char *version)
{
    lambda_begin(r, "DeleteFunction", "DELETE", AWS_CHANGES, function);
    aws_request_query(r, "Qualifier", version);
}

/* ---- readers ---- */

static int read_item(const json_t *object, void *ret, struct err *err)
{
    return function_read_object(object, ret, err);
}

static const struct lambda_list_kind versions = {
    "ListVersionsByFunction", "Versions", sizeof(struct function_info), VERSIONS_MAX, read_item};

int version_list_read(struct str body, struct version_list *list, struct buf *ret_marker,
                      struct err *err)
{
    return lambda_list_read(body, &versions, (void **)&list->items, &list->count, ret_marker, err);
}

void version_list_release(struct version_list *list)
{
    free(list->items);
    *list = (struct version_list){0};
}

/* ---- calls ---- */

static int read_configuration(struct str body, void *ret, struct err *err)
{
    return function_read(body, ret, err);
}

int version_publish(struct aws_client *client, const struct version_publish *publish,
                    struct function_info *ret, struct err *err)
{
    struct aws_request r;

    version_publish_request(&r, publish);
    return lambda_call(client, &r, read_configuration, ret, err);
}

static void page_request(struct aws_request *r, const void *what, const char *marker)
{
    version_list_request(r, what, marker);
}

int version_list(struct aws_client *client, const char *function, struct version_list *ret,
                 struct err *err)
{
    return lambda_list_all(client, &versions, page_request, function, (void **)&ret->items,
                           &ret->count, err);
}

int version_delete(struct aws_client *client, const char *function, const char *version,
                   struct err *err)
{
    struct aws_request r;
    unsigned long long number;

    /* Without a number the whole function would go. */
    if (!str_to_u64(str_c(version), (unsigned long long)-1, &number))
        return err_set(err, ERR_INTERNAL, "\"%.40s\" is no version that can be deleted", version);
    version_delete_request(&r, function, version);
    return lambda_call(client, &r, NULL, NULL, err);
}
