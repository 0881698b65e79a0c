/* Resource-based policies: statements in a document, with a revision. Of functions and layers. */
#ifndef LOCAL_POLICY_H
#define LOCAL_POLICY_H

#include "local/call.h"
#include "local/resource.h"

/* Which policy: a row of kind "policy" (function, qualifier) or "layer-policy" (layer, version). */
struct policy_ref {
    const char *kind, *owner, *key;
    const char *resource;      /* the ARN statements name */
    const char *get_operation; /* what the message of a stale revision names: "GetPolicy" */
};

/*
 * Adds a statement (taken). 409 when its Sid is there, 412 when `revision` (NULL: not given) is
 * stale. On success *ret_revision is the new one.
 */
int policy_add(struct call *c, const struct policy_ref *ref, json_t *statement,
               const char *revision, const char **ret_revision);

/* 404 when there is no such policy or statement. The last one takes the policy with it. */
int policy_remove(struct call *c, const struct policy_ref *ref, const char *sid,
                  const char *revision);

/* {"Policy": "...", "RevisionId"}; false when there is none. */
bool policy_get(struct call *c, const struct policy_ref *ref, json_t **ret);

/* Any as a JSON string, as Policy and Statement are. New reference. */
json_t *policy_text(const json_t *document);

#endif
