/* Layers as functions see them: attached by ARN, their zips in order. */
#ifndef LOCAL_LAYERS_H
#define LOCAL_LAYERS_H

#include <stddef.h>

#include <jansson.h>

#include "local/call.h"

/* A layer version's ARN taken apart; in the arena. */
struct layer_ref {
    const char *region, *account, *name, *version;
};

void layer_ref_read(struct call *c, const char *arn, struct layer_ref *ret);

/*
 * Sets Layers of a configuration from the ARNs of a request: each must exist, here, and no two may
 * be of one layer. The shown member is [{Arn, CodeSize}]; the zips are remembered beside it, so
 * that a layer version that is deleted later still works.
 */
int layers_attach(struct call *c, const json_t *arns, json_t *config);

/* Hex digests of the attached zips, in order. Returns how many; the array is in the arena. */
size_t layers_zips(struct call *c, const json_t *config, const char *const **ret);

/* The layer of the path, given as a name or an ARN. 0, or ValidationException and -1. */
int layer_name_read(struct call *c, const char **ret_name);

/* "arn:aws:lambda:REGION:ACCOUNT:layer:NAME", with ":VERSION" unless that is NULL. */
const char *layer_arn(struct call *c, const char *name, const char *version);

#endif
