/* Private to promote/plan_forward.c and plan_evidence.c: what a view says under a promotion. Pure.
 */
#ifndef PROMOTE_PLAN_PRIVATE_H
#define PROMOTE_PLAN_PRIVATE_H

#include "promote/plan.h"

struct forward {
    struct plan *plan;
    const struct environment_view *view;
    const struct plan_intent *intent;
    bool begun; /* Live of at least one function was moved: $LATEST is of no interest any more */
    bool all_passed, all_settled;
};

/* Smoke carries this promotion, and it goes forward. */
bool forward_is_mine(const struct forward *fw, const struct function_view *f);
/* Nothing is left to be done here. */
bool forward_is_settled(const struct forward *fw, const struct function_view *f);
/* Live's version before this promotion; "" when there was no Live. */
const char *forward_old_version(const struct forward *fw, const struct function_view *f);
/* What the candidate is called, as far as it is known. */
const char *forward_candidate(const struct forward *fw, const struct function_view *f);
/* Smoke points to the version that $LATEST, being what is wanted, was published as. */
bool forward_is_staged(const struct forward *fw, const struct function_view *f);
/* The verdict is on the set's first function, and counts for what is staged now or for nothing. */
bool forward_is_passed(const struct forward *fw);
/* Backup holds Live's old version under this promotion (I2). */
bool forward_is_backed(const struct forward *fw, const struct function_view *f);
/* Live was moved to the candidate, wholly, under this promotion. */
bool forward_is_shifted(const struct forward *fw, const struct function_view *f);

/* May it go on? ERR_BUSY, ERR_SUPERSEDED, ERR_REFUSED: as plan_forward() says. */
int forward_check(const struct forward *fw, const struct function_view *f, struct err *err);

#endif
