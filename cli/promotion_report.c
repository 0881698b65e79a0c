#include "cli/promotion_report.h"

#include <string.h>

#include "base/clock.h"

static bool has_reports(const struct gate_cases *g)
{
    return g->reports.count > 0;
}

/* ---- steps ---- */

static enum verdict verdict_of(const struct promotion_event *e)
{
    if (!e->err)
        return VERDICT_PASSED;
    return e->gate && e->gate->verdict == GATE_FAIL ? VERDICT_FAILED : VERDICT_INCONCLUSIVE;
}

/* Whom a step is about: a function or a layer, as the first word of its line has it. */
static const char *function_of(struct gate_cases *g, const struct promotion_event *e)
{
    const char *colon = strchr(e->text, ':');

    if (e->step->kind == STEP_LAYER && colon)
        return arena_dup_str(&g->arena, (struct str){e->text, (size_t)(colon - e->text)});
    if (e->step->function == STEP_SET)
        return "";
    return e->environment->functions[e->step->function].key;
}

static struct account_step step_of(struct gate_cases *g, const struct promotion_event *e)
{
    return (struct account_step){.environment = e->environment->name,
                                 .kind = step_kind_name(e->step->kind),
                                 .function = function_of(g, e),
                                 .text = e->text,
                                 .undo = g->undoing,
                                 .start_us = g->step_us};
}

static void done(struct gate_cases *g, const struct promotion_event *e)
{
    struct account_step s = step_of(g, e);

    s.verdict = verdict_of(e);
    s.reason = e->err ? e->err->text : NULL;
    s.detail = e->gate && g->detail.len ? buf_c(&g->detail) : NULL;
    s.duration_us = gate_cases_now(g) - g->step_us;
    g->told_trouble = g->told_trouble || e->err;
    event_step(g->bus, &s);
}

static void unreached(struct gate_cases *g, const struct promotion_event *e)
{
    struct account_step s = step_of(g, e);

    s.verdict = VERDICT_SKIPPED;
    s.reason = "not reached";
    event_step(g->bus, &s);
}

/* A line of its own for an environment as a whole. */
static void tell_whole(struct gate_cases *g, const char *environment, const char *kind,
                       const char *text, enum verdict verdict, const char *reason)
{
    const struct account_step s = {.environment = environment,
                                   .kind = kind,
                                   .function = "",
                                   .text = text,
                                   .verdict = verdict,
                                   .reason = reason,
                                   .start_us = gate_cases_now(g)};

    event_step(g->bus, &s);
}

static void finding(struct gate_cases *g, const struct audit_finding *f)
{
    event_finding(g->bus, &(struct account_finding){.fails = f->level == AUDIT_IS_FAILURE,
                                                    .check = f->check,
                                                    .environment = f->environment,
                                                    .function = f->function,
                                                    .resource = f->resource,
                                                    .source_arn = f->source_arn,
                                                    .text = f->text,
                                                    .repair = f->repair});
}

static void entered(struct gate_cases *g, const struct promotion_event *e)
{
    g->undoing = false;
    g->entered[g->entered_count++ % MANIFEST_ENVIRONMENTS_MAX] = e->environment;
    /* The text is the promotion's id where it goes on, a reason where there is nothing to do. */
    if (strcmp(e->text, e->promotion) != 0)
        tell_whole(g, e->environment->name, "environment", e->text, VERDICT_PASSED, NULL);
}

void promotion_report_tell(struct gate_cases *g, const struct promotion_event *e)
{
    if (!has_reports(g))
        return;
    gate_cases_begin(g, e->promotion);
    switch (e->tell) {
    case TELL_ENVIRONMENT:
        entered(g, e);
        break;
    case TELL_UNDO:
        g->undoing = true;
        break;
    case TELL_STEP:
        /* Turning stands before the first environment that goes back. */
        g->undoing = g->undoing || e->step->kind >= STEP_TURN;
        g->step_us = gate_cases_now(g);
        buf_clear(&g->detail);
        break;
    case TELL_DONE:
        done(g, e);
        break;
    case TELL_UNREACHED:
        unreached(g, e);
        break;
    case TELL_FINDING:
        finding(g, e->finding);
        break;
    case TELL_NOTE:
        break;
    }
}

/* ---- the end ---- */

static bool was_entered(const struct gate_cases *g, const struct manifest_environment *e)
{
    for (size_t i = 0; i < g->entered_count && i < MANIFEST_ENVIRONMENTS_MAX; i++)
        if (g->entered[i] == e)
            return true;
    return false;
}

/* Environments that it did not come to, and why it stopped where no step tells it. */
static void tell_stop(struct gate_cases *g, const struct promotion_options *o,
                      const struct promotion_result *r, const char *name, const struct err *err)
{
    const bool nothing = r->end == PROMOTION_NOTHING;

    for (size_t at = o->first; at <= o->last; at++) {
        const struct manifest_environment *e = &o->manifest->environments[at];

        if (err->kind != ERR_NONE && !g->told_trouble && e == r->environment)
            tell_whole(g, e->name, "end", name, VERDICT_INCONCLUSIVE, err->text);
        else if (!was_entered(g, e))
            tell_whole(g, e->name, "environment",
                       nothing ? "these packages are on Live already" : "not reached",
                       nothing ? VERDICT_PASSED : VERDICT_SKIPPED,
                       nothing ? NULL : "the promotion stopped before it");
    }
    if (err->kind != ERR_NONE && !g->told_trouble && !r->environment)
        tell_whole(g, o->manifest->environments[o->first].name, "end", name, VERDICT_INCONCLUSIVE,
                   err->text);
}

static struct account_versions versions_of(const struct promotion_versions *v)
{
    return (struct account_versions){.live = v->live, .smoke = v->smoke, .backup = v->backup};
}

void promotion_report_end(struct gate_cases *g, const struct promotion_options *o,
                          const struct promotion_result *result, const char *name,
                          const struct err *err)
{
    if (!has_reports(g))
        return;
    gate_cases_begin(g, result->id);
    tell_stop(g, o, result, name, err);
    for (size_t i = 0; i < result->place_count; i++) {
        const struct promotion_place *p = &result->places[i];

        event_place(g->bus, &(struct account_place){.environment = p->environment->name,
                                                    .function = p->function->key,
                                                    .before = versions_of(&p->before),
                                                    .after = versions_of(&p->after),
                                                    .weighted = p->after.weighted});
    }
    g->total.end = name;
    g->total.message = err->kind != ERR_NONE ? arena_dup(&g->arena, err->text) : NULL;
}
