/*
 * Provisioned concurrency that belongs to an alias follows it when it moves, and takes minutes for
 * it. Meanwhile Lambda itself keeps a weight on the alias, towards the version it came from: no
 * one's hand, and gone when the concurrency is ready.
 * https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
#ifndef PROMOTE_PROVISION_H
#define PROMOTE_PROVISION_H

#include "aws/client.h"
#include "promote/act.h"
#include "promote/view.h"

enum provision { PROVISION_NONE, PROVISION_IN_PROGRESS, PROVISION_READY, PROVISION_FAILED };

/* `reason` may be NULL; of PROVISION_FAILED. */
int provision_status(struct aws_client *client, const char *function, const char *alias,
                     enum provision *ret, char reason[512], struct err *err);

/*
 * Fills what was read or written of an alias, its mark included. Weights on an alias that a
 * promotion has moved wholly are looked into: while provisioned concurrency is on its way they are
 * Lambda's and left out (`provisioning`). They count where nobody may ask about the concurrency.
 */
int provision_see(struct seen_alias *ret, const struct alias *alias, const char *function,
                  struct aws_client *client, struct err *err);

/*
 * Live was moved: waits for the concurrency that follows it, and holds the claims of the set
 * meanwhile. ERR_REFUSED: it cannot be had, or not in time.
 */
int provision_wait(struct act *a, struct environment_view *v, struct function_view *f,
                   struct err *err);

#endif
