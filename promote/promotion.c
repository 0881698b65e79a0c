#include "promote/promotion.h"

#include <stdio.h>
#include <string.h>

#include "promote/promotion_private.h"
#include "promote/survey.h"

/* Taking back what others left, one environment after the other; the bound is for our own bugs. */
enum { SETTLES_MAX = 2 * MANIFEST_ENVIRONMENTS_MAX, PHASES_MAX = 1000 };

/* How long credentials must last when a phase begins: its calls, and the time taking back may take.
 */
enum { PHASE_LIFE_MS = 300000 };

static int end_as(struct promotion_result *ret, enum promotion_end end, struct err *err,
                  enum err_kind kind, const char *text)
{
    ret->end = end;
    return err_set(err, kind, "%s", text);
}

/* ---- forward through one environment ---- */

/* Where it failed, and how the gate had answered. */
struct failure {
    struct err err;
    enum step_kind kind;
    bool gated; /* the gate did not pass */
    enum gate_verdict verdict;
    bool planning; /* refused before anything was done in this environment's round */
};

static bool is_gate(enum step_kind kind)
{
    return kind == STEP_GATE || kind == STEP_GATE_SHIFT || kind == STEP_GATE_LIVE;
}

/*
 * Between the writes that move a set's Live there is no safe point: a signal waits for the last of
 * them.
 */
static bool is_indivisible(enum step_kind kind)
{
    return kind == STEP_SHIFT || kind == STEP_WEIGH;
}

static int forward_phase(struct promotion *p, size_t at, const struct plan *plan,
                         struct failure *ret)
{
    struct place *place = &p->places[at];
    const size_t n = plan_phase(plan);
    const bool shield = is_indivisible(plan->items[0].kind);
    struct act act;
    size_t i = 0;
    int result = 0;

    promotion_act(p, at, &act);
    ret->kind = plan->items[0].kind;
    if (aws_client_check(place->client, &ret->err) < 0 ||
        aws_client_need(place->client, PHASE_LIFE_MS + plan->items[0].hold_ms, &ret->err) < 0)
        return -1;
    if (shield)
        p->o->shield(p->o->ctx, true);
    while (result == 0 && i < n)
        result = promotion_step(p, at, &act, &plan->items[i++], &ret->err);
    if (shield)
        p->o->shield(p->o->ctx, false);
    for (; result < 0 && i < plan->count; i++)
        promotion_tell(p, TELL_UNREACHED, at, &plan->items[i], NULL);
    place->unsure = place->unsure || act.unsure;
    ret->gated = result < 0 && ret->err.kind != ERR_INTERRUPTED &&
                 ret->err.kind != ERR_SUPERSEDED && /* the claim was lost while cases ran */
                 (is_gate(ret->kind) || act.gate_result.verdict == GATE_FAIL); /* an alarm rings */
    ret->verdict = act.gate_result.verdict;
    return result;
}

static int forward(struct promotion *p, size_t at, struct failure *ret)
{
    for (size_t phase = 0; phase < PHASES_MAX; phase++) {
        const struct plan_intent intent = promotion_intent(p, at);
        struct plan plan = {0};
        int result = plan_forward(&plan, &p->places[at].view, &intent, &ret->err);
        const bool done = plan.count == 0 || (p->o->stage_only && plan.items[0].kind > STEP_BACKUP);

        ret->planning = result < 0;
        if (result == 0 && !done)
            result = forward_phase(p, at, &plan, ret);
        plan_release(&plan);
        if (result < 0)
            return -1;
        if (done)
            return 0;
    }
    return err_set(&ret->err, ERR_INTERNAL, "the plan of %s has no end",
                   p->places[at].environment->name);
}

/* ---- after a failure ---- */

/* Another process took this environment over: it decides, not we. */
static bool lost_claim(const struct promotion *p, size_t at)
{
    const struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct mark *m = &v->functions[i].smoke.mark;

        if (strcmp(m->writer, p->writer) == 0)
            continue;
        if (strcmp(m->promotion, p->id) == 0 &&
            (m->state == MARK_RB || m->state == MARK_UNDO)) /* what we staged goes back, too */
            continue;
        if (mark_is_open(m) || (strcmp(m->promotion, p->id) == 0 && m->state == MARK_LIVE &&
                                strcmp(m->writer, p->predecessor) != 0))
            return true; /* still at work, or done with this function already */
    }
    return false;
}

/* Before it is said that Smoke stays staged: that somebody took it back meanwhile shows now. */
static bool is_still_ours(struct promotion *p, size_t at, struct err *err)
{
    struct place *place = &p->places[at];
    struct function_view *first = place->view.functions;
    struct err ignored = {0};
    struct act act;

    promotion_act(p, at, &act);
    if (swap_read(&act, first->function->name, act.aliases->smoke, &first->smoke, &ignored) < 0 ||
        strcmp(first->smoke.mark.writer, p->writer) == 0)
        return true;
    act_superseded(first, act.aliases->smoke, &first->smoke, err);
    return false;
}

static enum promotion_end end_of(const struct failure *f)
{
    if (f->gated)
        return f->verdict == GATE_FAIL    ? PROMOTION_FAILED
               : f->verdict == GATE_EMPTY ? PROMOTION_NO_CASES
                                          : PROMOTION_STOPPED;
    switch ((int)f->err.kind) {
    case ERR_INTERRUPTED:
        return PROMOTION_INTERRUPTED;
    case ERR_BUSY:
        return PROMOTION_BUSY;
    case ERR_SUPERSEDED:
        return PROMOTION_SUPERSEDED;
    default:
        return PROMOTION_STOPPED;
    }
}

static bool must_hold(const struct promotion *p, const struct failure *f)
{
    return f->gated && f->kind == STEP_GATE && f->verdict == GATE_INCONCLUSIVE &&
           p->o->manifest->policy.inconclusive == INCONCLUSIVE_HOLD;
}

static int report(const struct promotion *p, size_t at, const struct failure *f,
                  const struct undo_result *undo, struct promotion_result *ret, struct err *err)
{
    const char *name = p->places[at].environment->name;

    ret->end = undo->dirty ? PROMOTION_DIRTY : end_of(f);
    if (undo->dirty)
        return err_set(err, ERR_DIRTY,
                       "%s: %s; and not everything could be restored: `smokegate abort` tries "
                       "again",
                       name, f->err.text);
    if (undo->superseded && ret->end != PROMOTION_FAILED)
        ret->end = PROMOTION_SUPERSEDED;
    return err_set(err, undo->superseded ? ERR_SUPERSEDED : f->err.kind, "%s: %s%s", name,
                   f->err.text,
                   undo->superseded       ? "; what someone else moved meanwhile was left alone"
                   : undo->without_backup ? "; what had no backup stays on the new version"
                                          : "");
}

/*
 * A process that had this promotion in hand before us decided to take it back, and its mark shows
 * only now: that is gone on with, as it was meant, and not a claim of somebody else's.
 */
static void heed_turn(const struct promotion *p, size_t at, struct undo_wish *wish)
{
    const struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct mark *m = &v->functions[i].smoke.mark;

        if (!view_is_mine(&v->functions[i], p->id) || !mark_is_undoing(m))
            continue;
        wish->below = p->o->manifest->policy.rollback == ROLLBACK_ALL;
        wish->undo_as = m->state;
    }
}

static int fail(struct promotion *p, size_t at, struct failure *f, struct promotion_result *ret,
                struct err *err)
{
    const char *name = p->places[at].environment->name;
    const bool all = p->o->manifest->policy.rollback == ROLLBACK_ALL;
    struct undo_wish wish = {.top = at,
                             .below = all && f->err.kind != ERR_BUSY,
                             .current = f->gated && !p->places[at].unsure,
                             .promotion = p->id,
                             .undo_as = f->gated && f->verdict == GATE_FAIL ? MARK_RB : MARK_UNDO};
    struct undo_result undo = {0};

    if (must_hold(p, f)) {
        struct err lost = {0};

        if (is_still_ours(p, at, &lost)) {
            ret->end = PROMOTION_WAITING;
            return err_set(
                err, ERR_REFUSED, "%s: inconclusive, so %s stays staged and %s as it is: %s", name,
                p->o->manifest->aliases.smoke, p->o->manifest->aliases.live, f->err.text);
        }
        f->err = lost;
        f->gated = wish.current = false;
    }
    if (f->err.kind == ERR_SUPERSEDED && lost_claim(p, at)) {
        ret->end = PROMOTION_SUPERSEDED;
        return err_set(err, ERR_SUPERSEDED, "%s: %s; it is in charge now", name, f->err.text);
    }
    heed_turn(p, at, &wish);
    undo_promotion(p, &wish, &undo);
    return report(p, at, f, &undo, ret, err);
}

/* ---- the whole ---- */

static int settle(struct promotion *p, const struct survey *s, struct promotion_result *ret,
                  struct err *err)
{
    const struct undo_wish wish = {.top = s->environment,
                                   .below = p->o->manifest->policy.rollback == ROLLBACK_ALL &&
                                            s->undo_as != MARK_RESTORE,
                                   .promotion = s->promotion,
                                   .undo_as = s->undo_as};
    struct undo_result undo = {0};

    promotion_name(p, s->promotion);
    promotion_note(p, s->environment, "first takes back what promotion %s left here", s->promotion);
    p->places[s->environment].unsure = true;
    undo_promotion(p, &wish, &undo);
    p->id[0] = '\0';
    if (undo.dirty)
        return end_as(ret, PROMOTION_DIRTY, err, ERR_DIRTY,
                      "what an earlier promotion left could not be taken back");
    for (size_t at = 0; at <= s->environment; at++)
        if (promotion_observe(p, at, err) < 0) {
            ret->end = PROMOTION_STOPPED;
            return -1;
        }
    return 0;
}

/* Takes back what has to be, until there is something to go on with, or not. */
static int prepare(struct promotion *p, struct survey *ret_survey, struct promotion_result *ret,
                   struct err *err)
{
    for (size_t i = 0; i < SETTLES_MAX; i++) {
        struct survey s = promotion_survey(p, err);

        *ret_survey = s;
        ret->environment = p->places[s.environment].environment;
        switch (s.next) {
        case SURVEY_DONE:
        case SURVEY_FORWARD:
            return 0;
        case SURVEY_SETTLE:
            if (settle(p, &s, ret, err) < 0)
                return -1;
            break;
        case SURVEY_BUSY:
            ret->end = PROMOTION_BUSY;
            return -1;
        case SURVEY_HELD:
            ret->end = PROMOTION_HELD;
            return -1;
        case SURVEY_BELOW:
            ret->end = PROMOTION_STOPPED;
            return -1;
        }
    }
    return end_as(ret, PROMOTION_STOPPED, err, ERR_INTERNAL, "there is always more to take back");
}

static int go(struct promotion *p, size_t from, struct promotion_result *ret, struct err *err)
{
    for (size_t at = from; at < p->count; at++) {
        struct failure f = {0};
        const int skip = promotion_enter(p, at, at == from, ret, err);

        if (skip < 0)
            return -1;
        promotion_tell_entry(p, at, skip, p->id);
        if (!skip)
            promotion_note_hands(p, at);
        if (!skip && forward(p, at, &f) < 0)
            return fail(p, at, &f, ret, err);
    }
    ret->end = PROMOTION_DONE;
    return 0;
}

/* Who wrote last under this promotion: claims go from first to last, releases as well. */
static void find_predecessor(struct promotion *p, size_t at, const char *promotion)
{
    const struct environment_view *here = &p->places[at].view;
    const struct function_view *last = NULL;

    if (survey_is_begun(here, promotion))
        last = &here->functions[0];
    else if (at > 0 && p->places[at - 1].view.count)
        last = &p->places[at - 1].view.functions[p->places[at - 1].view.count - 1];
    if (last && view_is_mine(last, promotion))
        snprintf(p->predecessor, sizeof(p->predecessor), "%s", last->smoke.mark.writer);
}

static int run(struct promotion *p, struct promotion_result *ret, struct err *err)
{
    struct survey s;

    if (prepare(p, &s, ret, err) < 0)
        return -1;
    if (p->o->resume_only && (s.next == SURVEY_DONE || !s.promotion[0]))
        return end_as(ret, PROMOTION_STOPPED, err, ERR_REFUSED,
                      "no promotion of these packages was interrupted: nothing to resume");
    if (s.next == SURVEY_DONE) {
        ret->end = PROMOTION_NOTHING;
        promotion_note_drift(p);
        return 0;
    }
    promotion_name(p, s.promotion);
    p->places[s.environment].unsure = s.promotion[0] != '\0';
    if (s.promotion[0]) {
        /* Functions were read one by one, perhaps while being claimed: now all of them are. */
        if (promotion_observe(p, s.environment, err) < 0) {
            ret->end = PROMOTION_STOPPED;
            return -1;
        }
        find_predecessor(p, s.environment, s.promotion);
    }
    if (promotion_may(p, s.environment, ret, err) < 0)
        return -1;
    return go(p, s.environment, ret, err);
}

int promotion_run(const struct promotion_options *o, struct promotion_result *ret, struct err *err)
{
    struct promotion p;
    int result = promotion_open(&p, o, 0, SIGHT_WHOLE, err);

    ret->end = PROMOTION_STOPPED;
    if (result == 0)
        result = run(&p, ret, err);
    journal_write(p.journal, &(struct journal_line){.event = "end",
                                                    .detail = result < 0 ? err->text : "promoted",
                                                    .duration_ms = -1});
    promotion_account(&p, ret);
    promotion_close(&p);
    return result;
}
