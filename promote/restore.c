#include "promote/promotion.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "promote/promotion_private.h"
#include "promote/survey.h"
#include "promote/wake.h"

/* `again`: the command that goes on with it. */
static int dirty_or(const struct undo_result *undo, const char *again, struct promotion_result *ret,
                    struct err *err)
{
    if (undo->dirty) {
        ret->end = PROMOTION_DIRTY;
        return err_set(err, ERR_DIRTY,
                       "not everything could be restored: `smokegate %s` tries again", again);
    }
    if (undo->superseded) {
        ret->end = PROMOTION_SUPERSEDED;
        return err_set(err, ERR_SUPERSEDED,
                       "someone else moved aliases meanwhile; they were left alone");
    }
    ret->end = PROMOTION_DONE;
    return 0;
}

/* ---- abort ---- */

static int abort_open(struct promotion *p, struct promotion_result *ret, struct err *err)
{
    struct environment_view views[MANIFEST_ENVIRONMENTS_MAX];
    struct undo_result undo = {0};
    struct undo_wish wish;
    struct survey s;

    promotion_views(p, views);
    if (!survey_open(views, p->count, &s)) {
        ret->end = PROMOTION_NOTHING;
        return 0;
    }
    promotion_name(p, s.promotion);
    ret->environment = p->places[s.environment].environment;
    p->places[s.environment].unsure = true;
    wish = (struct undo_wish){.top = s.environment,
                              .below = p->o->manifest->policy.rollback == ROLLBACK_ALL &&
                                       s.undo_as != MARK_RESTORE,
                              .promotion = s.promotion,
                              .undo_as = s.undo_as};
    undo_promotion(p, &wish, &undo);
    return dirty_or(&undo, "abort", ret, err);
}

int promotion_abort(const struct promotion_options *o, struct promotion_result *ret,
                    struct err *err)
{
    struct promotion p;
    int result = promotion_open(&p, o, 0, SIGHT_ALIASES, err);

    ret->end = PROMOTION_STOPPED;
    if (result == 0)
        result = abort_open(&p, ret, err);
    promotion_account(&p, ret);
    promotion_close(&p);
    return result;
}

/* ---- restore ---- */

/* What the last promotion moved Live from is told, not taken: who deleted Backup had a reason. */
static int no_backup(const struct environment_view *v, const struct function_view *f,
                     struct err *err)
{
    const char *known = f->live.mark.old_version;
    CLEANUP(buf_release) struct buf repair = {0};

    repair_begin(&repair, &v->at, "create-alias", f->function->name, NULL);
    repair_option(&repair, "name", f->backup.alias.name);
    repair_option(&repair, "function-version", known[0] ? known : "VERSION");
    return err_set(err, ERR_REFUSED,
                   "%s has no %s, and no version is guessed%s%s%s%s: point it to the one you want "
                   "(%s), and restore",
                   f->function->name, f->backup.alias.name,
                   known[0] ? "; the last promotion moved " : "",
                   known[0] ? f->live.alias.name : "", known[0] ? " on from version " : "", known,
                   buf_c(&repair));
}

/* Nothing calls $LATEST tested, and a set that goes back but for one function is a mixture. */
static int backup_is_latest(const struct environment_view *v, const struct function_view *f,
                            struct err *err)
{
    const char *known = f->live.mark.old_version;
    CLEANUP(buf_release) struct buf repair = {0};

    repair_begin(&repair, &v->at, "update-alias", f->function->name, NULL);
    repair_option(&repair, "name", f->backup.alias.name);
    repair_option(&repair, "function-version", known[0] ? known : "VERSION");
    return err_set(err, ERR_REFUSED,
                   "%s: %s is on $LATEST, which is no version to go back to: point it to the one "
                   "you want (%s), and restore",
                   f->function->name, f->backup.alias.name, buf_c(&repair));
}

/* Live was made by the promotion that it is on: there is nothing that it was before. */
static bool was_made(const struct function_view *f)
{
    const struct mark *m = &f->live.mark;

    return m->state == MARK_LIVE && !m->old_version[0] &&
           strcmp(f->live.alias.version, m->new_version) == 0;
}

static void tell_backup(const struct promotion *p, size_t at, const struct function_view *f)
{
    if (!f->backup.exists)
        promotion_note(p, at, "%s: no %s: there was no %s before; it stays on version %s",
                       f->function->key, f->backup.alias.name, f->live.alias.name,
                       f->live.alias.version);
    else if (view_backup_moved(f))
        promotion_note(p, at,
                       "%s: someone moved %s: it is on version %s, and the last promotion moved %s "
                       "on from version %s",
                       f->function->key, f->backup.alias.name, f->backup.alias.version,
                       f->live.alias.name, f->live.mark.old_version);
}

static int check(const struct promotion *p, size_t at, struct err *err)
{
    const struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        const struct mark *m = &f->smoke.mark;

        if (mark_is_open(m) && m->state != MARK_RESTORE &&
            m->expires_s > clock_wall(p->o->clock) / 1000 && !p->o->force)
            return err_set(err, ERR_BUSY,
                           "%s is held by promotion %s (%s); `smokegate abort` takes it back, "
                           "--force restores all the same",
                           f->function->name, m->promotion, mark_state_name(m->state));
        if (!f->live.exists)
            continue;
        if (!f->backup.exists && !was_made(f))
            return no_backup(v, f, err);
        if (f->backup.exists && strcmp(f->backup.alias.version, "$LATEST") == 0)
            return backup_is_latest(v, f, err);
        tell_backup(p, at, f);
    }
    return 0;
}

/*
 * One claim holds the set: whoever promotes it claims its first function first, and whoever finds
 * this claim after a crash knows what is to be done from where Live and Backup point.
 */
static int claim_set(struct promotion *p, size_t at, struct err *err)
{
    struct place *place = &p->places[at];
    struct step s = {.kind = STEP_CLAIM, .reason = "to restore the set"};
    struct act act;
    int result;

    promotion_act(p, at, &act);
    act.restore = true;
    while (!place->view.functions[s.function].live.exists)
        s.function++; /* there is one: something is to be restored */
    result = promotion_step(p, at, &act, &s, err);
    place->unsure = place->unsure || act.unsure;
    return result;
}

/*
 * What another promotion held (its lease is over, or --force) and need not move: a request of its
 * that is still on its way must not move it either.
 */
static int fence_others(struct promotion *p, size_t at, struct err *err)
{
    struct place *place = &p->places[at];
    struct act act;
    int result = 0;

    promotion_act(p, at, &act);
    for (size_t i = 0; result == 0 && i < place->view.count; i++) {
        const struct function_view *f = &place->view.functions[i];
        const struct step s = {.kind = STEP_FENCE,
                               .function = (int)i,
                               .reason = "what was under way must not move it"};

        if (f->live.exists && !view_must_restore(f))
            result = promotion_step(p, at, &act, &s, err);
    }
    return result;
}

static bool is_held(const struct environment_view *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (mark_is_open(&v->functions[i].smoke.mark))
            return true;
    return false;
}

static int finish(struct promotion *p, size_t at, const struct mark *m, enum mark_state undo_as,
                  const char *trouble, struct err *err)
{
    struct undo_result undo = {0};

    promotion_name(p, m->promotion);
    p->places[at].unsure = true;
    undo_promotion(p, &(struct undo_wish){.top = at, .promotion = m->promotion, .undo_as = undo_as},
                   &undo);
    if (undo.dirty || undo.superseded)
        return err_set(err, undo.dirty ? ERR_DIRTY : ERR_SUPERSEDED, "%s", trouble);
    return 0;
}

/* A `restore` that was killed: what it had begun is finished first. */
static int finish_restore(struct promotion *p, size_t at, struct err *err)
{
    const struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct mark m = v->functions[i].smoke.mark;

        if (mark_is_open(&m) && m.state == MARK_RESTORE &&
            finish(p, at, &m, MARK_RESTORE, "an earlier restore could not be finished", err) < 0)
            return -1;
    }
    return 0;
}

/* Backup of some is what Live serves now, of others what it served before that. */
static bool is_half_backed(const struct environment_view *v, const char *promotion)
{
    size_t count = 0, backed = 0;

    for (size_t i = 0; i < v->count; i++) {
        const struct seen_alias *backup = &v->functions[i].backup;

        if (!v->functions[i].live.exists)
            continue;
        count++;
        backed += backup->exists && backup->mark.state == MARK_CLAIMED &&
                  strcmp(backup->mark.promotion, promotion) == 0;
    }
    return backed > 0 && backed < count && !survey_is_moving(v, promotion);
}

/*
 * A promotion that was cut while it wrote Backup, or took it back: going by such Backups would move
 * one part of the set. It had moved no Live, so that here it is taken back first.
 */
static int finish_backups(struct promotion *p, size_t at, struct err *err)
{
    const struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct mark m = v->functions[i].smoke.mark;

        if (!mark_is_open(&m) || m.state == MARK_RESTORE || !is_half_backed(v, m.promotion))
            continue;
        promotion_note(p, at, "first takes back what promotion %s left here", m.promotion);
        if (finish(p, at, &m, mark_is_undoing(&m) ? m.state : MARK_UNDO,
                   "the promotion that wrote Backup could not be taken back", err) < 0)
            return -1;
    }
    return 0;
}

static int prepare(struct promotion *p, size_t at, size_t *ret_wanted, struct err *err)
{
    if (finish_restore(p, at, err) < 0 || check(p, at, err) < 0 || finish_backups(p, at, err) < 0)
        return -1;
    *ret_wanted = 0;
    for (size_t i = 0; i < p->places[at].view.count; i++)
        *ret_wanted += view_must_restore(&p->places[at].view.functions[i]);
    return 0;
}

/* What is found out here is worth to know; it keeps nobody from restoring. */
static void look_for_sleepers(struct promotion *p, size_t at)
{
    struct environment_view *v = &p->places[at].view;
    struct ahead ahead = {0};

    for (size_t i = 0; i < v->count; i++)
        if (view_must_restore(&v->functions[i]))
            function_get_request(ahead_add(&ahead), v->functions[i].function->name,
                                 v->functions[i].backup.alias.version);
    ahead_send(&ahead, p->places[at].client);
    for (size_t i = 0; i < v->count; i++) {
        struct function_view *f = &v->functions[i];
        const char *version = f->backup.alias.version;
        struct function_info info = {0};
        struct err why = {0};

        if (!view_must_restore(f))
            continue;
        if (wake_is_needed(p->places[at].client, f->function->name, version, &f->asleep, &info,
                           &why) < 0)
            promotion_note(p, at, "%s: the state of version %s is not known: %s", f->function->key,
                           version, why.text);
        else if (f->asleep)
            promotion_note(p, at,
                           "%s: version %s sleeps (Inactive%s%s): calls are refused until it is "
                           "awake, and it is woken once %s is there",
                           f->function->key, version, info.state_reason[0] ? ", " : "",
                           info.state_reason, f->live.alias.name);
    }
    aws_client_ahead_end(p->places[at].client);
}

static void wake_sleepers(struct promotion *p, size_t at)
{
    struct environment_view *v = &p->places[at].view;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        const char *version = f->live.alias.version;
        struct function_info info = {0};
        struct err why = {0};

        if (!f->asleep || strcmp(version, f->backup.alias.version) != 0)
            continue;
        if (wake(p->places[at].client, f->function->name, f->live.alias.name, version, &info,
                 &why) < 0)
            promotion_note(p, at, "%s: version %s could not be woken: %s", f->function->key,
                           version, why.text);
        else
            promotion_note(p, at, "%s: version %s was woken and is %s", f->function->key, version,
                           info.state_name);
    }
}

static int restore(struct promotion *p, size_t at, struct promotion_result *ret, struct err *err)
{
    struct environment_view *v = &p->places[at].view;
    struct undo_result undo = {0};
    size_t wanted;
    bool held;

    ret->environment = p->places[at].environment;
    if (prepare(p, at, &wanted, err) < 0) {
        ret->end = err->kind == ERR_DIRTY        ? PROMOTION_DIRTY
                   : err->kind == ERR_SUPERSEDED ? PROMOTION_SUPERSEDED
                   : err->kind == ERR_BUSY       ? PROMOTION_BUSY
                                                 : PROMOTION_STOPPED;
        return -1;
    }
    if (wanted == 0) {
        ret->end = PROMOTION_NOTHING;
        return 0;
    }
    promotion_name(p, "");
    promotion_tell(p, TELL_ENVIRONMENT, at, NULL, p->id);
    held = is_held(v);
    promotion_note_hands(p, at);
    look_for_sleepers(p, at);
    if (claim_set(p, at, err) < 0 || (held && fence_others(p, at, err) < 0)) {
        ret->end = err->kind == ERR_BUSY ? PROMOTION_BUSY : PROMOTION_STOPPED;
        return -1;
    }
    /* Every view is what was read a moment ago, and no write is blind: no other look is needed. */
    undo_promotion(p,
                   &(struct undo_wish){.top = at,
                                       .current = !p->places[at].unsure,
                                       .promotion = p->id,
                                       .undo_as = MARK_RESTORE},
                   &undo);
    wake_sleepers(p, at);
    return dirty_or(&undo, "restore", ret, err);
}

int promotion_restore(const struct promotion_options *o, struct promotion_result *ret,
                      struct err *err)
{
    struct promotion_options one = *o;
    struct promotion p;
    int result;

    one.last = o->first;
    result = promotion_open(&p, &one, o->first, SIGHT_HINTED, err);
    ret->end = PROMOTION_STOPPED;
    if (result == 0)
        result = restore(&p, o->first, ret, err);
    promotion_account(&p, ret);
    promotion_close(&p);
    return result;
}
