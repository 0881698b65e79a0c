#include <string.h>

#include "promote/plan.h"

enum which { WHICH_NONE, WHICH_SMOKE, WHICH_LIVE, WHICH_BACKUP };

static enum which which_alias(enum step_kind kind)
{
    switch (kind) {
    case STEP_CLAIM:
    case STEP_STAGE:
    case STEP_GATE:
    case STEP_PASS:
    case STEP_RELEASE:
    case STEP_TURN:
    case STEP_TAKE_SMOKE:
        return WHICH_SMOKE;
    case STEP_BACKUP:
    case STEP_TAKE_BACKUP:
        return WHICH_BACKUP;
    case STEP_WEIGH:
    case STEP_GATE_SHIFT:
    case STEP_SHIFT:
    case STEP_VERIFY:
    case STEP_GATE_LIVE:
    case STEP_FENCE:
    case STEP_TAKE_BACK:
        return WHICH_LIVE;
    case STEP_DEPLOY:
    case STEP_LAYER:
    case STEP_CONFIGURE:
    case STEP_UPLOAD:
    case STEP_PUBLISH:
    case STEP_HOLD:
        break;
    }
    return WHICH_NONE;
}

const char *step_alias(const struct step *s, const struct manifest_aliases *aliases)
{
    switch (which_alias(s->kind)) {
    case WHICH_SMOKE:
        return aliases->smoke;
    case WHICH_LIVE:
        return aliases->live;
    case WHICH_BACKUP:
        return aliases->backup;
    case WHICH_NONE:
        break;
    }
    return NULL;
}

static bool exists(const struct function_view *f, enum which which)
{
    return which == WHICH_SMOKE  ? f->smoke.exists
           : which == WHICH_LIVE ? f->live.exists
                                 : f->backup.exists;
}

/* Does an earlier step of the plan write this alias? Then it is there by now. */
static bool is_written_before(const struct plan *p, size_t at)
{
    const enum which which = which_alias(p->items[at].kind);

    for (size_t i = 0; i < at; i++)
        if (p->items[i].function == p->items[at].function && which_alias(p->items[i].kind) == which)
            return true;
    return false;
}

/* What this process will see published need not be read when Live was moved to it. */
static bool is_published_before(const struct plan *p, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (p->items[i].function == p->items[at].function && p->items[i].kind == STEP_PUBLISH)
            return true;
    return false;
}

const char *plan_operation(const struct plan *p, size_t at, const struct environment_view *v)
{
    const struct step *s = &p->items[at];

    switch (s->kind) {
    case STEP_DEPLOY:
    case STEP_HOLD:
        return "";
    case STEP_LAYER:
        return "PublishLayerVersion";
    case STEP_CONFIGURE:
        return "UpdateFunctionConfiguration";
    case STEP_UPLOAD:
        return "UpdateFunctionCode";
    case STEP_PUBLISH:
        return "PublishVersion";
    case STEP_GATE:
    case STEP_GATE_SHIFT:
    case STEP_GATE_LIVE:
        return "Invoke";
    case STEP_VERIFY:
        return v->functions[s->function].proven || is_published_before(p, at) ? "" : "GetFunction";
    case STEP_CLAIM:
    case STEP_BACKUP:
    case STEP_STAGE:
    case STEP_PASS:
    case STEP_WEIGH:
    case STEP_SHIFT:
    case STEP_RELEASE:
    case STEP_TURN:
    case STEP_FENCE:
    case STEP_TAKE_BACK:
    case STEP_TAKE_BACKUP:
    case STEP_TAKE_SMOKE:
        break;
    }
    return exists(&v->functions[s->function], which_alias(s->kind)) || is_written_before(p, at)
               ? "UpdateAlias"
               : "CreateAlias";
}
