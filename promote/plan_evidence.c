#include <string.h>

#include "promote/plan_private.h"

bool forward_is_mine(const struct forward *fw, const struct function_view *f)
{
    return view_is_mine(f, fw->intent->promotion) && !mark_is_undoing(&f->smoke.mark) &&
           f->smoke.mark.state != MARK_RB && f->smoke.mark.state != MARK_UNDO &&
           f->smoke.mark.state != MARK_RESTORE;
}

bool forward_is_settled(const struct forward *fw, const struct function_view *f)
{
    return forward_is_mine(fw, f) && f->smoke.mark.state == MARK_LIVE &&
           !mark_is_open(&f->smoke.mark) && view_is_live(f);
}

const char *forward_old_version(const struct forward *fw, const struct function_view *f)
{
    if (forward_is_mine(fw, f))
        return f->smoke.mark.old_version;
    return f->live.exists ? f->live.alias.version : "";
}

bool forward_is_staged(const struct forward *fw, const struct function_view *f)
{
    const struct mark *m = &f->smoke.mark;

    return forward_is_mine(fw, f) && (m->state == MARK_STAGED || m->state == MARK_PASSED) &&
           strcmp(f->smoke.alias.version, m->new_version) == 0 &&
           f->smoke.alias.weight_count == 0 && f->code_same && f->config_same;
}

bool forward_is_passed(const struct forward *fw)
{
    const struct function_view *first = fw->view->functions;
    char digest[MARK_HASH_SIZE];

    view_set_digest(fw->view, digest);
    return forward_is_mine(fw, first) && first->smoke.mark.state == MARK_PASSED &&
           strcmp(first->smoke.mark.set, digest) == 0;
}

bool forward_is_backed(const struct forward *fw, const struct function_view *f)
{
    const char *old = forward_old_version(fw, f);

    return !old[0] || (f->backup.exists && strcmp(f->backup.alias.version, old) == 0 &&
                       f->backup.alias.weight_count == 0 &&
                       strcmp(f->backup.mark.promotion, fw->intent->promotion) == 0);
}

bool forward_is_shifted(const struct forward *fw, const struct function_view *f)
{
    return view_live_is_mine(f, fw->intent->promotion) && f->live.mark.state == MARK_LIVE &&
           view_is_live(f);
}

const char *forward_candidate(const struct forward *fw, const struct function_view *f)
{
    if (fw->begun || forward_is_staged(fw, f))
        return f->smoke.mark.new_version;
    return f->candidate;
}

/* ---- may it go on? ---- */

static int check_claim(const struct forward *fw, const struct function_view *f, struct err *err)
{
    const struct mark *m = &f->smoke.mark;

    if (forward_is_mine(fw, f) || !mark_is_open(m))
        return 0;
    return err_set(
        err, ERR_BUSY, "%s is held by promotion %s (%s); its lease ends in %lld s",
        f->function->name, m->promotion, mark_state_name(m->state),
        (long long)(m->expires_s > fw->intent->now_s ? m->expires_s - fw->intent->now_s : 0));
}

static int check_live(const struct forward *fw, const struct function_view *f, struct err *err)
{
    const char *live = f->live.alias.name;
    CLEANUP(buf_release) struct buf repair = {0};

    if (view_has_foreign_weights(f)) {
        repair_begin(&repair, &fw->view->at, "update-alias", f->function->name, NULL);
        repair_option(&repair, "name", live);
        repair_option(&repair, "routing-config", "AdditionalVersionWeights={}");
        return err_set(
            err, ERR_REFUSED,
            "%s: %s sends a part of its traffic to version %s, and no promotion of "
            "smokegate did that: CodeDeploy, or someone by hand; let it end, or clear it: %s",
            f->function->name, live, f->live.alias.weights[0].version, buf_c(&repair));
    }
    if (f->live.exists && strcmp(f->live.alias.version, "$LATEST") == 0)
        return err_set(err, ERR_REFUSED,
                       "%s: %s points to $LATEST, so there would be nothing to go back to; "
                       "publish a version and point %s to it",
                       f->function->name, live, live);
    if (forward_is_mine(fw, f) && !view_live_is_mine(f, fw->intent->promotion) &&
        !view_live_is_old(f) && !forward_is_settled(fw, f))
        return err_set(err, ERR_SUPERSEDED,
                       "%s: someone moved %s to version %s since promotion %s claimed it at "
                       "version %s",
                       f->function->name, live, f->live.exists ? f->live.alias.version : "(none)",
                       fw->intent->promotion,
                       f->smoke.mark.old_version[0] ? f->smoke.mark.old_version : "(none)");
    return 0;
}

int forward_check(const struct forward *fw, const struct function_view *f, struct err *err)
{
    return check_claim(fw, f, err) < 0 ? -1 : check_live(fw, f, err);
}
