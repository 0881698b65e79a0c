#include "promote/promotion.h"

#include "promote/promotion_private.h"
#include "promote/room.h"
#include "promote/share.h"

/* What only warns is not worth the calls of a plan. */
static int audit(struct promotion *p, size_t at, const char *id, struct promotion_result *ret,
                 struct err *err)
{
    return p->o->manifest->policy.audit == AUDIT_FAIL && !survey_is_moving(&p->places[at].view, id)
               ? promotion_audit(p, at, ret, err)
               : 0;
}

/* As promotion_enter() asks it of what lies above one that a promotion goes on in. */
static int check_hold(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err)
{
    if (p->o->force || !survey_is_held(&p->places[at].view, err))
        return 0;
    ret->end = PROMOTION_HELD;
    return -1;
}

static int tell_plan(struct promotion *p, size_t at, const char *id, struct promotion_result *ret,
                     struct err *err)
{
    struct plan_intent intent = promotion_intent(p, at);
    struct plan plan = {0};
    int result;

    if (survey_is_complete(&p->places[at].view)) {
        promotion_tell_entry(p, at, true, "");
        return 0;
    }
    if (!survey_is_begun(&p->places[at].view, id) && check_hold(p, at, ret, err) < 0) {
        ret->environment = p->places[at].environment;
        return -1;
    }
    if (!survey_is_begun(&p->places[at].view, id) &&
        (room_check(&p->places[at].view, err) < 0 ||
         share_check(p->places[at].client, &p->places[at].view, err) < 0))
        return err_ctx(err, "%s", p->places[at].environment->name);
    if (audit(p, at, id, ret, err) < 0) {
        ret->environment = p->places[at].environment;
        return -1;
    }
    intent.promotion = id;
    result = plan_forward(&plan, &p->places[at].view, &intent, err);
    promotion_tell_entry(p, at, !plan.count, "");
    promotion_note_hands(p, at);
    if (result == 0 && plan.count && p->places[at].environment->approval)
        promotion_note(p, at, "wants approval");
    for (size_t i = 0; result == 0 && i < plan.count; i++)
        promotion_tell_planned(p, at, &plan, i);
    plan_release(&plan);
    return result < 0 ? err_ctx(err, "%s", p->places[at].environment->name) : 0;
}

static void undo_of(const struct promotion *p, const struct survey *s, size_t at, struct plan *ret)
{
    struct plan_intent intent = promotion_intent(p, at);

    intent.promotion = s->promotion;
    intent.unsure = at == s->environment;
    plan_undo(ret, &p->places[at].view, &intent);
}

/* As undo_promotion does it: turned everywhere first, then from the top down. */
static void tell_undo(const struct promotion *p, const struct survey *s, size_t at, bool turns)
{
    struct plan plan = {0};

    undo_of(p, s, at, &plan);
    if (plan.count && !turns)
        promotion_tell(p, TELL_UNDO, at, NULL, s->promotion);
    for (size_t i = 0; i < plan.count; i++)
        if ((plan.items[i].kind == STEP_TURN) == turns)
            promotion_tell_planned(p, at, &plan, i);
    plan_release(&plan);
}

static void tell_settle(struct promotion *p, const struct survey *s)
{
    const bool below =
        p->o->manifest->policy.rollback == ROLLBACK_ALL && s->undo_as != MARK_RESTORE;
    const size_t last = below ? 0 : s->environment;

    for (size_t at = s->environment + 1; at-- > last;)
        tell_undo(p, s, at, true);
    for (size_t at = s->environment + 1; at-- > last;)
        tell_undo(p, s, at, false);
    promotion_note(p, s->environment, "what comes after that depends on where it ends: plan again");
}

static int plan_all(struct promotion *p, struct promotion_result *ret, struct err *err)
{
    const struct survey s = promotion_survey(p, err);
    const char *id = s.promotion[0] ? s.promotion : "-";

    ret->environment = p->places[s.environment].environment;
    switch (s.next) {
    case SURVEY_DONE:
        ret->end = PROMOTION_NOTHING;
        promotion_note_drift(p);
        return 0;
    case SURVEY_SETTLE:
        tell_settle(p, &s);
        ret->end = PROMOTION_DONE;
        return 0;
    case SURVEY_BUSY:
        ret->end = PROMOTION_BUSY;
        return -1;
    case SURVEY_HELD:
        ret->end = PROMOTION_HELD;
        return -1;
    case SURVEY_BELOW:
        return -1;
    case SURVEY_FORWARD:
        break;
    }
    for (size_t at = s.environment; at < p->count; at++)
        if (tell_plan(p, at, id, ret, err) < 0)
            return -1;
    ret->end = PROMOTION_DONE;
    return 0;
}

int promotion_plan(const struct promotion_options *o, struct promotion_result *ret, struct err *err)
{
    struct promotion p;
    int result = promotion_open(&p, o, 0, SIGHT_WHOLE, err);

    ret->end = PROMOTION_STOPPED;
    if (result == 0)
        result = plan_all(&p, ret, err);
    promotion_account(&p, ret);
    promotion_close(&p);
    return result;
}
