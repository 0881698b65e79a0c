/* Private to act*.c: the steps of one function, and what they share. */
#ifndef PROMOTE_ACT_PRIVATE_H
#define PROMOTE_ACT_PRIVATE_H

#include "promote/act.h"

/* The mark as it is, written by us, with the state given. */
struct mark act_renewed(const struct act *a, const struct mark *m, enum mark_state state,
                        int64_t expires_s);

/* ERR_SUPERSEDED: `alias` is someone else's by now. */
int act_superseded(const struct function_view *f, const char *alias, const struct seen_alias *now,
                   struct err *err);

/*
 * Writes Smoke. A refusal means that somebody else is at work here: the claim is lost. The user's
 * own edit of the description is no such thing.
 */
int act_write_smoke(struct act *a, struct function_view *f, const char *version,
                    const struct mark *mark, struct err *err);

/* Forward, act_claim.c. */
int act_claim(struct act *a, struct function_view *f, struct err *err);
int act_back_up(struct act *a, struct function_view *f, struct err *err);

/* And back, act_back.c. */
int act_fence(struct act *a, struct function_view *f, struct err *err);
int act_take_back(struct act *a, struct function_view *f, struct err *err);
int act_take_backup(struct act *a, struct function_view *f, const char *to, struct err *err);
int act_take_smoke(struct act *a, struct function_view *f, const char *to, struct err *err);

#endif
