/* Marker and MaxItems of the List operations. A marker is opaque to clients. */
#ifndef LOCAL_PAGE_H
#define LOCAL_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "local/call.h"

enum { PAGE_MAX = 50, PAGE_ITEMS_MAX = 10000 };

struct page {
    size_t limit;     /* items of this page */
    const char *text; /* where the last page ended, "" at the start; in the arena */
    const char *text2;
    int64_t number; /* -1 at the start */
};

/* `most` items a page, whatever MaxItems says. 400 for a marker that is not ours, or MaxItems. */
int page_read(struct call *c, size_t most, struct page *ret);

/* Adds NextMarker. */
void page_next(json_t *document, const char *text, int64_t number, const char *text2);

#endif
