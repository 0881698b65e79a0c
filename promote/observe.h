/* Looking at an environment: reads only. One ListAliases a function, and GetFunction where asked.
 */
#ifndef PROMOTE_OBSERVE_H
#define PROMOTE_OBSERVE_H

#include "aws/client.h"
#include "promote/view.h"

/*
 * Makes a view (release it). With `artifacts` (may be NULL) $LATEST is compared with them, the
 * layers' versions are looked for, and hashes that only Lambda can tell, of S3 objects, are filled
 * in; else only aliases are read. ERR_NOT_FOUND names the function that is missing.
 */
int observe_environment(struct environment_view *ret, struct aws_client *client,
                        const struct manifest_environment *environment,
                        const struct manifest_aliases *aliases, const struct artifacts *artifacts,
                        struct err *err);

/*
 * The aliases of one function again; what this process found out about it is kept, and all of it
 * where they cannot be read.
 */
int observe_aliases(struct function_view *f, struct aws_client *client,
                    const struct manifest_aliases *aliases, struct err *err);

/*
 * The same of all functions but the first, side by side: observe_aliases() of each takes what came
 * of it. To be called when the first was read: a promoter that is alive writes the mark of the
 * first before it goes on from one phase to the next, so that what is then decided on condition of
 * that mark was not decided on anything older than it.
 */
void observe_aliases_ahead(const struct environment_view *v, struct aws_client *client);

/* Compares the configuration with what is written; $LATEST's variables are read where some are. */
int observe_config(struct function_view *f, struct aws_client *client, struct err *err);

#endif
