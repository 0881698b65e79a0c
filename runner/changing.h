/*
 * The parts of a response that will most likely be others next time: what a recorded snapshot has
 * to leave out. A guess by form: identifiers (UUIDs, the id of the request), times (RFC 3339, or
 * seconds and milliseconds since 1970 that are about now), unless the request had them already.
 * What holds a registered secret counts as well: it must not get into a file.
 */
#ifndef RUNNER_CHANGING_H
#define RUNNER_CHANGING_H

#include <jansson.h>

#include "base/str.h"

struct changing_known {
    int64_t now_ms;
    struct str request_id; /* of the invocation */
    struct str request;    /* what was sent */
};

/* Is this text one of them? */
bool changing_text(struct str text, const struct changing_known *known);

/*
 * JSONPaths of all of them, each once, as an array of strings; elements of arrays are [*]. Returned
 * owned; holds "$" alone when that is the value itself.
 */
json_t *changing_paths(json_t *value, const struct changing_known *known);

#endif
