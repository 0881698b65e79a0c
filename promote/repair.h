/*
 * The command of the AWS CLI that puts something right, to be pasted into a shell: with the Region,
 * profile and endpoint that the environment has, so that it cannot hit another account by chance,
 * and with every value quoted where a shell would read more into it. Pure.
 */
#ifndef PROMOTE_REPAIR_H
#define PROMOTE_REPAIR_H

#include "aws/client.h"
#include "base/buf.h"
#include "promote/manifest.h"

/* Where commands go. Borrowed texts; NULL: the command line need not tell it. */
struct repair_at {
    const char *region, *profile;
    const char *endpoint; /* only where it is not AWS's own */
};

struct repair_at repair_at(const struct manifest_environment *environment,
                           const struct aws_client *client);

/*
 * Appends "aws lambda OPERATION --function-name F [--qualifier Q]" and where it goes; " && " before
 * it when `out` holds a command already. `function`, `qualifier`: NULL: none.
 */
void repair_begin(struct buf *out, const struct repair_at *at, const char *operation,
                  const char *function, const char *qualifier);

/* Appends " --NAME VALUE". */
void repair_option(struct buf *out, const char *name, const char *value);
void repair_number(struct buf *out, const char *name, long long value);

#endif
