/* Looking at an environment: reads only. One ListAliases a function, and GetFunction where asked.
 */
#ifndef PROMOTE_OBSERVE_H
#define PROMOTE_OBSERVE_H

#include "aws/client.h"
#include "promote/view.h"

/*
 * Makes a view (release it). `artifacts` are one for each function of the environment, in its
 * order: then $LATEST is compared with them (and the hash that only Lambda can tell of an S3 object
 * is filled in); NULL: only aliases are read. ERR_NOT_FOUND names the
 * function that is missing.
 */
int observe_environment(struct environment_view *ret, struct aws_client *client,
                        const struct manifest_environment *environment,
                        const struct manifest_aliases *aliases, struct artifact *artifacts,
                        struct err *err);

/* The aliases of one function again; what this process found out about it is kept. */
int observe_aliases(struct function_view *f, struct aws_client *client,
                    const struct manifest_aliases *aliases, struct err *err);

#endif
