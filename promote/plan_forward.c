#include <string.h>

#include "promote/config.h"
#include "promote/plan_private.h"

/* ---- the phases ---- */

typedef void phase_steps(struct forward *fw, int i, const struct function_view *f);

/*
 * The set is claimed by its first function; the others are as they are staged. What another process
 * has staged already is claimed anew before anything else, so that its next write fails.
 */
static void claim(struct forward *fw, int i, const struct function_view *f)
{
    const struct mark *m = &f->smoke.mark;

    if ((forward_is_settled(fw, f) && fw->begun) || (i > 0 && !forward_is_mine(fw, f)))
        return;
    if (!forward_is_mine(fw, f) || !mark_is_open(m))
        plan_add(
            fw->plan, STEP_CLAIM, i, "%s%s%s", f->smoke.exists ? "nobody holds it" : "there is no ",
            f->smoke.exists ? "" : f->smoke.alias.name, f->smoke.exists ? "" : " yet: it is made");
    else if (strcmp(m->writer, fw->intent->writer) != 0)
        plan_add(fw->plan, STEP_CLAIM, i, "goes on with what another process began (%s)",
                 mark_state_name(m->state));
}

/*
 * Every candidate is what Live serves already ($LATEST was edited and put right, Smoke was deleted
 * and made again): what Backup keeps is still what there is to go back to.
 */
static bool nothing_moves(const struct forward *fw)
{
    for (size_t i = 0; i < fw->view->count; i++) {
        const struct function_view *f = &fw->view->functions[i];
        const char *old = forward_old_version(fw, f);

        if (!f->backup.exists || !old[0] || strcmp(old, forward_candidate(fw, f)) != 0)
            return false;
    }
    return true;
}

static void back_up(struct forward *fw, int i, const struct function_view *f)
{
    if (!fw->begun && !forward_is_backed(fw, f) && !nothing_moves(fw))
        step_move(plan_add(fw->plan, STEP_BACKUP, i, "what %s serves now", f->live.alias.name),
                  f->backup.exists ? f->backup.alias.version : "", forward_old_version(fw, f));
}

static bool wants_deploy(const struct forward *fw, const struct function_view *f)
{
    return f->artifact->package->kind == PACKAGE_COMMAND && !forward_is_staged(fw, f) &&
           !f->deployed;
}

/* The same command for several functions is run once. */
static void deploy(struct forward *fw, int i, const struct function_view *f)
{
    if (fw->begun || !wants_deploy(fw, f))
        return;
    for (int k = 0; k < i; k++) {
        const struct function_view *other = &fw->view->functions[k];

        if (wants_deploy(fw, other) &&
            package_same_command(other->artifact->package, f->artifact->package))
            return;
    }
    plan_add(fw->plan, STEP_DEPLOY, i, "%s", f->artifact->package->shown);
}

static void publish_layers(struct forward *fw)
{
    const struct environment_view *v = fw->view;

    for (size_t i = 0; i < v->layer_count && !fw->begun; i++)
        if (v->layers[i].artifact && !v->layers[i].arn[0])
            plan_add(fw->plan, STEP_LAYER, STEP_SET, "no version of it here holds %s",
                     v->layers[i].layer->package.shown)
                ->layer = i;
}

static void configure(struct forward *fw, int i, const struct function_view *f)
{
    if (!fw->begun && !f->config_same)
        plan_add(fw->plan, STEP_CONFIGURE, i, "differs: %s", f->config_diff);
}

static void upload(struct forward *fw, int i, const struct function_view *f)
{
    if (fw->begun || f->code_same)
        return;
    if (config_has_architecture(f))
        plan_add(fw->plan, STEP_UPLOAD, i, "%s is not what $LATEST holds",
                 f->artifact->package->shown);
    else
        plan_add(fw->plan, STEP_UPLOAD, i, "for %s", f->function->config.architecture);
}

static void publish(struct forward *fw, int i, const struct function_view *f)
{
    if (!fw->begun && !forward_is_staged(fw, f) && !f->candidate[0])
        plan_add(
            fw->plan, STEP_PUBLISH, i, "%s",
            f->code_same && f->config_same && !f->renewed
                ? "code and configuration are as wanted: a version of them is used again if there "
                  "is one"
                : "a version of the new code and configuration");
}

static void stage(struct forward *fw, int i, const struct function_view *f)
{
    if (!fw->begun && !forward_is_staged(fw, f))
        step_move(plan_add(fw->plan, STEP_STAGE, i, "the candidate under test"),
                  f->smoke.exists ? f->smoke.alias.version : "", forward_candidate(fw, f));
}

static void pass(struct forward *fw)
{
    if (!fw->begun && !fw->all_passed)
        step_move(plan_add(fw->plan, STEP_PASS, 0, "every case passed on what the set has staged"),
                  "", forward_candidate(fw, fw->view->functions));
}

static void shift(struct forward *fw, int i, const struct function_view *f)
{
    const char *old = forward_old_version(fw, f);

    if (!forward_is_settled(fw, f) && !forward_is_shifted(fw, f))
        step_move(plan_add(fw->plan, STEP_SHIFT, i, "%s%s%s",
                           old[0] ? "tested under this promotion" : "tested; there is no ",
                           old[0] ? "" : f->live.alias.name, old[0] ? "" : " yet: it is made"),
                  old, forward_candidate(fw, f));
}

static void verify(struct forward *fw, int i, const struct function_view *f)
{
    if (!forward_is_settled(fw, f) && !f->verified)
        step_move(plan_add(fw->plan, STEP_VERIFY, i, "%s must serve it", f->live.alias.name), "",
                  forward_candidate(fw, f));
}

static void release(struct forward *fw, int i, const struct function_view *f)
{
    if (!forward_is_settled(fw, f))
        step_move(plan_add(fw->plan, STEP_RELEASE, i, "done"), "", forward_candidate(fw, f));
}

static void each(struct forward *fw, phase_steps *steps)
{
    for (size_t i = 0; i < fw->view->count; i++)
        steps(fw, (int)i, &fw->view->functions[i]);
}

/*
 * The first function last: where it is staged, all are. Whoever takes the set back turns its mark
 * first, so that either every claim is seen by them, or this write fails and we see that.
 */
static void stage_all(struct forward *fw)
{
    for (size_t i = 1; i < fw->view->count; i++)
        stage(fw, (int)i, &fw->view->functions[i]);
    stage(fw, 0, fw->view->functions);
}

/* ---- weighted steps ---- */

static bool can_weigh(const struct forward *fw, const struct function_view *f)
{
    const char *old = forward_old_version(fw, f);

    return old[0] && strcmp(old, forward_candidate(fw, f)) != 0 && !forward_is_shifted(fw, f);
}

static void weighted_steps(struct forward *fw)
{
    const struct environment_view *v = fw->view;
    const struct manifest_environment *e = v->environment;
    const size_t first = view_steps_reached(v, fw->intent->promotion);

    for (size_t n = first; n < e->step_count; n++) {
        const struct shift_step *s = &e->steps[n];
        bool any = false;

        for (size_t i = 0; i < v->count; i++) {
            const struct function_view *f = &v->functions[i];
            struct step *step;

            if (forward_is_settled(fw, f) || !can_weigh(fw, f))
                continue;
            any = true;
            if (view_has_weight(f, s->weight))
                continue;
            step = plan_add(fw->plan, STEP_WEIGH, (int)i, "weighted step %zu of %zu", n + 1,
                            e->step_count);
            step_move(step, forward_old_version(fw, f), forward_candidate(fw, f));
            step->weight = s->weight;
        }
        if (!any)
            continue;
        if (n > first || !v->held)
            plan_add(fw->plan, STEP_HOLD, STEP_SET, "weighted step %zu of %zu", n + 1,
                     e->step_count)
                ->hold_ms = s->hold_ms;
        plan_add(fw->plan, STEP_GATE_SHIFT, STEP_SET, "either version may answer");
    }
}

/* ---- whole ---- */

static int survey_set(struct forward *fw, struct err *err)
{
    const struct environment_view *v = fw->view;
    const struct function_view *stranger = NULL;

    fw->all_settled = true;
    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];

        if (mark_is_open(&f->smoke.mark) && view_live_is_mine(f, fw->intent->promotion) &&
            strcmp(f->live.mark.new_version, f->smoke.mark.new_version) == 0)
            fw->begun = true;
        if (!forward_is_mine(fw, f))
            stranger = f;
    }
    fw->all_passed = fw->begun || forward_is_passed(fw);
    for (size_t i = 0; i < v->count; i++) {
        fw->all_settled = fw->all_settled && forward_is_settled(fw, &v->functions[i]);
        fw->all_passed = fw->all_passed && (fw->begun || forward_is_staged(fw, &v->functions[i]));
    }
    if (fw->begun && stranger)
        return err_set(err, ERR_REFUSED,
                       "promotion %s began to move %s here, and %s is not in its set of "
                       "functions; abort it first",
                       fw->intent->promotion, stranger->live.alias.name, stranger->function->name);
    return 0;
}

int plan_forward(struct plan *p, const struct environment_view *v, const struct plan_intent *intent,
                 struct err *err)
{
    struct forward fw = {.plan = p, .view = v, .intent = intent};

    for (size_t i = 0; i < v->count; i++)
        if (forward_check(&fw, &v->functions[i], err) < 0)
            return -1;
    if (survey_set(&fw, err) < 0)
        return -1;
    if (fw.all_settled)
        return 0;
    each(&fw, claim);
    each(&fw, deploy);
    publish_layers(&fw);
    each(&fw, configure);
    each(&fw, upload);
    each(&fw, publish);
    stage_all(&fw);
    each(&fw, back_up);
    if (!fw.all_passed && !v->gate_passed)
        plan_add(p, STEP_GATE, STEP_SET, "nothing moves %s before every case passed on %s",
                 v->functions[0].live.alias.name, v->functions[0].smoke.alias.name);
    pass(&fw);
    weighted_steps(&fw);
    each(&fw, shift);
    each(&fw, verify);
    if (intent->verify_live && !v->live_gate_passed)
        plan_add(p, STEP_GATE_LIVE, STEP_SET, "policy.verify_live");
    each(&fw, release);
    return 0;
}
