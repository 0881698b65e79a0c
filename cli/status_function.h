/* One function as `status` tells it: where its aliases are, and what is to be known about that. */
#ifndef CLI_STATUS_FUNCTION_H
#define CLI_STATUS_FUNCTION_H

#include <jansson.h>

#include "aws/client.h"
#include "cli/status_next.h"
#include "promote/view.h"

/*
 * Asks for all versions that status_function() will ask for, side by side; `seen`: what came of
 * reading the aliases of each. GetFunction has a quota of its own, wide enough for large sets.
 * aws_client_ahead_end() when they were asked for.
 */
void status_versions_ahead(const struct environment_view *v, const struct err *seen,
                           struct aws_client *client);

/*
 * Appends it to `list`, and tells `next`. `err`: what came of reading its aliases. -1: that it had
 * come to nothing, or that a version could not be read (where the aliases are is told then).
 */
int status_function(json_t *list, struct status_next *next, const struct function_view *f,
                    struct aws_client *client, struct err *err);

#endif
