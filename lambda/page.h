/*
 * Private to lambda/: lists that come in pages. A list is an array of plain values on the heap.
 */
#ifndef LAMBDA_PAGE_H
#define LAMBDA_PAGE_H

#include <stddef.h>

#include <jansson.h>

#include "aws/client.h"
#include "lambda/call.h"

struct lambda_list_kind {
    const char *operation;
    const char *member; /* the array in the answer */
    size_t item_size;
    size_t max; /* items; more is ERR_LIMIT */
    int (*read)(const json_t *object, void *ret_item, struct err *err);
};

/*
 * Appends one page to *items. `ret_marker` (cleared first) gets NextMarker, empty on the last page.
 * ERR_UNKNOWN when the array is not there: an empty list is one that the service says is empty.
 */
int lambda_list_read(struct str body, const struct lambda_list_kind *kind, void **items,
                     size_t *count, struct buf *ret_marker, struct err *err);

/* Builds the request for the page at `marker`, NULL for the first; `what` says of whom. */
typedef void lambda_page_request(struct aws_request *r, const void *what, const char *marker);

/* All pages. On failure *ret_items and *ret_count are untouched. */
int lambda_list_all(struct aws_client *client, const struct lambda_list_kind *kind,
                    lambda_page_request *request, const void *what, void **ret_items,
                    size_t *ret_count, struct err *err);

#endif
