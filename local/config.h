/*
 * A function's configuration as its JSON document (FunctionConfiguration without what changes by
 * itself: names, version, revision, states), what a request may set in it, and how answers show it.
 * It holds a few members that answers do not show: Identity, LayerZips, CodeUnzipped,
 * LayersUnzipped, ImageUri, Serving.
 */
#ifndef LOCAL_CONFIG_H
#define LOCAL_CONFIG_H

#include <stdbool.h>

#include <jansson.h>

#include "local/call.h"
#include "local/code.h"
#include "local/store.h"

/* Every member of the body against the model. `create`: with those CreateFunction requires. */
int config_check(struct call *c, bool create);

/* The defaults of a new function, named for its log group. Owned by the call. */
json_t *config_new(struct call *c, const char *function);

/* Puts the members of the body that are there into `config`: only what was sent changes. */
int config_apply(struct call *c, json_t *config);

/* CodeSha256, CodeSize, and Architectures where they were sent. */
void config_set_code(struct call *c, json_t *config, const struct code *code);

/*
 * Code and layers together, unzipped, against the quota. 400 with AWS's words. Layers published
 * before their unzipped size was kept count as nothing here; unpacking them counts again.
 */
int config_check_size(struct call *c, const json_t *config);

/* LastModified := now, and a new identity: environments started before are not used any more. */
void config_touch(struct call *c, json_t *config);

/*
 * While an update is in progress, and after one that failed, invocations get what was there before
 * ("Serving": its config and zip). config_keep_serving() is called before the change.
 */
void config_keep_serving(struct call *c, struct version *latest);
void config_end_serving(json_t *config); /* the update succeeded */
const json_t *config_serving(const struct version *v, const char **ret_zip); /* of an invocation */

/* A digest of everything that makes a version differ from the one before. In the arena. */
const char *config_digest(struct call *c, const struct version *v);

enum config_view {
    CONFIG_WHOLE, /* with states: GetFunction and the like */
    CONFIG_ITEM,  /* of a list: without */
};

/* FunctionConfiguration as an answer; `qualifier` is what its ARN ends in, NULL: nothing. New. */
json_t *config_answer(struct call *c, const struct version *v, const char *qualifier,
                      enum config_view view);

#endif
