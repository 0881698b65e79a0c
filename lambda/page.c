#include "lambda/page.h"

#include <stdlib.h>

#include "base/mem.h"
#include "lambda/json_text.h"

static int append(const struct lambda_list_kind *kind, const json_t *item, void **items,
                  size_t *count, struct err *err)
{
    if (*count == kind->max)
        return err_set(err, ERR_LIMIT, "lambda %s: more than %zu", kind->operation, kind->max);
    *items = mem_grow(*items, *count + 1, kind->item_size);
    if (kind->read(item, (char *)*items + *count * kind->item_size, err) < 0)
        return -1;
    ++*count;
    return 0;
}

int lambda_list_read(struct str body, const struct lambda_list_kind *kind, void **items,
                     size_t *count, struct buf *ret_marker, struct err *err)
{
    json_t *root = lambda_parse(body, kind->operation, err), *item;
    const json_t *list = json_object_get(root, kind->member);
    const char *marker;
    size_t i;
    int result = root ? 0 : -1;

    buf_clear(ret_marker);
    if (root && !json_is_array(list))
        result = err_set(err, ERR_UNKNOWN, "lambda %s: the answer has no array %s", kind->operation,
                         kind->member);
    json_array_foreach(list, i, item)
    {
        if (result == 0)
            result = append(kind, item, items, count, err);
    }
    marker = json_string_value(json_object_get(root, "NextMarker"));
    if (marker)
        buf_add_c(ret_marker, marker);
    json_decref(root);
    return result;
}

struct page {
    const struct lambda_list_kind *kind;
    void *items;
    size_t count;
    struct buf marker;
};

static int read_page(struct str body, void *ret, struct err *err)
{
    struct page *p = ret;

    return lambda_list_read(body, p->kind, &p->items, &p->count, &p->marker, err);
}

static int read_all(struct aws_client *client, struct page *p, lambda_page_request *request,
                    const void *what, struct err *err)
{
    for (unsigned pages = 0; pages < LAMBDA_PAGES_MAX; pages++) {
        struct aws_request r;

        request(&r, what, p->marker.len ? buf_c(&p->marker) : NULL);
        if (lambda_call(client, &r, read_page, p, err) < 0)
            return -1;
        if (p->marker.len == 0)
            return 0;
    }
    return err_set(err, ERR_LIMIT, "lambda %s: more than %d pages", p->kind->operation,
                   LAMBDA_PAGES_MAX);
}

int lambda_list_all(struct aws_client *client, const struct lambda_list_kind *kind,
                    lambda_page_request *request, const void *what, void **ret_items,
                    size_t *ret_count, struct err *err)
{
    struct page p = {.kind = kind};
    const int result = read_all(client, &p, request, what, err);

    buf_release(&p.marker);
    if (result < 0) {
        free(p.items);
        return -1;
    }
    *ret_items = p.items;
    *ret_count = p.count;
    return 0;
}
