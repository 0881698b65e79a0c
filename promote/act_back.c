#include "promote/act_private.h"

#include <string.h>

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

int act_take_back(struct act *a, struct function_view *f, struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, f->smoke.mark.state, 0);
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->live,
                           .seen = &f->live,
                           .version = f->smoke.mark.old_version,
                           .weights = ALIAS_WEIGHTS_CLEAR,
                           .mark = &m};
    const char *const from = f->smoke.mark.new_version;
    struct err why = {0};

    m.state = a->restore ? MARK_RESTORE : a->undo_as;
    m.before[0] = '\0';
    for (int try = 0; try < 3; try++) {
        if (swap_alias(a, &s, &why) == 0)
            return 0;
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
    if (why.kind == ERR_NOT_FOUND) /* its old version was deleted meanwhile: stays where it is */
        return act_write_smoke(a, f, NULL, &m, err);
    return err_set(err, why.kind, "%s", why.text);
}
