#include <stdio.h>
#include <string.h>

#include "promote/act.h"

/*
 * Live moves only from where it was when it was claimed, or on within this promotion. What a user
 * wrote into its description meanwhile is kept and does not count as a move.
 */
static bool may_move(const struct act *a, const struct function_view *f)
{
    return view_live_is_mine(f, a->promotion) ||
           (view_live_is_old(f) && f->live.mark.state != MARK_CANARY);
}

/* Smoke of `f` is as this process left it: nobody took the claim over, or turned it back. */
static int check_mine(struct act *a, struct function_view *f, struct err *err)
{
    const struct mark *m = &f->smoke.mark;

    if (swap_read(a, f->function->name, a->aliases->smoke, &f->smoke, err) < 0)
        return -1;
    if (view_is_mine(f, a->promotion) && mark_is_open(m) && !mark_is_undoing(m) &&
        strcmp(m->writer, a->writer) == 0)
        return 0;
    return act_superseded(f, a->aliases->smoke, &f->smoke, err);
}

/*
 * Live's revision changed since it was read. Where it still points to what it did, that may be the
 * user's description, or the fence of somebody who takes this promotion back: the claims tell. That
 * is asked of the set's first function, too: in its mark such a direction is written first.
 */
static int check_claim(struct act *a, struct environment_view *v, struct function_view *f,
                       struct err *err)
{
    if (check_mine(a, f, err) < 0)
        return -1;
    return f == v->functions ? 0 : check_mine(a, v->functions, err);
}

static int move_live(struct act *a, struct environment_view *v, struct function_view *f,
                     const struct swap *how, struct err *err)
{
    const char *goal = how->weights == ALIAS_WEIGHTS_SET ? how->weight_version : how->version;
    struct err why = {0};

    for (int try = 0; try < 3; try++) {
        if (swap_alias(a, how, &why) == 0)
            return 0;
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
        if (!may_move(a, f))
            break;
        if (how->mark->state == MARK_LIVE && strcmp(f->live.alias.version, goal) == 0 &&
            view_live_is_mine(f, a->promotion))
            return 0; /* a request of the process whose work goes on here arrived late */
        if (check_claim(a, v, f, err) < 0)
            return -1;
    }
    return act_superseded(f, a->aliases->live, &f->live, err);
}

int act_shift(struct act *a, struct environment_view *v, struct function_view *f, struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, MARK_LIVE, 0);
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->live,
                           .seen = &f->live,
                           .version = f->smoke.mark.new_version,
                           .weights = ALIAS_WEIGHTS_CLEAR,
                           .mark = &m};

    m.before[0] = '\0';
    if (!may_move(a, f))
        return act_superseded(f, s.alias, &f->live, err);
    return move_live(a, v, f, &s, err);
}

int act_weigh(struct act *a, struct environment_view *v, struct function_view *f, double weight,
              struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, MARK_CANARY, 0);
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->live,
                           .seen = &f->live,
                           .version = f->smoke.mark.old_version,
                           .weights = ALIAS_WEIGHTS_SET,
                           .weight_version = f->smoke.mark.new_version,
                           .weight = weight,
                           .mark = &m};

    m.before[0] = '\0';
    if (strcmp(s.version, s.weight_version) == 0)
        return 0; /* the candidate is what is Live already: nothing to weigh */
    if (!may_move(a, f))
        return act_superseded(f, s.alias, &f->live, err);
    return move_live(a, v, f, &s, err);
}

/*
 * A write's answer is the alias whole, as the service has it: there is nothing to ask when the
 * version it shows is one that this process saw published.
 */
static bool was_answered(const struct function_view *f)
{
    return f->proven && f->live.exists && f->live.alias.weight_count == 0 &&
           strcmp(f->live.alias.version, f->smoke.mark.new_version) == 0;
}

/*
 * Backup is what `restore` goes by, and no write to Live notices that somebody deleted or moved it.
 * Large sets wait for the narrow quota as it is: there `status` and `restore` tell it later.
 */
static int check_backup(struct act *a, const struct environment_view *v, struct function_view *f,
                        struct err *err)
{
    enum { LOOKED_AT_AGAIN_MAX = 20 };
    char version[LAMBDA_VERSION_SIZE];

    if (v->count > LOOKED_AT_AGAIN_MAX || !f->backup.exists ||
        strcmp(f->backup.mark.promotion, a->promotion) != 0)
        return 0;
    snprintf(version, sizeof(version), "%s", f->backup.alias.version);
    if (swap_read(a, f->function->name, a->aliases->backup, &f->backup, err) < 0)
        return -1;
    if (f->backup.exists && strcmp(f->backup.alias.version, version) == 0)
        return 0; /* what is written beside it is the user's to change */
    return act_superseded(f, a->aliases->backup, &f->backup, err);
}

/* What is asked is what Live serves, not what its description says. */
static int check_live(struct act *a, struct function_view *f, struct err *err)
{
    const struct clock *clock = aws_client_clock(a->client);
    const int64_t until = clock_mono(clock) + 30000;
    struct function_info info;

    if (was_answered(f))
        return 0;
    for (;;) {
        if (function_get(a->client, f->function->name, a->aliases->live, &info, err) < 0)
            return -1;
        if (strcmp(info.version, f->smoke.mark.new_version) == 0)
            break;
        if (clock_mono(clock) >= until)
            return err_set(err, ERR_SUPERSEDED, "%s:%s serves version %s, it was moved to %s",
                           f->function->name, a->aliases->live, info.version,
                           f->smoke.mark.new_version);
        /* Slow to follow, or moved on by someone: the alias itself tells. */
        if (swap_read(a, f->function->name, a->aliases->live, &f->live, err) < 0)
            return -1;
        if (!view_live_is_mine(f, a->promotion))
            return act_superseded(f, a->aliases->live, &f->live, err);
        clock_sleep(clock, 500);
        if (aws_client_check(a->client, err) < 0)
            return -1;
    }
    if (f->artifact && f->artifact->code_sha256[0] &&
        strcmp(info.code_sha256, f->artifact->code_sha256) != 0)
        return err_set(err, ERR_SUPERSEDED, "%s version %s has CodeSha256 %s, %s was promoted",
                       f->function->name, info.version, info.code_sha256, f->artifact->code_sha256);
    if (f->artifact && f->function->layers_written &&
        !layers_are_attached(f->layers, f->function->layer_count, &info))
        return err_set(err, ERR_SUPERSEDED, "%s version %s has other layers than were promoted",
                       f->function->name, info.version);
    return 0;
}

int act_verify(struct act *a, const struct environment_view *v, struct function_view *f,
               struct err *err)
{
    if (check_live(a, f, err) < 0 || check_backup(a, v, f, err) < 0)
        return -1;
    f->verified = true;
    return 0;
}
