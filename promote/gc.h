/*
 * Old versions that nobody needs: pure choice, and what it is made from. A version stays when any
 * alias (ours or not), weight, mark of a promotion, event source mapping, resource policy,
 * provisioned concurrency or asynchronous setting (also as a destination of another function of the
 * project) names it, when it is among the newest `keep`, or when it is younger than `min_age_ms`.
 * Function URLs belong to aliases or to $LATEST, never to a version.
 */
#ifndef PROMOTE_GC_H
#define PROMOTE_GC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "lambda/alias.h"
#include "lambda/qualified.h"
#include "lambda/source.h"
#include "lambda/version.h"
#include "promote/manifest.h"

struct gc_wish {
    size_t keep;        /* published last, beside those that are named; see docs/promotion.md */
    int64_t min_age_ms; /* 0: any age */
    int64_t now_ms;
};

/* What a whole environment has that may name versions of any of its functions. */
struct gc_callers {
    struct event_source_list sources;       /* of the Region */
    struct event_invoke_list *asynchronous; /* by function of the environment */
    size_t count;
};

/* Release it, also after a failure. */
int gc_callers_read(struct gc_callers *ret, struct aws_client *client,
                    const struct manifest_environment *environment, struct err *err);
void gc_callers_release(struct gc_callers *c);

struct gc_evidence {
    const char *function;
    const struct gc_callers *callers; /* borrowed */
    struct version_list versions;
    struct alias_list aliases;
    struct provisioned_list provisioned;
    bool *granted; /* by version: somebody is allowed to call that very version */
};

/*
 * Reads what there is of a function; `callers` are of its environment and outlive it. Policies are
 * asked for only of versions that could go. Release it, also after a failure.
 */
int gc_read(struct gc_evidence *ret, struct aws_client *client, const char *function,
            const struct gc_callers *callers, const struct gc_wish *wish, struct err *err);
void gc_release(struct gc_evidence *e);

/* Why a version (an item of e->versions) stays, or NULL: it may go. Pure. */
const char *gc_keeps(const struct gc_evidence *e, const struct function_info *version,
                     const struct gc_wish *wish);

#endif
