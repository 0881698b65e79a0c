#include "promote/act.h"

#include <stdio.h>
#include <string.h>

#include "promote/provision.h"

void act_tell(const struct act *a, struct journal_line line)
{
    const bool made = strcmp(line.event, "intent") != 0;

    line.environment = a->environment->name;
    line.request_id = made ? aws_client_change_id(a->client) : NULL;
    line.duration_ms = made ? aws_client_change_ms(a->client) : -1;
    journal_write(a->journal, &line);
}

int64_t act_lease_end(const struct act *a)
{
    return (clock_wall(aws_client_clock(a->client)) + a->lease_ms) / 1000;
}

static void text_set(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

struct mark act_renewed(const struct act *a, const struct mark *m, enum mark_state state,
                        int64_t expires_s)
{
    struct mark next = *m;

    next.state = state;
    if (state != MARK_PASSED)
        next.set[0] = '\0';
    next.neighbour[0] = '\0';
    next.expires_s = expires_s;
    text_set(next.writer, sizeof(next.writer), a->writer);
    return next;
}

int act_superseded(const struct function_view *f, const char *alias, const struct seen_alias *now,
                   struct err *err)
{
    return err_set(err, ERR_SUPERSEDED, "%s:%s was changed by someone else: version %s%s%s",
                   f->function->name, alias, now->exists ? now->alias.version : "(none)",
                   now->mark.state != MARK_NONE ? ", promotion " : "", now->mark.promotion);
}

/* What came between was the user's own edit of the description, if anything. */
static bool is_as_before(const struct mark *was, const struct function_view *f)
{
    return strcmp(f->smoke.mark.promotion, was->promotion) == 0 &&
           strcmp(f->smoke.mark.writer, was->writer) == 0 && f->smoke.mark.state == was->state;
}

int act_write_smoke(struct act *a, struct function_view *f, const char *version,
                    const struct mark *mark, struct err *err)
{
    const struct mark was = f->smoke.mark;
    struct swap s = {.function = f->function->name,
                     .alias = a->aliases->smoke,
                     .seen = &f->smoke,
                     .version = version,
                     .weights = ALIAS_WEIGHTS_CLEAR,
                     .mark = mark};
    struct err why = {0};

    for (int try = 0; try < 3; try++) {
        if (swap_alias(a, &s, &why) == 0)
            return 0;
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
        if (!f->smoke.exists || !is_as_before(&was, f))
            break;
    }
    return act_superseded(f, a->aliases->smoke, &f->smoke, err);
}

/* ---- forward ---- */

static void begin_mark(const struct act *a, const struct function_view *f, struct mark *m)
{
    if (a->restore) {
        act_restore_mark(a, f, m);
        text_set(m->before, sizeof(m->before), f->smoke.exists ? f->smoke.alias.version : "");
        return;
    }
    text_set(m->promotion, sizeof(m->promotion), a->promotion);
    text_set(m->before, sizeof(m->before), f->smoke.exists ? f->smoke.alias.version : "");
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

/* Whoever has the set's first function may take the rest from its predecessor. */
static int claim(struct act *a, struct function_view *f, struct err *err)
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

static int back_up(struct act *a, struct function_view *f, struct err *err)
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

static int stage_once(struct act *a, struct function_view *f, struct err *err)
{
    struct mark m = {0};
    const struct swap s = {.function = f->function->name,
                           .alias = a->aliases->smoke,
                           .seen = &f->smoke,
                           .version = f->candidate,
                           .weights = f->smoke.exists ? ALIAS_WEIGHTS_CLEAR : ALIAS_WEIGHTS_KEEP,
                           .mark = &m};

    if (goes_on(a, f))
        m = f->smoke.mark;
    else
        begin_mark(a, f, &m);
    m = act_renewed(a, &m, MARK_STAGED, act_lease_end(a));
    text_set(m.new_version, sizeof(m.new_version), f->candidate);
    return swap_alias(a, &s, err);
}

/* All but the first function of a set are claimed by this write. */
static int stage(struct act *a, struct function_view *f, struct err *err)
{
    const bool before = goes_on(a, f);
    struct err why = {0};

    for (int try = 0; try < 3; try++) {
        const struct mark was = f->smoke.mark;

        if (stage_once(a, f, &why) == 0) {
            f->candidate[0] = '\0';
            return 0;
        }
        if (why.kind != ERR_PRECONDITION)
            return err_set(err, why.kind, "%s", why.text);
        if (!is_as_before(&was, f) && !may_claim_again(a, f))
            break;
    }
    return before || goes_on(a, f) ? act_superseded(f, a->aliases->smoke, &f->smoke, err)
                                   : busy(f, err);
}

int act_mark_smoke(struct act *a, struct function_view *f, enum mark_state state, int64_t expires_s,
                   struct err *err)
{
    const struct mark m = act_renewed(a, &f->smoke.mark, state, expires_s);

    return act_write_smoke(a, f, state == MARK_PASSED ? m.new_version : NULL, &m, err);
}

static int pass(struct act *a, const struct environment_view *v, struct function_view *f,
                struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, MARK_PASSED, act_lease_end(a));

    view_set_digest(v, m.set);
    return act_write_smoke(a, f, m.new_version, &m, err);
}

/*
 * Where Live of the function before this one was left; of the first, the last one's. Nothing of one
 * with a text of the user's, which a write on condition of this revision alone would not know.
 */
static void set_neighbour(const struct act *a, const struct environment_view *v,
                          const struct function_view *f, struct mark *m)
{
    const struct function_view *other = f == v->functions ? &v->functions[v->count - 1] : f - 1;
    const struct seen_alias *live = &other->live;
    struct str text;
    struct mark mark;
    struct err ignored = {0};

    if (other != f && view_live_is_mine(other, a->promotion) && live->mark.state == MARK_LIVE &&
        live->mark.old_version[0] && !live->provisioning && live->alias.weight_count == 0 &&
        mark_parse(str_c(live->alias.description), &mark, &text, &ignored) == 0 && text.len == 0) {
        text_set(m->neighbour, sizeof(m->neighbour), live->alias.revision_id);
        text_set(m->neighbour_hash, sizeof(m->neighbour_hash), live->mark.hash);
        text_set(m->neighbour_old, sizeof(m->neighbour_old), live->mark.old_version);
    }
}

static int release(struct act *a, const struct environment_view *v, struct function_view *f,
                   struct err *err)
{
    struct mark m = act_renewed(a, &f->smoke.mark, MARK_LIVE, 0);

    set_neighbour(a, v, f, &m);
    return act_write_smoke(a, f, m.new_version, &m, err);
}

/* ---- all of them ---- */

static int act_on(struct act *a, struct environment_view *v, struct function_view *f,
                  const struct step *s, struct err *err)
{
    switch (s->kind) {
    case STEP_CLAIM:
        return claim(a, f, err);
    case STEP_BACKUP:
        return back_up(a, f, err);
    case STEP_CONFIGURE:
        return stage_configure(a, f, err);
    case STEP_UPLOAD:
        return stage_upload(a, f, err);
    case STEP_PUBLISH:
        return stage_publish(a, f, err);
    case STEP_STAGE:
        return stage(a, f, err);
    case STEP_PASS:
        return pass(a, v, f, err);
    case STEP_WEIGH:
        return act_weigh(a, v, f, s->weight, err);
    case STEP_SHIFT:
        return act_shift(a, v, f, err);
    case STEP_VERIFY:
        return act_verify(a, v, f, err);
    case STEP_RELEASE:
        return release(a, v, f, err);
    case STEP_TURN:
        return act_mark_smoke(a, f, a->undo_as, act_lease_end(a), err);
    case STEP_FENCE:
        return act_fence(a, f, err);
    case STEP_TAKE_BACK:
        return act_take_back(a, f, err);
    case STEP_TAKE_BACKUP:
        return act_take_backup(a, f, s->to, err);
    case STEP_TAKE_SMOKE:
        return act_take_smoke(a, f, s->to, err);
    case STEP_DEPLOY:
    case STEP_LAYER:
    case STEP_GATE:
    case STEP_HOLD:
    case STEP_GATE_SHIFT:
    case STEP_GATE_LIVE:
        break;
    }
    return err_set(err, ERR_INTERNAL, "%s is no step of one function", step_kind_name(s->kind));
}

int act_step(struct act *a, struct environment_view *v, const struct step *s, struct err *err)
{
    switch ((int)s->kind) {
    case STEP_GATE:
    case STEP_GATE_SHIFT:
    case STEP_GATE_LIVE:
        return act_gate(a, v, s->kind, err);
    case STEP_HOLD:
        return act_hold(a, v, s->hold_ms, err);
    case STEP_DEPLOY:
        return stage_deploy(a, v, &v->functions[s->function], err);
    case STEP_LAYER:
        return stage_layer(a, &v->layers[s->layer], err);
    case STEP_VERIFY:
        if (act_on(a, v, &v->functions[s->function], s, err) < 0)
            return -1;
        return provision_wait(a, v, &v->functions[s->function], err);
    default:
        return act_on(a, v, &v->functions[s->function], s, err);
    }
}
