#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "promote/observe.h"
#include "promote/promotion_private.h"

/* Rolling back has its own budget of time: nothing that came before may have used it up. */
enum { UNDO_BUDGET_MS = 120000, UNDO_PAUSE_MS = 1000, TURN_TRIES = 10, WAVE = 64 };

struct undo {
    struct promotion *p;
    const char *promotion;
    enum mark_state undo_as;
    int64_t until_ms;
    struct undo_result *result;
};

static bool may_pass(enum err_kind kind)
{
    return kind == ERR_UNREACHABLE || kind == ERR_UNKNOWN || kind == ERR_THROTTLED ||
           kind == ERR_SERVICE || kind == ERR_CONFLICT;
}

static struct plan_intent intent_of(const struct undo *u, size_t at)
{
    struct plan_intent intent = promotion_intent(u->p, at);

    intent.promotion = u->promotion;
    intent.unsure = u->p->places[at].unsure;
    return intent;
}

static bool is_concerned(const struct undo *u, size_t at)
{
    const struct environment_view *v = &u->p->places[at].view;
    struct plan plan = {0};
    struct plan_intent intent = intent_of(u, at);
    bool any;

    plan_undo(&plan, v, &intent);
    any = plan.count > 0;
    plan_release(&plan);
    return any;
}

/* Another process has this very promotion in hand: it is that one's to finish. */
static void leave(struct environment_view *v, const struct step *s)
{
    for (size_t i = 0; i < v->count; i++)
        if (s->kind == STEP_TURN || (int)i == s->function)
            v->functions[i].stuck = true;
}

/* A step failed: sets what the next plan must know. */
static void after_failure(struct undo *u, size_t at, const struct step *s, const struct err *why)
{
    struct place *place = &u->p->places[at];
    struct function_view *f = &place->view.functions[s->function];
    const struct clock *clock = u->p->o->clock;
    struct err ignored = {0};

    if (why->kind == ERR_SUPERSEDED) {
        u->result->superseded = true;
        if (s->kind == STEP_TURN || s->kind == STEP_TAKE_SMOKE)
            leave(&place->view, s);
        promotion_note(u->p, at, "left alone: %s", why->text);
        return;
    }
    if (may_pass(why->kind) && clock_mono(clock) < u->until_ms) {
        promotion_note(u->p, at, "again: %s", why->text);
        clock_sleep(clock, UNDO_PAUSE_MS);
        place->unsure = true;
        observe_aliases(f, place->client, &u->p->o->manifest->aliases, &ignored);
        return;
    }
    f->stuck = true;
    f->unseen = observe_aliases(f, place->client, &u->p->o->manifest->aliases, &ignored) < 0;
    u->result->dirty = true;
    promotion_note(u->p, at, "could not be restored: %s", why->text);
}

static void act_of(const struct undo *u, size_t at, struct act *ret)
{
    promotion_act(u->p, at, ret);
    ret->promotion = u->promotion;
    ret->undo_as = u->undo_as;
    ret->restore = u->undo_as == MARK_RESTORE;
}

/* One phase; false when there is none. */
static bool undo_phase(struct undo *u, size_t at)
{
    struct place *place = &u->p->places[at];
    struct plan_intent intent = intent_of(u, at);
    struct plan plan = {0};
    struct act act;
    size_t n;

    plan_undo(&plan, &place->view, &intent);
    n = plan_phase(&plan);
    act_of(u, at, &act);
    for (size_t i = 0; i < n; i++) {
        struct err why = {0};

        if (i % WAVE == 0) /* what waits for its turn too long would not go ahead: aws/client.h */
            act_ahead(&act, &place->view, plan.items + i, n - i < WAVE ? n - i : WAVE);
        if (promotion_step(u->p, at, &act, &plan.items[i], &why) < 0)
            after_failure(u, at, &plan.items[i], &why);
    }
    aws_client_ahead_end(place->client);
    plan_release(&plan);
    return n > 0;
}

/*
 * Live that was made by this promotion has nothing to go back to. Alone that is no harm (the set is
 * all new); together with functions that did not get there it is a mixture.
 */
static void look_for_orphans(struct undo *u, size_t at)
{
    const struct environment_view *v = &u->p->places[at].view;
    unsigned orphans = 0;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (!view_live_is_mine(f, u->promotion) || f->live.mark.old_version[0])
            continue;
        orphans++;
        promotion_note(u->p, at, "%s: no backup: there was no %s before; it stays on version %s",
                       f->function->name, f->live.alias.name, f->live.alias.version);
    }
    u->result->without_backup += orphans;
    if (orphans && orphans < v->count) {
        u->result->dirty = true;
        promotion_note(u->p, at, "some functions are on the new version and others are not");
    }
}

/* Live is neither where this promotion found it nor where it put it: nothing will be tried. */
static void look_for_hands(struct undo *u, size_t at)
{
    const struct environment_view *v = &u->p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (!plan_undo_concerns(f, u->promotion) || f->left_alone || f->unseen ||
            f->smoke.mark.state == MARK_RESTORE || view_live_is_mine(f, u->promotion) ||
            view_live_is_old(f))
            continue;
        u->result->superseded = true;
        promotion_note(u->p, at, "left alone: %s:%s was changed by someone else: version %s%s",
                       f->function->name, f->live.alias.name,
                       f->live.exists ? f->live.alias.version : "(none)",
                       f->live.alias.weight_count ? ", with weights" : "");
    }
}

static void undo_environment(struct undo *u, size_t at)
{
    /* Every phase settles something for good, or uses up the budget; the bound is for our bugs. */
    const size_t most = 1000;

    promotion_tell(u->p, TELL_UNDO, at, NULL, u->promotion);
    look_for_orphans(u, at);
    look_for_hands(u, at);
    for (size_t i = 0; i < most && undo_phase(u, at); i++)
        ;
}

/*
 * What passed together is told by the first function's mark. Where that is more than this project
 * file has, or than Smoke still says, the rest stays on the new version, and nobody looks at it.
 */
static void look_for_others(struct undo *u, size_t at)
{
    const struct environment_view *v = &u->p->places[at].view;
    CLEANUP(mem_freep) struct function_view *mine = mem_array(v->count + 1, sizeof(*mine));
    struct environment_view known = {.functions = mine};
    const struct mark *m = &v->functions[0].smoke.mark;
    char digest[MARK_HASH_SIZE];

    for (size_t i = 0; i < v->count; i++) {
        const struct mark *told = view_mark_of(&v->functions[i], u->promotion);

        if (!told)
            continue;
        mine[known.count] = v->functions[i];
        mine[known.count++].smoke.mark = *told;
    }
    view_set_digest(&known, digest);
    if (m->state != MARK_PASSED || !view_is_mine(&v->functions[0], u->promotion) ||
        strcmp(m->set, digest) == 0)
        return;
    if (known.count == v->count)
        u->result->dirty = true;
    else /* it may as well be one of these, whose Smoke somebody deleted before Live had moved */
        u->result->superseded = true;
    promotion_note(u->p, at,
                   "promotion %s passed with other functions than this project file knows of: "
                   "those stay as they are; `smokegate abort` in a checkout of its release takes "
                   "them back",
                   u->promotion);
}

/* Not a write alone: what is read in order to take something back does not wait, either. */
static void hurry(const struct promotion *p, bool on)
{
    for (size_t at = 0; at < p->count; at++)
        if (p->places[at].client)
            aws_client_urgent(p->places[at].client, on || p->urgent);
}

/* Its view may be of before: someone may have moved things since. */
static bool look_again(struct undo *u, size_t at)
{
    struct place *place = &u->p->places[at];

    for (size_t i = 0; i < place->view.count; i++) {
        struct err why = {0};

        while (observe_aliases(&place->view.functions[i], place->client,
                               &u->p->o->manifest->aliases, &why) < 0) {
            if (!may_pass(why.kind) || clock_mono(u->p->o->clock) >= u->until_ms) {
                u->result->dirty = true;
                promotion_note(u->p, at, "cannot be looked at: %s", why.text);
                for (size_t k = i; k < place->view.count; k++)
                    place->view.functions[k].unseen = true;
                return false;
            }
            clock_sleep(u->p->o->clock, UNDO_PAUSE_MS);
            why = (struct err){0};
        }
        if (i == 0)
            observe_aliases_ahead(&place->view, place->client);
    }
    aws_client_ahead_end(place->client);
    return true;
}

/* Its promoter is alive and has written this very mark a moment ago: not done, not turned. */
static bool goes_on(const struct undo *u, const struct function_view *f)
{
    return view_is_mine(f, u->promotion) && mark_is_open(&f->smoke.mark) &&
           !mark_is_undoing(&f->smoke.mark);
}

static bool is_done(const struct undo *u, const struct function_view *f)
{
    return view_is_mine(f, u->promotion) && f->smoke.mark.state == MARK_LIVE &&
           !mark_is_open(&f->smoke.mark);
}

/* Anything of the promotion is still under way here, in whichever direction. */
static bool is_open(const struct undo *u, size_t at)
{
    const struct environment_view *v = &u->p->places[at].view;

    for (size_t i = 0; i < v->count; i++)
        if (view_is_mine(&v->functions[i], u->promotion) &&
            mark_is_open(&v->functions[i].smoke.mark))
            return true;
    return false;
}

/*
 * Marks the direction. False: the promoter is alive, or its last request arrived late, and came
 * between, so that what was seen of the other functions may be of before, too.
 */
static bool turn(struct undo *u, size_t at)
{
    struct environment_view *v = &u->p->places[at].view;
    struct plan_intent intent = intent_of(u, at);
    struct plan plan = {0};
    struct act act;
    struct err why = {0};
    bool done = true;

    plan_undo(&plan, v, &intent);
    act_of(u, at, &act);
    if (plan.count && plan.items[0].kind == STEP_TURN &&
        promotion_step(u->p, at, &act, &plan.items[0], &why) < 0) {
        const struct function_view *f = &v->functions[plan.items[0].function];

        done = why.kind != ERR_SUPERSEDED || !(goes_on(u, f) || is_done(u, f));
        if (done)
            after_failure(u, at, &plan.items[0], &why);
    }
    plan_release(&plan);
    return done;
}

enum begun { BEGUN_NOTHING, BEGUN_TURNED, BEGUN_OVERTAKEN };

static enum begun overtaken(struct undo *u, size_t at, const char *how)
{
    u->result->superseded = true;
    promotion_note(u->p, at, "left alone: promotion %s %s", u->promotion, how);
    return BEGUN_OVERTAKEN;
}

/*
 * BEGUN_TURNED: there is something to take back here, and its direction is marked. `top`: it is
 * where the promotion is at work; one that was completed there meanwhile is not taken back.
 */
static enum begun begin(struct undo *u, size_t at, bool top, bool look)
{
    for (int try = 0; try < TURN_TRIES; try++) {
        if ((look || try > 0) && !look_again(u, at))
            return BEGUN_NOTHING;
        if (!is_concerned(u, at))
            return BEGUN_NOTHING;
        if (top && (look || try > 0) && !is_open(u, at))
            return overtaken(u, at, "was completed meanwhile");
        if (try == 0)
            look_for_others(u, at);
        if (turn(u, at))
            return BEGUN_TURNED;
    }
    return overtaken(u, at, "is at work, and was faster every time");
}

void undo_promotion(struct promotion *p, const struct undo_wish *wish, struct undo_result *ret)
{
    struct undo u = {.p = p,
                     .promotion = wish->promotion,
                     .undo_as = wish->undo_as,
                     .until_ms = clock_mono(p->o->clock) + UNDO_BUDGET_MS,
                     .result = ret};
    bool concerned[MANIFEST_ENVIRONMENTS_MAX] = {false};

    p->o->shield(p->o->ctx, true);
    hurry(p, true);
    for (size_t at = wish->top + 1; at-- > 0 && (wish->below || at == wish->top);) {
        const bool top = at == wish->top;
        const enum begun begun = begin(&u, at, top, !top || !wish->current);

        if (top && begun == BEGUN_OVERTAKEN)
            break; /* what is below stays with it */
        concerned[at] = begun == BEGUN_TURNED;
    }
    for (size_t at = wish->top + 1; at-- > 0;)
        if (concerned[at])
            undo_environment(&u, at);
    hurry(p, false);
    p->o->shield(p->o->ctx, false);
}
