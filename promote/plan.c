#include "promote/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const kind_names[STEP_KINDS] = {
    [STEP_CLAIM] = "claim",
    [STEP_BACKUP] = "backup",
    [STEP_DEPLOY] = "deploy",
    [STEP_LAYER] = "layer",
    [STEP_CONFIGURE] = "configure",
    [STEP_UPLOAD] = "upload",
    [STEP_PUBLISH] = "publish",
    [STEP_STAGE] = "stage",
    [STEP_GATE] = "gate",
    [STEP_PASS] = "pass",
    [STEP_WEIGH] = "weigh",
    [STEP_HOLD] = "hold",
    [STEP_GATE_SHIFT] = "gate-shift",
    [STEP_SHIFT] = "shift",
    [STEP_VERIFY] = "verify",
    [STEP_GATE_LIVE] = "gate-live",
    [STEP_RELEASE] = "release",
    [STEP_TURN] = "turn",
    [STEP_FENCE] = "fence",
    [STEP_TAKE_BACK] = "take-back",
    [STEP_TAKE_BACKUP] = "take-backup",
    [STEP_TAKE_SMOKE] = "take-smoke",
};

const char *step_kind_name(enum step_kind kind)
{
    return kind_names[kind];
}

void plan_release(struct plan *p)
{
    free(p->items);
    *p = (struct plan){0};
}

size_t plan_phase(const struct plan *p)
{
    size_t n = 0;

    while (n < p->count && p->items[n].kind == p->items[0].kind)
        n++;
    return n;
}

struct step *plan_add(struct plan *p, enum step_kind kind, int function, const char *fmt, ...)
{
    struct step *s;
    va_list ap;

    if (p->count == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 32;
        p->items = mem_grow(p->items, p->cap, sizeof(*p->items));
    }
    s = &p->items[p->count++];
    *s = (struct step){.kind = kind, .function = function};
    va_start(ap, fmt);
    vsnprintf(s->reason, sizeof(s->reason), fmt, ap);
    va_end(ap);
    return s;
}

void step_move(struct step *s, const char *from, const char *to)
{
    snprintf(s->from, sizeof(s->from), "%s", from);
    snprintf(s->to, sizeof(s->to), "%s", to);
}
