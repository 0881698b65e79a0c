/* Making a version out of $LATEST: PublishVersion and the Publish of other operations. */
#ifndef LOCAL_PUBLISH_H
#define LOCAL_PUBLISH_H

#include "local/store.h"

/*
 * Publishes `latest`. When nothing changed since the last one, *ret is that version and nothing is
 * written; else a new one with the next number, Active at once or `pending` (with SnapStart always
 * pending). `description` NULL: $LATEST's. Does not touch $LATEST's RevisionId. 0.
 */
int publish_new(struct call *c, struct function_row *row, const struct version *latest,
                const char *description, bool pending, struct version *ret);

/*
 * Loads $LATEST for a change and refuses what Lambda refuses: 404, 409 while it is Pending or an
 * update runs, 412 when `revision` (NULL: not given) is not the current one.
 */
int latest_for_change(struct call *c, const struct function_ref *ref, const char *revision,
                      struct function_row *row, struct version *latest);

/* When a state that lasts `ms` ends; a fault script may make it longer. Never 0. */
int64_t due_at(struct call *c, int64_t ms);

int fail_revision(struct call *c); /* 412 of functions and aliases. Returns -1. */

#endif
