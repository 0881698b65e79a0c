#include "promote/ahead.h"

#include <stdlib.h>

#include "base/mem.h"

struct aws_request *ahead_add(struct ahead *a)
{
    if (a->count == a->cap) {
        a->cap = a->cap ? a->cap * 2 : 64;
        a->items = mem_grow(a->items, a->cap, sizeof(*a->items));
    }
    a->items[a->count] = (struct aws_request){0};
    return &a->items[a->count++];
}

void ahead_send(struct ahead *a, struct aws_client *client)
{
    aws_client_ahead(client, a->items, a->count);
    for (size_t i = 0; i < a->count; i++)
        aws_request_release(&a->items[i]);
    free(a->items);
    *a = (struct ahead){0};
}
