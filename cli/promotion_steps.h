/*
 * The steps of a promotion as lines for people. A set of many functions takes every step many
 * times: what a plan says of all of them is one line with the first names; a promotion that is at
 * work shows the first ones as they are taken, and then how many more there were.
 */
#ifndef CLI_PROMOTION_STEPS_H
#define CLI_PROMOTION_STEPS_H

#include <stdbool.h>

#include "base/buf.h"
#include "promote/promotion.h"

enum { STEPS_FOLD_ABOVE = 8, STEPS_SHOWN = 3 };

/* Steps of one kind in one environment that came one after the other. A zeroed one has none. */
struct promotion_steps {
    const struct manifest_aliases *aliases;
    bool planned; /* nothing is taken: lines may come when all of a kind are known */
    bool whole;   /* a line for every step */
    const struct manifest_environment *environment;
    struct step *items;
    char **texts; /* what is said of each, without its function */
    size_t count, cap;
};

void promotion_steps_release(struct promotion_steps *s);

/* A step that is told as `text`. Appends the lines that are due, each indented and ended. */
void promotion_steps_add(struct promotion_steps *s, const struct manifest_environment *environment,
                         const struct step *step, const char *text, struct buf *out);

/* Something else is told, or nothing more: appends what is still owed. */
void promotion_steps_end(struct promotion_steps *s, struct buf *out);

#endif
