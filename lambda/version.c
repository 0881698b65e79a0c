#include "lambda/version.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lambda/call.h"
#include "lambda/function_read.h"
#include "lambda/json_text.h"

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

int version_list_read(struct str body, struct version_list *list, struct buf *ret_marker,
                      struct err *err)
{
    json_t *root = lambda_parse(body, "ListVersionsByFunction", err), *item;
    const char *marker;
    size_t i;
    int result = root ? 0 : -1;

    buf_clear(ret_marker);
    json_array_foreach(json_object_get(root, "Versions"), i, item)
    {
        if (result == 0 && list->count == VERSIONS_MAX)
            result = err_set(err, ERR_LIMIT, "lambda ListVersionsByFunction: more than %d",
                             VERSIONS_MAX);
        if (result < 0)
            break;
        list->items = mem_grow(list->items, list->count + 1, sizeof(*list->items));
        result = function_read_object(item, &list->items[list->count], err);
        list->count += result == 0;
    }
    marker = json_string_value(json_object_get(root, "NextMarker"));
    if (marker)
        buf_add_c(ret_marker, marker);
    json_decref(root);
    return result;
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

struct page {
    struct version_list *list;
    struct buf *marker;
};

static int read_page(struct str body, void *ret, struct err *err)
{
    struct page *page = ret;

    return version_list_read(body, page->list, page->marker, err);
}

int version_list(struct aws_client *client, const char *function, struct version_list *ret,
                 struct err *err)
{
    CLEANUP(version_list_release) struct version_list list = {0};
    CLEANUP(buf_release) struct buf marker = {0};
    struct page page = {&list, &marker};
    unsigned pages = 0;

    do {
        struct aws_request r;

        if (++pages > LAMBDA_PAGES_MAX)
            return err_set(err, ERR_LIMIT, "lambda ListVersionsByFunction %s: more than %d pages",
                           function, LAMBDA_PAGES_MAX);
        version_list_request(&r, function, marker.len ? buf_c(&marker) : NULL);
        if (lambda_call(client, &r, read_page, &page, err) < 0)
            return -1;
    } while (marker.len);
    *ret = list;
    list = (struct version_list){0};
    return 0;
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
