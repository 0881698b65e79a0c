#include "promote/act_private.h"

#include <stdio.h>
#include <string.h>

static void text_set(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

static void begin_mark(const struct act *a, const struct function_view *f, struct mark *m)
{
    text_set(m->promotion, sizeof(m->promotion), a->promotion);
    text_set(m->before, sizeof(m->before), f->smoke.exists ? f->smoke.alias.version : "");
    if (a->restore) {
        m->state = MARK_RESTORE;
        text_set(m->old_version, sizeof(m->old_version), f->backup.alias.version);
        text_set(m->new_version, sizeof(m->new_version), f->live.alias.version);
        text_set(m->hash, sizeof(m->hash), f->live.mark.hash);
        return;
    }
    m->state = MARK_CLAIMED;
    text_set(m->old_version, sizeof(m->old_version), f->live.exists ? f->live.alias.version : "");
    text_set(m->hash, sizeof(m->hash), f->artifact->hash);
}

static int busy(const struct function_view *f, struct err *err)
{
    return err_set(err, ERR_BUSY, "%s: promotion %s claimed it a moment ago", f->function->name,
                   f->smoke.exists ? f->smoke.mark.promotion : "?");
}

static int claim_once(struct act *a, struct function_view *f, bool goes_on, struct err *err)
{
    const char *first = f->live.exists ? f->live.alias.version : "$LATEST";
    struct mark m = {0};
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->smoke,
                           .seen = &f->smoke,
                           .version = f->smoke.exists ? NULL : first,
                           .mark = &m};

    if (goes_on)
        m = f->smoke.mark;
    else
        begin_mark(a, f, &m);
    m = act_renewed(a, &m, m.state, act_lease_end(a));
    return swap_alias(a, &s, err);
}

static bool goes_on(const struct act *a, const struct function_view *f)
{
    return view_is_mine(f, a->promotion) && mark_is_open(&f->smoke.mark) &&
           !mark_is_undoing(&f->smoke.mark);
}

/* Somebody's write came in between; it is of the process whose promotion goes on here. */
static bool may_claim_again(const struct act *a, const struct function_view *f)
{
    return goes_on(a, f) && strcmp(f->smoke.mark.writer, a->predecessor) == 0;
}

/* Functions are claimed in order: whoever has the first one may take the rest from its predecessor.
 */
int act_claim(struct act *a, struct function_view *f, struct err *err)
{
    const bool before = goes_on(a, f);
    struct err why = {0};

    for (int try = 0; try < 3; try++) {
        if (claim_once(a, f, goes_on(a, f), &why) == 0)
            return 0;
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
        if (!may_claim_again(a, f))
            break;
    }
    return before || goes_on(a, f) ? act_superseded(f, a->aliases->smoke, &f->smoke, err)
                                   : busy(f, err);
}

int act_back_up(struct act *a, struct function_view *f, struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, MARK_CLAIMED, 0);
    struct swap s = {.function = f->function->name,
                     .alias = a->aliases->backup,
                     .seen = &f->backup,
                     .version = f->smoke.mark.old_version,
                     .weights = ALIAS_WEIGHTS_CLEAR,
                     .mark = &m};
    struct err why = {0};

    for (int try = 0; try < 3; try++) {
        m.new_version[0] = '\0';
        /* Of this promotion already, but elsewhere: what it held before is told by its mark. */
        text_set(m.before, sizeof(m.before),
                 strcmp(f->backup.mark.promotion, a->promotion) == 0 ? f->backup.mark.before
                 : f->backup.exists                                  ? f->backup.alias.version
                                                                     : "");
        if (swap_alias(a, &s, &why) == 0)
            return 0;
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
    }
    return act_superseded(f, a->aliases->backup, &f->backup, err);
}
