#include <stdio.h>
#include <string.h>

#include "promote/act.h"

void act_restore_mark(const struct act *a, const struct function_view *f, struct mark *m)
{
    *m = (struct mark){.state = MARK_RESTORE};
    snprintf(m->promotion, sizeof(m->promotion), "%s", a->promotion);
    snprintf(m->old_version, sizeof(m->old_version), "%s", f->backup.alias.version);
    snprintf(m->new_version, sizeof(m->new_version), "%s", f->live.alias.version);
    snprintf(m->hash, sizeof(m->hash), "%s", f->live.mark.hash);
    snprintf(m->writer, sizeof(m->writer), "%s", a->writer);
}

/* 412 means that the late request has landed: the view shows it, and the next plan undoes it. */
int act_fence(struct act *a, struct function_view *f, struct err *err)
{
    const struct swap s = {
        .function = f->function->name, .alias = a->aliases->live, .seen = &f->live};
    struct err why = {0};

    if (swap_alias(a, &s, &why) < 0 && why.kind != ERR_PRECONDITION)
        return err_set(err, why.kind, "%s", why.text);
    f->fenced = why.kind != ERR_PRECONDITION;
    return 0;
}

/* Live's way back; `m` is the mark it gets. */
static struct swap way_back(const struct act *a, struct function_view *f, struct mark *m)
{
    const struct mark *own = view_mark_of(f, a->promotion);

    *m = act_renewed(a, own ? own : &f->smoke.mark, a->undo_as, 0);
    if (a->restore)
        act_restore_mark(a, f, m);
    m->before[0] = '\0';
    return (struct swap){.function = f->function->name,
                         .alias = a->aliases->live,
                         .seen = &f->live,
                         .version = m->old_version,
                         .weights = ALIAS_WEIGHTS_CLEAR,
                         .mark = m,
                         .sent = &f->sent};
}

void act_ahead(struct act *a, struct environment_view *v, const struct step *steps, size_t count)
{
    struct ahead requests = {0};
    struct err ignored = {0};

    for (size_t i = 0; i < count && count > 1 && steps[i].kind == STEP_TAKE_BACK; i++) {
        struct function_view *f = &v->functions[steps[i].function];
        struct mark m;
        const struct swap s = way_back(a, f, &m);

        swap_ahead(a, &s, &requests, &ignored); /* or act_step() meets the same, and says so */
    }
    ahead_send(&requests, a->client);
}

int act_take_back(struct act *a, struct function_view *f, struct err *err)
{
    struct mark m;
    const struct swap s = way_back(a, f, &m);
    char from[LAMBDA_VERSION_SIZE];
    struct err why = {0};

    snprintf(from, sizeof(from), "%s", f->live.alias.version);
    for (int try = 0; try < 3; try++) {
        if (swap_alias(a, &s, &why) == 0) {
            f->fenced = true; /* its revision is new: a late request of before can only fail */
            return 0;
        }
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
        if (!view_live_is_mine(f, a->promotion) &&
            !(a->restore && f->live.exists && strcmp(f->live.alias.version, from) == 0))
            break;
    }
    if (f->live.exists && strcmp(f->live.alias.version, s.version) == 0 &&
        f->live.alias.weight_count == 0)
        return 0; /* someone else put it there: all that was wanted */
    f->left_alone = true;
    return act_superseded(f, s.alias, &f->live, err);
}

int act_take_backup(struct act *a, struct function_view *f, const char *to, struct err *err)
{
    struct mark m = act_renewed(a, &f->backup.mark, a->undo_as, 0);
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->backup,
                           .seen = &f->backup,
                           .version = to,
                           .weights = ALIAS_WEIGHTS_CLEAR,
                           .mark = &m};
    struct err why = {0};

    m.before[0] = '\0';
    if (swap_alias(a, &s, &why) == 0)
        return 0;
    /* Gone, or someone else's by now: Live is what counts, and that is back. */
    f->backup.mark.state = MARK_NONE;
    return why.kind == ERR_PRECONDITION || why.kind == ERR_NOT_FOUND
               ? 0
               : err_set(err, why.kind, "%s", why.text);
}

int act_take_smoke(struct act *a, struct function_view *f, const char *to, struct err *err)
{
    const struct mark m = act_renewed(a, &f->smoke.mark, a->restore ? MARK_RESTORE : a->undo_as, 0);
    struct err why = {0};

    if (act_write_smoke(a, f, to, &m, &why) == 0)
        return 0;
    if (view_is_mine(f, a->promotion) && f->smoke.mark.state == m.state &&
        !mark_is_open(&f->smoke.mark))
        return 0;                  /* another process takes the same back, and was faster */
    if (why.kind == ERR_NOT_FOUND) /* its old version was deleted meanwhile: stays where it is */
        return act_write_smoke(a, f, NULL, &m, err);
    return err_set(err, why.kind, "%s", why.text);
}
