/*
 * {{...}} in the project file: names, packages, configuration, and where an environment is. Values
 * become text; private to the readers of the project file.
 */
#ifndef PROMOTE_MANIFEST_EXPAND_H
#define PROMOTE_MANIFEST_EXPAND_H

#include "base/arena.h"
#include "promote/manifest.h"

struct expander {
    struct arena *arena;
    const struct manifest_options *options;
    struct faults *faults;
    const char *environment;      /* {{environment}} */
    const char *function;         /* {{function}}, its key; NULL: there is none here */
    struct json_ref own, project; /* variables of the environment, of the project; objects or {0} */
    bool release_used;            /* set by every {{release}} */
    bool release_missing;         /* and none was given */
};

/*
 * The string with every {{...}} replaced, NUL-terminated, in the arena. NULL after adding a fault
 * at the exact character: an unknown name, a value that is no plain text, a NUL. {{release}} stays
 * as it is when no release was given.
 */
const char *expand_text(struct expander *x, struct json_ref string);

/* Only the first fault of a position is told: it would come again for every environment. NULL
 * then. */
struct fault *fault_once(struct faults *faults, struct json_ref at, struct json_pos pos,
                         const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
