#include "base/buf.h"
#include "promote/audit.h"
#include "promote/permission.h"
#include "promote/promotion_private.h"
#include "promote/room.h"
#include "promote/share.h"

void promotion_views(const struct promotion *p, struct environment_view *views)
{
    for (size_t at = 0; at < p->count; at++)
        views[at] = p->places[at].view;
}

struct survey promotion_survey(const struct promotion *p, struct err *err)
{
    struct environment_view views[MANIFEST_ENVIRONMENTS_MAX];
    const struct survey_input in = {.views = views,
                                    .first = p->o->first,
                                    .last = p->o->last,
                                    .now_s = clock_wall(p->o->clock) / 1000,
                                    .force = p->o->force};

    promotion_views(p, views);
    return survey_promotion(&in, err);
}

/* Nobody is to be told that nothing bypasses Live when that could not be found out. */
static int audit_refuses(const struct promotion *p, size_t at, const struct audit_report *r,
                         const struct err *why, struct err *err)
{
    const char *name = p->places[at].environment->name;

    if (why->kind != ERR_NONE)
        return err_set(err, why->kind == ERR_INTERRUPTED ? ERR_INTERRUPTED : ERR_REFUSED,
                       "what calls the functions could not be found out, and policy.audit is "
                       "\"fail\": %s",
                       why->text);
    return err_set(err, ERR_REFUSED, "%s: %zu caller%s %s (policy.audit is \"fail\")", name,
                   r->failures, r->failures == 1 ? " bypasses" : "s bypass",
                   p->o->manifest->aliases.live);
}

/*
 * policy.audit: what bypasses Live gets the new release before it is tested, or never. Where that
 * stops a promotion, everything is asked that `audit` asks; a warning is not worth as many calls.
 */
int promotion_audit(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err)
{
    const struct place *place = &p->places[at];
    const enum audit_policy told = p->o->manifest->policy.audit;
    /* Half a set on Live is worse than what calls it. */
    const enum audit_policy policy =
        told == AUDIT_FAIL && survey_is_moving(&place->view, p->id) ? AUDIT_WARN : told;
    struct audit_report report = {0};
    struct err why = {0};
    int result = 0;

    if (policy == AUDIT_OFF)
        return 0;
    if (audit_environment(&report, place->client, place->environment, &p->o->manifest->aliases,
                          policy == AUDIT_FAIL ? AUDIT_WHOLE : AUDIT_BRIEF, &place->view,
                          &why) < 0 &&
        policy != AUDIT_FAIL)
        promotion_note(p, at, "the audit could not be made: %s", why.text);
    for (size_t i = 0; i < report.count; i++) {
        promotion_finding(p, at, &report.items[i]);
        if (report.items[i].level == AUDIT_IS_FAILURE)
            promotion_note(p, at, "audit: %s: %s; repair: %s", report.items[i].function,
                           report.items[i].text, report.items[i].repair);
    }
    if (policy == AUDIT_FAIL && (report.failures || why.kind != ERR_NONE)) {
        ret->end = why.kind == ERR_INTERRUPTED ? PROMOTION_INTERRUPTED : PROMOTION_AUDIT;
        result = audit_refuses(p, at, &report, &why, err);
    }
    audit_report_release(&report);
    return result;
}

/* What rings before anything is shifted does not tell of the new version. */
static int watch_alarms(struct promotion *p, size_t at, struct promotion_result *ret,
                        struct err *err)
{
    struct place *place = &p->places[at];

    if (survey_is_moving(&place->view, p->id))
        return 0; /* it goes on: Live was shifted already, and whatever rings now counts */
    if (alarm_watch_begin(&place->watch, place->client, &place->environment->alarms, err) == 0)
        return 0;
    ret->end = PROMOTION_STOPPED;
    return err_ctx(err, "%s", place->environment->name);
}

static enum promotion_answer answer_for(struct promotion *p, size_t at)
{
    struct promotion_result all = {0};
    struct promotion_approval what = {.environment = p->places[at].environment,
                                      .view = &p->places[at].view};
    enum promotion_answer answer = ANSWER_NO;

    promotion_account(p, &all);
    while (what.below_count < all.place_count &&
           all.places[what.below_count].environment < what.environment)
        what.below_count++;
    what.below = all.places;
    if (p->o->approved)
        answer = p->o->approved(p->o->ctx, &what);
    promotion_result_release(&all);
    return answer;
}

static int look_again(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err)
{
    ret->end = PROMOTION_STOPPED;
    if (promotion_observe(p, at, err) < 0 || (at && promotion_observe(p, at - 1, err) < 0))
        return -1;
    if (at == 0 || p->o->force || survey_is_settled(&p->places[at - 1].view))
        return 0;
    ret->end = PROMOTION_SUPERSEDED;
    return err_set(err, ERR_SUPERSEDED,
                   "%s was approved, but %s does not serve these packages any more: someone moved "
                   "%s there meanwhile",
                   p->places[at].environment->name, p->places[at - 1].environment->name,
                   p->o->manifest->aliases.live);
}

static int approve(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err)
{
    const char *name = p->places[at].environment->name;
    const enum promotion_answer answer = answer_for(p, at);

    if (answer != ANSWER_NO)
        return answer == ANSWER_YES_LATER ? look_again(p, at, ret, err) : 0;
    ret->end = PROMOTION_INTERRUPTED;
    if (aws_client_check(p->places[at].client, err) < 0)
        return -1;
    ret->end = PROMOTION_APPROVAL;
    return err_set(err, ERR_REFUSED, "%s wants approval: `smokegate promote --approve %s` goes on",
                   name, name);
}

int promotion_enter(struct promotion *p, size_t at, bool fresh, struct promotion_result *ret,
                    struct err *err)
{
    const struct manifest_environment *e = p->places[at].environment;

    ret->environment = e;
    if (promotion_carry(p, at, err) < 0 || (!fresh && promotion_observe(p, at, err) < 0)) {
        ret->end = PROMOTION_STOPPED;
        return -1;
    }
    if (survey_is_complete(&p->places[at].view))
        return 1;
    if (!fresh && !p->o->force && !survey_is_begun(&p->places[at].view, p->id) &&
        survey_is_held(&p->places[at].view, err)) {
        ret->end = PROMOTION_HELD;
        return -1;
    }
    if (e->approval && !survey_is_begun(&p->places[at].view, p->id)) {
        if (approve(p, at, ret, err) < 0)
            return -1;
        if (survey_is_complete(&p->places[at].view))
            return 1;
    }
    if (promotion_audit(p, at, ret, err) < 0)
        return -1;
    return watch_alarms(p, at, ret, err);
}

void promotion_tell_entry(const struct promotion *p, size_t at, bool there, const char *text)
{
    CLEANUP(buf_release) struct buf line = {0};

    if (there)
        buf_printf(&line, "these packages are on %s already", p->o->manifest->aliases.live);
    promotion_tell(p, TELL_ENVIRONMENT, at, NULL, there ? buf_c(&line) : text);
}

void promotion_note_hands(struct promotion *p, size_t at)
{
    const struct environment_view *v = &p->places[at].view;
    char hand[VIEW_HAND_MAX];

    for (size_t i = 0; i < v->count; i++)
        if (view_foreign_hand(&v->functions[i], hand))
            promotion_note(p, at, "%s: %s", v->functions[i].function->name, hand);
}

static int may(const struct promotion *p, const struct place *place, struct err *err)
{
    const bool gated = !p->o->stage_only && !p->o->skip_live_gate;
    const struct permission_wish wish = {.smoke = gated,
                                         .live =
                                             (gated && p->o->manifest->policy.verify_live) ||
                                             (!p->o->stage_only && place->environment->step_count)};

    if (survey_is_begun(&place->view, p->id))
        return 0;
    if (!survey_is_complete(&place->view) &&
        (room_check(&place->view, err) < 0 ||
         (!p->o->stage_only && share_check(place->client, &place->view, err) < 0)))
        return -1;
    return permission_check(place->client, &place->view, &p->o->manifest->aliases, &wish, err);
}

int promotion_may(struct promotion *p, size_t from, struct promotion_result *ret, struct err *err)
{
    CLEANUP(buf_release) struct buf missing = {0};

    for (size_t at = from; at < p->count; at++) {
        const struct manifest_environment *e = p->places[at].environment;
        struct err why = {0};

        if (may(p, &p->places[at], &why) == 0)
            continue;
        ret->end = why.kind == ERR_INTERRUPTED ? PROMOTION_INTERRUPTED : PROMOTION_STOPPED;
        if (!missing.len)
            ret->environment = e;
        if (why.kind != ERR_DENIED) {
            err_set(err, why.kind, "%s", why.text);
            return err_ctx(err, "%s", e->name);
        }
        buf_printf(&missing, "%s%s: %s", missing.len ? "; " : "", e->name, why.text);
    }
    if (!missing.len)
        return 0;
    return err_set(err, ERR_DENIED, "not allowed: %s; nothing was changed (docs/iam.md)",
                   buf_c(&missing));
}
