/*
 * Old versions that nobody needs: pure choice, and their deletion. A version stays when any alias
 * (ours or not), weight, mark of a promotion, provisioned concurrency or asynchronous setting names
 * it, when it is among the newest `keep`, or when it is younger than `min_age_ms`.
 */
#ifndef PROMOTE_GC_H
#define PROMOTE_GC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "lambda/alias.h"
#include "lambda/qualified.h"
#include "lambda/version.h"

struct gc_wish {
    size_t keep;        /* newest versions, beside those that are named */
    int64_t min_age_ms; /* 0: any age */
    int64_t now_ms;
};

struct gc_evidence {
    struct version_list versions;
    struct alias_list aliases;
    struct event_invoke_list asynchronous;
    struct provisioned_list provisioned;
};

/* Reads what there is of a function. Release it, also after a failure. */
int gc_read(struct gc_evidence *ret, struct aws_client *client, const char *function,
            struct err *err);
void gc_release(struct gc_evidence *e);

/* Why a version stays, or NULL: it may go. Pure. */
const char *gc_keeps(const struct gc_evidence *e, const struct function_info *version,
                     const struct gc_wish *wish);

#endif
