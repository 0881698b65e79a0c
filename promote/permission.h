/*
 * What a promotion will need to be allowed, asked before anything is changed: as far as Lambda lets
 * one ask without doing (DryRun of UpdateFunctionCode and Invoke). docs/iam.md has the whole list.
 */
#ifndef PROMOTE_PERMISSION_H
#define PROMOTE_PERMISSION_H

#include <stdbool.h>

#include "aws/client.h"
#include "promote/manifest.h"
#include "promote/view.h"

/* The aliases that cases will be sent to. */
struct permission_wish {
    bool smoke, live;
};

/*
 * For the functions of `v` that are not complete; of aliases that are not there yet nothing is
 * asked.
 * ERR_DENIED names every action that is missing, with its resource; all other answers are left to
 * the steps that will get them.
 */
int permission_check(struct aws_client *client, const struct environment_view *v,
                     const struct manifest_aliases *aliases, const struct permission_wish *wish,
                     struct err *err);

#endif
