#include "promote/plan.h"

#include <string.h>

static void move(const struct step *s, const char *alias, struct buf *out)
{
    const char *to = s->to[0] ? s->to : "the new version";
    const bool live = s->kind == STEP_SHIFT || s->kind == STEP_TAKE_BACK; /* from its weights */

    if (s->from[0] && strcmp(s->from, s->to) == 0)
        buf_printf(out, "%s %s %s", alias, live ? "wholly on" : "stays on", to);
    else if (s->from[0])
        buf_printf(out, "%s %s -> %s", alias, s->from, to);
    else
        buf_printf(out, "%s := %s", alias, to);
}

static void action(const struct step *s, const struct manifest_aliases *a, struct buf *out)
{
    switch (s->kind) {
    case STEP_CLAIM:
        buf_printf(out, "claim %s", a->smoke);
        break;
    case STEP_BACKUP:
    case STEP_TAKE_BACKUP:
        move(s, a->backup, out);
        break;
    case STEP_DEPLOY:
        buf_add_c(out, "run its deploy command");
        break;
    case STEP_LAYER:
        buf_add_c(out, "publish a version of the layer");
        break;
    case STEP_CONFIGURE:
        buf_add_c(out, "update the configuration");
        break;
    case STEP_UPLOAD:
        buf_add_c(out, "upload the code");
        break;
    case STEP_PUBLISH:
        buf_add_c(out, "publish a version");
        break;
    case STEP_STAGE:
    case STEP_TAKE_SMOKE:
        move(s, a->smoke, out);
        break;
    case STEP_GATE:
        buf_printf(out, "run the cases on %s", a->smoke);
        break;
    case STEP_PASS:
        buf_printf(out, "mark %s passed", a->smoke);
        break;
    case STEP_WEIGH:
        buf_printf(out, "%s: %g %% of %s's traffic to %s", a->live, s->weight * 100, s->from,
                   s->to[0] ? s->to : "the new version");
        break;
    case STEP_HOLD:
        buf_printf(out, "hold %lld s", (long long)(s->hold_ms / 1000));
        break;
    case STEP_GATE_SHIFT:
    case STEP_GATE_LIVE:
        buf_printf(out, "run the cases on %s", a->live);
        break;
    case STEP_SHIFT:
    case STEP_TAKE_BACK:
        move(s, a->live, out);
        break;
    case STEP_VERIFY:
        buf_printf(out, "check what %s serves", a->live);
        break;
    case STEP_RELEASE:
        buf_printf(out, "release %s", a->smoke);
        break;
    case STEP_TURN:
        buf_printf(out, "mark %s: going back", a->smoke);
        break;
    case STEP_FENCE:
        buf_printf(out, "fence %s", a->live);
        break;
    }
}

void step_describe(const struct step *s, const struct environment_view *v,
                   const struct manifest_aliases *aliases, struct buf *out)
{
    if (s->function != STEP_SET)
        buf_printf(out, "%s: ", v->functions[s->function].function->key);
    if (s->kind == STEP_LAYER)
        buf_printf(out, "%s: ", v->layers[s->layer].layer->key);
    action(s, aliases, out);
    if (s->reason[0])
        buf_printf(out, " (%s)", s->reason);
}
