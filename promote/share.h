/*
 * Can Live's traffic be shared between its version and the candidate? Lambda shares an alias only
 * between versions of one execution role and one dead-letter queue. Asked before anything is
 * changed: else the cases pass, some Lives send a part of their traffic to the candidate, and then
 * one is refused.
 */
#ifndef PROMOTE_SHARE_H
#define PROMOTE_SHARE_H

#include "aws/client.h"
#include "promote/view.h"

/* For an environment with weighted steps; none: 0. ERR_REFUSED names function and difference. */
int share_check(struct aws_client *client, const struct environment_view *v, struct err *err);

#endif
