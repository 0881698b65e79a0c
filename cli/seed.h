/*
 * Functions belong to the user's infrastructure tool; only in the embedded Lambda does smokegate
 * make them itself, so that a project works on a laptop with no AWS account.
 */
#ifndef CLI_SEED_H
#define CLI_SEED_H

#include "aws/client.h"
#include "base/err.h"
#include "promote/manifest.h"

/*
 * Creates every function of the environment that the local Lambda lacks, from its package and
 * config, publishes its first version and points Smoke there, so that cases can run at once. A
 * function whose package cannot be used is left out, with a line on stderr that says why. Functions
 * that exist are not touched.
 */
int seed_environment(struct aws_client *client, const struct manifest *m,
                     const struct manifest_environment *environment, struct err *err);

#endif
