#include "promote/survey.h"

#include <stdio.h>
#include <string.h>

bool survey_is_settled(const struct environment_view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (!view_is_settled_on(&v->functions[i], v->functions[i].artifact->hash))
            return false;
    return v->count > 0;
}

bool survey_is_complete(const struct environment_view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (!view_is_complete(&v->functions[i]))
            return false;
    return v->count > 0;
}

bool survey_is_begun(const struct environment_view *v, const char *promotion)
{
    for (size_t i = 0; i < v->count; i++)
        if (mark_is_open(&v->functions[i].smoke.mark) && view_is_mine(&v->functions[i], promotion))
            return true;
    return false;
}

bool survey_is_moving(const struct environment_view *v, const char *promotion)
{
    for (size_t i = 0; i < v->count && promotion[0]; i++)
        if (view_live_is_mine(&v->functions[i], promotion))
            return true;
    return false;
}

static struct survey settle(size_t environment, const struct mark *m)
{
    struct survey s = {.next = SURVEY_SETTLE,
                       .environment = environment,
                       .undo_as = mark_is_undoing(m) ? m->state : MARK_UNDO};

    snprintf(s.promotion, sizeof(s.promotion), "%s", m->promotion);
    return s;
}

static struct survey busy(const struct environment_view *v, const struct function_view *f,
                          int64_t now_s, struct err *err)
{
    const struct mark *m = &f->smoke.mark;

    err_set(err, ERR_BUSY,
            "%s: %s is held by promotion %s (%s) for another %lld s; `smokegate status` shows it, "
            "`smokegate abort` takes it back",
            v->environment->name, f->function->name, m->promotion, mark_state_name(m->state),
            (long long)(m->expires_s - now_s));
    return (struct survey){.next = SURVEY_BUSY};
}

/* Ours to go on with: the same artifact, whoever began; or nobody's, its time is over. */
static bool may_settle(const struct function_view *f, int64_t now_s)
{
    const struct mark *m = &f->smoke.mark;

    return strcmp(m->hash, f->artifact->hash) == 0 || m->expires_s <= now_s;
}

/* ---- a taking back that was not finished ---- */

static bool find_undoing(const struct survey_input *in, struct survey *ret, struct err *err)
{
    for (size_t e = in->last + 1; e-- > 0;) {
        const struct environment_view *v = &in->views[e];

        for (size_t i = 0; i < v->count; i++) {
            const struct function_view *f = &v->functions[i];

            if (!mark_is_undoing(&f->smoke.mark))
                continue;
            *ret =
                may_settle(f, in->now_s) ? settle(e, &f->smoke.mark) : busy(v, f, in->now_s, err);
            return true;
        }
    }
    return false;
}

/* ---- claims ---- */

/* The promotion of this very artifact that was begun here, or "". */
static void find_own(const struct environment_view *v, char ret[ULID_SIZE])
{
    ret[0] = '\0';
    for (size_t i = 0; i < v->count && !ret[0]; i++) {
        const struct mark *m = &v->functions[i].smoke.mark;

        if (mark_is_open(m) && strcmp(m->hash, v->functions[i].artifact->hash) == 0)
            snprintf(ret, ULID_SIZE, "%s", m->promotion);
    }
}

/* Claims of others, from environment `e` on. */
static bool find_others(const struct survey_input *in, size_t from, const char *own,
                        struct survey *ret, struct err *err)
{
    for (size_t e = from; e <= in->last; e++)
        for (size_t i = 0; i < in->views[e].count; i++) {
            const struct function_view *f = &in->views[e].functions[i];
            const struct mark *m = &f->smoke.mark;

            if (!mark_is_open(m) || strcmp(m->promotion, own) == 0)
                continue;
            *ret = may_settle(f, in->now_s) ? settle(e, m) : busy(&in->views[e], f, in->now_s, err);
            return true;
        }
    return false;
}

/* ---- the hold after a failure ---- */

static bool is_held(const struct environment_view *v, struct err *err)
{
    const struct function_view *held = NULL;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (f->smoke.mark.state != MARK_RB || mark_is_open(&f->smoke.mark))
            continue;
        if (strcmp(f->smoke.mark.hash, f->artifact->hash) != 0)
            return false; /* another set than the one that failed */
        held = f;
    }
    if (!held)
        return false;
    err_set(err, ERR_REFUSED,
            "%s: these packages failed here under promotion %s and were taken back; --force tries "
            "them again",
            v->environment->name, held->smoke.mark.promotion);
    return true;
}

/*
 * `restore` was somebody's word on these very packages: cases that pass once more do not outweigh
 * it. A function that was not moved then says which set it was by what it has on Live.
 */
static bool is_put_back(const struct environment_view *v, struct err *err)
{
    const struct function_view *back = NULL;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        const struct mark *m = &f->live.mark;

        if (!f->live.exists || (m->state != MARK_RESTORE && m->state != MARK_LIVE))
            continue;
        if (strcmp(m->hash, f->artifact->hash) != 0)
            return false; /* another set, or the one that was there before */
        if (m->state == MARK_RESTORE && strcmp(f->live.alias.version, m->old_version) == 0)
            back = f;
    }
    if (!back)
        return false;
    err_set(err, ERR_REFUSED,
            "%s: `restore` took these packages off %s (version %s of %s was there); --force "
            "promotes them again",
            v->environment->name, back->live.alias.name, back->live.mark.new_version,
            back->function->name);
    return true;
}

bool survey_is_held(const struct environment_view *v, struct err *err)
{
    return is_held(v, err) || is_put_back(v, err);
}

/* The claim of the first function holds the set. */
static bool is_claimed(const struct environment_view *v, const char *promotion)
{
    return promotion[0] && view_is_mine(v->functions, promotion) &&
           mark_is_open(&v->functions->smoke.mark);
}

/*
 * Whoever claimed a set after a `restore` had the word --force for it: what goes on with that needs
 * no other, or a set would stay between two versions. Environments above are asked for when they
 * are entered.
 */
static bool must_not(const struct survey_input *in, size_t at, const char *own, struct survey *ret,
                     struct err *err)
{
    const bool goes_on = is_claimed(&in->views[at], own) || survey_is_moving(&in->views[at], own);

    if (in->force)
        return false;
    for (size_t e = at; e <= (goes_on ? at : in->last); e++)
        if (goes_on ? is_held(&in->views[e], err) : survey_is_held(&in->views[e], err)) {
            *ret = (struct survey){.next = SURVEY_HELD, .environment = e};
            return true;
        }
    return false;
}

/* ---- the id ---- */

/* The promotion that brought the environment below here, if it has not been here yet. */
static void continue_below(const struct environment_view *below, const struct environment_view *v,
                           char ret[ULID_SIZE])
{
    const char *id = below->functions[0].smoke.mark.promotion;

    ret[0] = '\0';
    if (!survey_is_settled(below))
        return;
    for (size_t i = 0; i < below->count; i++)
        if (strcmp(below->functions[i].smoke.mark.promotion, id) != 0)
            return;
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->functions[i].smoke.mark.promotion, id) == 0)
            return;
    snprintf(ret, ULID_SIZE, "%s", id);
}

static bool lacks_below(const struct survey_input *in, size_t at, const char *own, struct err *err)
{
    if (at == 0 || in->force || survey_is_settled(&in->views[at - 1]) ||
        survey_is_moving(&in->views[at], own))
        return false;
    err_set(err, ERR_REFUSED,
            "%s: %s of %s does not serve these packages; promote them there first (--force goes "
            "on all the same)",
            in->views[at].environment->name, in->views[at - 1].functions[0].live.alias.name,
            in->views[at - 1].environment->name);
    return true;
}

struct survey survey_promotion(const struct survey_input *in, struct err *err)
{
    struct survey s = {.next = SURVEY_DONE, .environment = in->last};
    size_t at = in->first;
    char own[ULID_SIZE];

    if (find_undoing(in, &s, err))
        return s;
    while (at <= in->last && survey_is_complete(&in->views[at]))
        at++;
    if (at > in->last)
        return s;
    find_own(&in->views[at], own);
    if (find_others(in, at, own, &s, err))
        return s;
    if (must_not(in, at, own, &s, err))
        return s;
    if (lacks_below(in, at, own, err))
        return (struct survey){.next = SURVEY_BELOW, .environment = at};
    if (!own[0] && at > 0)
        continue_below(&in->views[at - 1], &in->views[at], own);
    s = (struct survey){.next = SURVEY_FORWARD, .environment = at};
    memcpy(s.promotion, own, sizeof(own));
    return s;
}

bool survey_open(const struct environment_view *views, size_t count, struct survey *ret)
{
    for (size_t e = count; e-- > 0;)
        for (size_t i = 0; i < views[e].count; i++) {
            const struct mark *m = &views[e].functions[i].smoke.mark;

            if (!mark_is_open(m))
                continue;
            *ret = settle(e, m);
            return true;
        }
    return false;
}
