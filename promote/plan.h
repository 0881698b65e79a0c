/*
 * What to do next, and why: a pure function of what was observed. `plan` and `promote --dry-run`
 * print the steps; promote carries them out, phase by phase (steps of one kind), and plans anew
 * from the changed view after each. So the plan made after a crash is the rest of the plan that was
 * being carried out, or its undoing.
 */
#ifndef PROMOTE_PLAN_H
#define PROMOTE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "promote/view.h"

/* In the order a promotion takes them. */
enum step_kind {
    STEP_CLAIM,      /* Smoke's mark of the first function: the set is ours, with a lease */
    STEP_DEPLOY,     /* the user's own deploy command; for every function that has the same one */
    STEP_LAYER,      /* a version of a layer; see step.layer */
    STEP_CONFIGURE,  /* $LATEST's configuration */
    STEP_UPLOAD,     /* $LATEST's code */
    STEP_PUBLISH,    /* a version of $LATEST */
    STEP_STAGE,      /* Smoke := that version; claims the function in the same write */
    STEP_BACKUP,     /* Backup := Live's version */
    STEP_GATE,       /* the cases on Smoke; of the whole set */
    STEP_PASS,       /* Smoke's mark of the first function: the set passed */
    STEP_WEIGH,      /* a part of Live's traffic to the candidate */
    STEP_HOLD,       /* wait; of the whole set */
    STEP_GATE_SHIFT, /* the cases on the weighted Live; of the whole set */
    STEP_SHIFT,      /* Live := the candidate, wholly */
    STEP_VERIFY,     /* Live serves it: as its write was answered, or read back */
    STEP_GATE_LIVE,  /* the cases on Live; of the whole set */
    STEP_RELEASE,    /* Smoke's mark: done, no lease */
    /* and of taking it back: */
    STEP_TURN,        /* Smoke's mark of the first function: from here on it goes back */
    STEP_FENCE,       /* Live's revision changes, so that a late request fails */
    STEP_TAKE_BACK,   /* Live := Backup's version */
    STEP_TAKE_BACKUP, /* Backup := what it was before */
    STEP_TAKE_SMOKE,  /* Smoke := what it was before; no lease */
};

enum { STEP_KINDS = STEP_TAKE_SMOKE + 1, STEP_SET = -1, STEP_REASON_MAX = 200 };

struct step {
    enum step_kind kind;
    int function; /* its place in the view; STEP_SET: all of them */
    size_t layer; /* STEP_LAYER: its place in the view */
    char from[LAMBDA_VERSION_SIZE], to[LAMBDA_VERSION_SIZE]; /* "": none, or not known yet */
    double weight;
    int64_t hold_ms;
    char reason[STEP_REASON_MAX];
};

struct plan {
    struct step *items;
    size_t count, cap;
};

void plan_release(struct plan *p);          /* a zeroed one is fine */
const char *step_kind_name(enum step_kind); /* "claim" */

struct plan_intent {
    const char *promotion; /* its id */
    const char *writer;    /* this process, as marks call it */
    int64_t now_s;
    bool verify_live;
    bool unsure; /* undoing what another process, or a request of unknown outcome, may have begun */
};

/*
 * The steps that bring the environment from where it is to the artifact on Live; none when it is
 * there. Appends. ERR_BUSY: another promotion holds a function; ERR_SUPERSEDED: someone moved an
 * alias since this promotion claimed it; ERR_REFUSED: Live is in a state to be put right first.
 */
int plan_forward(struct plan *p, const struct environment_view *v, const struct plan_intent *intent,
                 struct err *err);

/*
 * The steps that take back what the promotion did here (or that carry out a `restore`); none when
 * nothing is left to do. What carries somebody else's mark is left alone.
 */
void plan_undo(struct plan *p, const struct environment_view *v, const struct plan_intent *intent);
/* Is it under this promotion, and not taken back altogether? */
bool plan_undo_concerns(const struct function_view *f, const char *promotion);

/* The steps of one kind at the front. */
size_t plan_phase(const struct plan *p);

/* One line of it for people: "orders: Smoke 11 -> 12 (...)". */
void step_describe(const struct step *s, const struct environment_view *v,
                   const struct manifest_aliases *aliases, struct buf *out);

/* The alias that a step is about, or NULL. */
const char *step_alias(const struct step *s, const struct manifest_aliases *aliases);
/*
 * The operation of Lambda that the step at `at` of this plan calls ("UpdateAlias"; "Invoke" of
 * gates); "" when it calls none. A step calls it once, if nothing comes between.
 */
const char *plan_operation(const struct plan *p, size_t at, const struct environment_view *v);

/* ---- for those who plan ---- */

/* Appends a step; valid until the next. */
struct step *plan_add(struct plan *p, enum step_kind kind, int function, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void step_move(struct step *s, const char *from, const char *to);

#endif
