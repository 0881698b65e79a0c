/*
 * Which environments a promotion command is about: -e NAME (repeatable, without gaps), or, where
 * the command has them, --from and --to.
 */
#ifndef CLI_PROMOTION_RANGE_H
#define CLI_PROMOTION_RANGE_H

#include <stdbool.h>

#include "cli/session.h"
#include "promote/promotion.h"

/* Sets o->first and o->last. `ranged`: the command has --from and --to. ERR_USAGE, ERR_INPUT. */
int promotion_range(const struct session *session, struct promotion_options *o, bool ranged,
                    struct err *err);

/*
 * Of commands that may leave some out: those of -e, each once, or all; chosen[i] is of the
 * project's environment i. ERR_INPUT: one is unknown.
 */
int environments_chosen(const struct session *session, bool chosen[MANIFEST_ENVIRONMENTS_MAX],
                        struct err *err);

#endif
