#include "promote/plan.h"

#include <string.h>

bool plan_undo_concerns(const struct function_view *f, const char *promotion)
{
    const struct mark *m = &f->smoke.mark;
    const bool taken_back = !mark_is_open(m) && (m->state == MARK_RB || m->state == MARK_UNDO ||
                                                 m->state == MARK_RESTORE);

    return view_is_mine(f, promotion) && !taken_back;
}

static bool must_go_back(const struct function_view *f, const char *promotion)
{
    const struct mark *m = view_mark_of(f, promotion);

    return m && m->old_version[0] && !f->left_alone && !f->stuck && view_live_is_mine(f, promotion);
}

/* A `restore` claims one function, for the set: what it is to do is where Backup points. */
static bool is_restore(const struct environment_view *v, const char *promotion)
{
    for (size_t i = 0; i < v->count; i++)
        if (view_is_mine(&v->functions[i], promotion) &&
            mark_is_undoing(&v->functions[i].smoke.mark) &&
            v->functions[i].smoke.mark.state == MARK_RESTORE)
            return true;
    return false;
}

static void turn(struct plan *p, const struct environment_view *v, const char *promotion)
{
    int first = -1;

    for (size_t i = v->count; i-- > 0;)
        if (plan_undo_concerns(&v->functions[i], promotion) && !v->functions[i].stuck) {
            if (mark_is_undoing(&v->functions[i].smoke.mark))
                return;
            first = (int)i;
        }
    if (first >= 0)
        plan_add(p, STEP_TURN, first, "from here on whoever goes on takes it back");
}

static void fence(struct plan *p, const struct environment_view *v, const char *promotion)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (plan_undo_concerns(f, promotion) && f->smoke.mark.new_version[0] && f->live.exists &&
            !f->fenced && !f->left_alone && !f->stuck && view_live_is_old(f) &&
            !view_live_is_mine(f, promotion))
            plan_add(p, STEP_FENCE, (int)i, "a request still on its way must not move it");
    }
}

static void take_back(struct plan *p, const struct environment_view *v, const char *promotion)
{
    for (size_t i = v->count; i-- > 0;) {
        const struct function_view *f = &v->functions[i];

        if ((plan_undo_concerns(f, promotion) || !view_is_mine(f, promotion)) &&
            must_go_back(f, promotion))
            step_move(plan_add(p, STEP_TAKE_BACK, (int)i, "what it served before"),
                      f->live.alias.version, view_mark_of(f, promotion)->old_version);
    }
}

static void take_backup(struct plan *p, const struct environment_view *v, const char *promotion)
{
    for (size_t i = v->count; i-- > 0;) {
        const struct function_view *f = &v->functions[i];
        const struct mark *m = &f->backup.mark;

        if (plan_undo_concerns(f, promotion) && f->backup.exists && m->state == MARK_CLAIMED &&
            strcmp(m->promotion, promotion) == 0 && m->before[0] &&
            strcmp(m->before, f->backup.alias.version) != 0 && !f->left_alone && !f->stuck &&
            (must_go_back(f, promotion) || view_live_is_old(f)))
            step_move(plan_add(p, STEP_TAKE_BACKUP, (int)i, "what it held before"),
                      f->backup.alias.version, m->before);
    }
}

static void take_smoke(struct plan *p, const struct environment_view *v, const char *promotion)
{
    for (size_t i = v->count; i-- > 0;) {
        const struct function_view *f = &v->functions[i];
        const struct mark *m = &f->smoke.mark;
        const char *to = m->before[0] ? m->before : m->old_version;

        if (plan_undo_concerns(f, promotion) && !f->stuck)
            step_move(plan_add(p, STEP_TAKE_SMOKE, (int)i, "what it was before, and nobody's"),
                      f->smoke.alias.version, to[0] ? to : f->smoke.alias.version);
    }
}

/* The claim is let go of when nothing is left: what is stuck can be finished by whoever sees it. */
static void restore(struct plan *p, const struct environment_view *v, const char *promotion)
{
    bool stuck = false;

    for (size_t i = v->count; i-- > 0;) {
        const struct function_view *f = &v->functions[i];

        if (view_must_restore(f) && !f->left_alone && !f->stuck)
            step_move(plan_add(p, STEP_TAKE_BACK, (int)i, "what %s keeps", f->backup.alias.name),
                      f->live.alias.version, f->backup.alias.version);
        stuck = stuck || f->stuck;
    }
    if (!stuck)
        take_smoke(p, v, promotion);
}

void plan_undo(struct plan *p, const struct environment_view *v, const struct plan_intent *intent)
{
    const char *promotion = intent->promotion;

    if (is_restore(v, promotion)) {
        restore(p, v, promotion);
        return;
    }
    turn(p, v, promotion);
    if (intent->unsure)
        fence(p, v, promotion);
    take_back(p, v, promotion);
    take_backup(p, v, promotion);
    take_smoke(p, v, promotion);
}
