/*
 * The project's layers in one environment. A layer is published once under the hash of its content
 * and found again by it; a published version never changes, so functions that are promoted, or
 * taken back, carry theirs with them.
 */
#ifndef PROMOTE_LAYERS_H
#define PROMOTE_LAYERS_H

#include <stdbool.h>

#include "aws/client.h"
#include "base/err.h"
#include "lambda/function.h"
#include "promote/artifact.h"

struct layer_view {
    const struct manifest_layer *layer;
    struct artifact *artifact; /* code_sha256 "": an S3 object that Lambda has not told yet */
    char arn[LAMBDA_ARN_SIZE]; /* the version that holds it; "": none does, or it was not asked */
};

/*
 * Looks for a version that holds the artifact: one that says so in its description, else the
 * newest; what Lambda says of its content decides. ERR_REFUSED: an S3 object that is another than
 * in the environment before.
 */
int layers_find(struct layer_view *l, struct aws_client *client, struct err *err);

/* Publishes it. ERR_UNKNOWN: look again, then repeat; a second version of it would be harmless. */
int layers_publish(struct layer_view *l, struct aws_client *client, struct err *err);

/* The function has exactly these layers, in this order. Pure. */
bool layers_are_attached(const struct layer_view *const *layers, size_t count,
                         const struct function_info *info);

#endif
