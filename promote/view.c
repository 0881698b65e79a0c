#include "promote/view.h"

#include <stdlib.h>
#include <string.h>

void environment_view_release(struct environment_view *v)
{
    free(v->functions);
    free(v->layers);
    *v = (struct environment_view){0};
}

bool view_is_mine(const struct function_view *f, const char *promotion)
{
    return f->smoke.exists && f->smoke.mark.state != MARK_NONE &&
           strcmp(f->smoke.mark.promotion, promotion) == 0;
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
    if (m->state == MARK_CANARY)
        return strcmp(f->live.alias.version, m->old_version) == 0;
    return m->state == MARK_LIVE && strcmp(f->live.alias.version, m->new_version) == 0;
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

bool view_has_foreign_weights(const struct function_view *f)
{
    return f->live.exists && f->live.alias.weight_count > 0 && f->live.mark.state != MARK_CANARY;
}
