/*
 * Variables and {{...}}. A scope is every place a name may come from, for one item; looking up
 * never touches the clock, and only {{env.X}} and {{secret.X}} look at the environment.
 */
#ifndef RUNNER_SCOPE_H
#define RUNNER_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/rand.h"
#include "json/reader.h"
#include "runner/config.h"

struct scope {
    const struct runner_config *config;
    json_t *file_variables, *case_variables; /* objects or NULL, borrowed */
    json_t *row;                             /* of the table, or NULL */
    json_t *captures;                        /* name -> value so far, or NULL */
    json_t *capture_names;                   /* names that will have a value at run time */
    json_t *function;                        /* {{function}}: the case's, or NULL; borrowed */
    struct rng rng;                          /* {{uuid}}, {{random.int(a,b)}} */
    int64_t now_ms;                          /* {{now}} */
    bool used_row;                           /* set by every lookup that the row answered */
    bool unknown;                            /* set when a capture had no value yet */
};

/*
 * Where a text with {{...}} stands: the string value of a case file, or a text file of its own
 * (then `string` is {0}).
 */
struct template_source {
    struct json_ref string;
    const char *file;
    struct str text;
};

enum template_quote {
    TEMPLATE_PLAIN,
    TEMPLATE_REGEX, /* values are quoted; {{raw.name}} is not */
};

/* Is there anything to substitute? */
bool template_has(struct str text);

/*
 * The text with every {{...}} replaced; a text that is exactly one {{...}} becomes the value with
 * its JSON type. Returns owned (json_decref), or NULL after adding a fault at the exact character.
 */
json_t *template_expand(struct scope *scope, const struct template_source *source,
                        enum template_quote quote, struct faults *faults);

/* A string of a case file as text; NULL after a fault, also when its value is no text. In `arena`.
 */
struct arena;
const char *template_text(struct scope *scope, struct json_ref string, struct arena *arena,
                          struct faults *faults);

/*
 * A whole value with every string in it expanded (keys are not). With `json_text`, an object that
 * is exactly {"$json": value} becomes the JSON text of the value. Returns owned; shares what did
 * not change with the document. NULL after adding faults.
 */
json_t *template_tree(struct scope *scope, struct json_ref value, bool json_text,
                      struct faults *faults);

#endif
