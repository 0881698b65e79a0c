/* Built-in events: what AWS services send to a function, with a case's own values merged in. */
#ifndef RUNNER_EVENT_TEMPLATE_H
#define RUNNER_EVENT_TEMPLATE_H

#include <stddef.h>

#include "runner/check/check.h"

struct event_template {
    const char *name;    /* "s3-put" */
    const char *summary; /* one line */
    const char *json;
};

extern const struct event_template event_templates[];
extern const size_t event_template_count;

/*
 * `at` is a name, or { "template": name, "overrides": object }: the overrides, expanded, are merged
 * as JSON Merge Patch (RFC 7396: null deletes, arrays are replaced). Returns owned; NULL after
 * adding a fault.
 */
json_t *event_template_build(struct check_compiler *c, struct json_ref at);

#endif
