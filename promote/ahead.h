/*
 * Requests that the code below will make one after another, sent side by side before it does
 * (aws_client_ahead): what it then asks has been answered already, and latencies do not add up.
 */
#ifndef PROMOTE_AHEAD_H
#define PROMOTE_AHEAD_H

#include <stddef.h>

#include "aws/client.h"
#include "aws/request.h"

struct ahead {
    struct aws_request *items;
    size_t count, cap;
};

/* A place for one more, to be filled by a builder of lambda/; valid until the next. */
struct aws_request *ahead_add(struct ahead *a);

/* Sends and waits; empties `a`. Whoever asked says aws_client_ahead_end() when done. */
void ahead_send(struct ahead *a, struct aws_client *client);

#endif
