/*
 * What was observed of an environment: the evidence that plans are made from. Plain values; the
 * planner (promote/plan.h) only reads them, what acts keeps them up to date with the service's own
 * answers.
 */
#ifndef PROMOTE_VIEW_H
#define PROMOTE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "lambda/alias.h"
#include "lambda/function.h"
#include "promote/artifact.h"
#include "promote/layers.h"
#include "promote/manifest.h"
#include "promote/mark.h"
#include "promote/repair.h"

enum { VIEW_DIFF_MAX = 256 };

struct seen_alias {
    bool exists;
    struct alias alias; /* its name is told even when there is none */
    struct mark mark;   /* MARK_NONE: no line of ours */
    bool provisioning;  /* weights that Lambda keeps meanwhile are left out: promote/provision.h */
};

/* Seen, and not there: nothing but the name it would have. */
void seen_none(struct seen_alias *ret, const char *name);

/* One function in one environment. */
struct function_view {
    const struct manifest_function *function;
    struct artifact *artifact; /* NULL: none is needed (status, abort, restore) */
    const struct layer_view *layers[MANIFEST_LAYERS_MAX]; /* function->layer_count of them */
    struct seen_alias smoke, live, backup;
    struct function_info latest;     /* $LATEST; name "" when it was not asked for */
    bool code_same, config_same;     /* $LATEST is what the project file wants */
    char config_diff[VIEW_DIFF_MAX]; /* names of what differs, never values */

    /* What this process has found out since: */
    bool deployed;                       /* by the user's own command */
    bool renewed;                        /* $LATEST was changed, here: nothing else is published */
    char candidate[LAMBDA_VERSION_SIZE]; /* published, Smoke does not point to it yet */
    bool proven;                         /* it was answered with the code and layers wanted */
    int64_t uploaded_ms;                 /* monotonic; 0: not by this process, or seen settled */
    bool verified;                       /* Live was read back after it moved */
    bool fenced;                         /* no late request of a dead promoter can move Live */
    bool left_alone;                     /* someone else's: not to be touched any more */
    bool stuck;                          /* could not be restored */
    bool sent;   /* Live's next write was sent ahead: the journal has its intent already */
    bool unseen; /* and could not be looked at since */
    bool asleep; /* Backup's version was Inactive before a restore */
};

struct environment_view {
    const struct manifest_environment *environment;
    struct repair_at at;             /* where commands of the AWS CLI go */
    struct function_view *functions; /* in the project file's order */
    size_t count;
    struct layer_view *layers; /* the project's, in its order; those not used have no artifact */
    size_t layer_count;
    bool gate_passed;      /* in this process, with the candidates staged now */
    bool live_gate_passed; /* the same on Live */
    size_t steps_passed;   /* of the weighted steps */
    bool held;             /* the hold of the next of them is over */
};

void environment_view_release(struct environment_view *v); /* a zeroed one is fine */

/* ---- what the marks say: pure ---- */

/* Smoke carries this promotion, at any stage of it. */
bool view_is_mine(const struct function_view *f, const char *promotion);
/*
 * What a gate's verdict is about: the functions of the set by name, in order, each with the version
 * it has staged. MARK_PASSED counts for exactly that: a function that joins, or is staged anew,
 * makes it another set. 16 hex digits of a SHA-256.
 */
void view_set_digest(const struct environment_view *v, char ret[MARK_HASH_SIZE]);
/* Live points wholly to the candidate of Smoke's mark. */
bool view_is_live(const struct function_view *f);
/* Live carries this promotion: moved by it, wholly or in part, and not since (invariant I4). */
bool view_live_is_mine(const struct function_view *f, const char *promotion);
/*
 * What the promotion says of itself here: on Smoke, or on Live alone, where somebody deleted Smoke
 * or took its mark away. NULL: nothing, or somebody else is at work on the function.
 */
const struct mark *view_mark_of(const struct function_view *f, const char *promotion);
/*
 * Live is as the last promotion left it, and Backup is not on the version that Live was moved on
 * from: `restore` would go elsewhere. Not so where a promotion wrote it as it is: one that moved
 * nothing leaves an older Backup alone, and one that was cut wrote it before Live.
 */
bool view_backup_moved(const struct function_view *f);
/* Live is where it was when the promotion of Smoke's mark claimed the function. */
bool view_live_is_old(const struct function_view *f);
/* Smoke and Live say: this artifact is Live, and nothing is left to be done. */
bool view_is_settled_on(const struct function_view *f, const char *hash);
/* Live sends `weight` of its traffic to the candidate of a promotion. */
bool view_has_weight(const struct function_view *f, double weight);
/*
 * How many of the weighted steps this promotion has behind it, as the aliases tell: a weight is
 * only set after the steps before it have passed, and Live is only moved wholly after all have.
 */
size_t view_steps_reached(const struct environment_view *v, const char *promotion);
/* Settled on the hash of its artifact, with $LATEST as the project file wants it. */
bool view_is_complete(const struct function_view *f);
/* `restore` moves it: Live and Backup are there, and Live does not wholly serve Backup's version.
 */
bool view_must_restore(const struct function_view *f);
/* Live sends traffic to a second version that no promotion of ours put there. */
bool view_has_foreign_weights(const struct function_view *f);
/*
 * Did something else move or rewrite an alias since smokegate did? By what is left: a stamp that is
 * gone or does not fit, weights that nobody here set. Says what, in one line of `ret`; false: no
 * sign of it. docs/neighbours.md tells who does such things.
 */
enum { VIEW_HAND_MAX = 400 };
bool view_foreign_hand(const struct function_view *f, char ret[VIEW_HAND_MAX]);

#endif
