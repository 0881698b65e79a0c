#include "promote/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"

void environment_view_release(struct environment_view *v)
{
    free(v->functions);
    free(v->layers);
    *v = (struct environment_view){0};
}

void seen_none(struct seen_alias *ret, const char *name)
{
    *ret = (struct seen_alias){.exists = false};
    snprintf(ret->alias.name, sizeof(ret->alias.name), "%s", name);
}

bool view_is_mine(const struct function_view *f, const char *promotion)
{
    return f->smoke.exists && f->smoke.mark.state != MARK_NONE &&
           strcmp(f->smoke.mark.promotion, promotion) == 0;
}

void view_set_digest(const struct environment_view *v, char ret[MARK_HASH_SIZE])
{
    CLEANUP(buf_release) struct buf text = {0};
    char hex[SHA256_HEX_SIZE];

    for (size_t i = 0; i < v->count; i++)
        buf_printf(&text, "%s %s\n", v->functions[i].function->name,
                   v->functions[i].smoke.mark.new_version);
    sha256_hex(hex, buf_str(&text));
    snprintf(ret, MARK_HASH_SIZE, "%.*s", MARK_HASH_SIZE - 1, hex);
}

bool view_is_live(const struct function_view *f)
{
    const struct mark *m = &f->smoke.mark;

    return f->live.exists && m->new_version[0] &&
           strcmp(f->live.alias.version, m->new_version) == 0 && f->live.alias.weight_count == 0;
}

bool view_live_is_mine(const struct function_view *f, const char *promotion)
{
    const struct mark *m = &f->live.mark;

    if (!f->live.exists || strcmp(m->promotion, promotion) != 0)
        return false;
    if (m->state == MARK_CANARY) /* a hand that changes weights need not change descriptions */
        return strcmp(f->live.alias.version, m->old_version) == 0 &&
               f->live.alias.weight_count == 1 &&
               strcmp(f->live.alias.weights[0].version, m->new_version) == 0;
    return m->state == MARK_LIVE && strcmp(f->live.alias.version, m->new_version) == 0;
}

const struct mark *view_mark_of(const struct function_view *f, const char *promotion)
{
    if (view_is_mine(f, promotion))
        return &f->smoke.mark;
    return view_live_is_mine(f, promotion) && !mark_is_open(&f->smoke.mark) ? &f->live.mark : NULL;
}

bool view_backup_moved(const struct function_view *f)
{
    const struct mark *m = &f->live.mark, *own = &f->backup.mark;
    const bool as_written =
        own->state == MARK_NONE /* or was not read: promote/hint.h */
            ? strcmp(m->old_version, m->new_version) == 0
            : own->state == MARK_CLAIMED && strcmp(f->backup.alias.version, own->old_version) == 0;

    return f->live.exists && f->backup.exists && m->state == MARK_LIVE && m->old_version[0] &&
           strcmp(f->live.alias.version, m->new_version) == 0 && !as_written &&
           strcmp(f->backup.alias.version, m->old_version) != 0;
}

bool view_live_is_old(const struct function_view *f)
{
    const struct mark *m = &f->smoke.mark;

    if (!m->old_version[0])
        return !f->live.exists;
    return f->live.exists && strcmp(f->live.alias.version, m->old_version) == 0 &&
           f->live.alias.weight_count == 0;
}

bool view_is_settled_on(const struct function_view *f, const char *hash)
{
    const struct mark *m = &f->smoke.mark;

    return f->smoke.exists && m->state == MARK_LIVE && !mark_is_open(m) &&
           strcmp(m->hash, hash) == 0 && view_is_live(f);
}

bool view_is_complete(const struct function_view *f)
{
    return view_is_settled_on(f, f->artifact->hash) && f->code_same && f->config_same;
}

bool view_must_restore(const struct function_view *f)
{
    return f->live.exists && f->backup.exists && strcmp(f->backup.alias.version, "$LATEST") != 0 &&
           (strcmp(f->live.alias.version, f->backup.alias.version) != 0 ||
            f->live.alias.weight_count);
}

bool view_has_weight(const struct function_view *f, double weight)
{
    return f->live.mark.state == MARK_CANARY && f->live.alias.weight_count == 1 &&
           f->live.alias.weights[0].weight > weight - 1e-9 &&
           f->live.alias.weights[0].weight < weight + 1e-9;
}

size_t view_steps_reached(const struct environment_view *v, const char *promotion)
{
    const struct manifest_environment *e = v->environment;
    size_t reached = v->steps_passed;

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (!view_live_is_mine(f, promotion))
            continue;
        if (f->live.mark.state == MARK_LIVE)
            return e->step_count;
        for (size_t n = e->step_count; n-- > reached;)
            if (view_has_weight(f, e->steps[n].weight))
                reached = n;
    }
    return reached;
}

bool view_has_foreign_weights(const struct function_view *f)
{
    return f->live.exists && f->live.alias.weight_count > 0 && f->live.mark.state != MARK_CANARY;
}

/* Where Live was left, by the marks; NULL when they do not tell (under way, or never promoted). */
static const char *left_at(const struct mark *m)
{
    switch (m->state) {
    case MARK_LIVE:
        return m->new_version;
    case MARK_RB:
    case MARK_UNDO:
    case MARK_RESTORE:
    case MARK_CANARY:
        return m->old_version;
    case MARK_NONE:
    case MARK_CLAIMED:
    case MARK_STAGED:
    case MARK_PASSED:
        break;
    }
    return NULL;
}

static bool hand_on_live(const struct function_view *f, char ret[VIEW_HAND_MAX])
{
    const struct seen_alias *live = &f->live;
    const char *own = live->exists ? left_at(&live->mark) : NULL;
    const char *said = mark_is_open(&f->smoke.mark) ? NULL : left_at(&f->smoke.mark);
    int n = 0;

    if (view_has_foreign_weights(f))
        n = snprintf(ret, VIEW_HAND_MAX,
                     "%s sends traffic to a second version (%s) that smokegate did not put there: "
                     "CodeDeploy, or someone by hand",
                     live->alias.name, live->alias.weights[0].version);
    else if (live->exists && own && *own && strcmp(live->alias.version, own) != 0)
        n = snprintf(ret, VIEW_HAND_MAX,
                     "someone moved %s since the last promotion: it is on version %s, and its "
                     "stamp says %s",
                     live->alias.name, live->alias.version, own);
    else if (live->exists && !own && said && *said && strcmp(live->alias.version, said) != 0)
        n = snprintf(ret, VIEW_HAND_MAX,
                     "someone moved %s since the last promotion, and took its stamp away: it is on "
                     "version %s, and was left on %s",
                     live->alias.name, live->alias.version, said);
    else if (live->exists && live->mark.state == MARK_NONE && said &&
             f->smoke.mark.state == MARK_LIVE) /* else it may never have been written */
        n = snprintf(ret, VIEW_HAND_MAX,
                     "something rewrote the description of %s since the last promotion; its "
                     "version is as it was",
                     live->alias.name);
    else if (!live->exists && said && *said)
        n = snprintf(ret, VIEW_HAND_MAX, "someone deleted %s since the last promotion",
                     live->alias.name);
    return n > 0;
}

bool view_foreign_hand(const struct function_view *f, char ret[VIEW_HAND_MAX])
{
    const struct mark *m = &f->smoke.mark;

    if (hand_on_live(f, ret))
        return true;
    if ((m->state == MARK_STAGED || m->state == MARK_PASSED) && m->new_version[0] &&
        strcmp(f->smoke.alias.version, m->new_version) != 0) {
        snprintf(ret, VIEW_HAND_MAX,
                 "someone moved %s while it was staged: it is on version %s, and version %s was "
                 "staged there",
                 f->smoke.alias.name, f->smoke.alias.version, m->new_version);
        return true;
    }
    return false;
}
