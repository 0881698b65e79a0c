#include "cli/promotion_report.h"

#include <string.h>

#include "base/clock.h"

static bool has_reports(const struct promotion_report *p)
{
    return p->gate->reports.count > 0;
}

/* ---- steps ---- */

static enum verdict verdict_of(const struct promotion_event *e)
{
    if (!e->err)
        return VERDICT_PASSED;
    return e->gate && e->gate->verdict == GATE_FAIL ? VERDICT_FAILED : VERDICT_INCONCLUSIVE;
}

/* Whom a step is about: a function or a layer. */
static const char *key_of(const struct promotion_event *e)
{
    if (e->step->kind == STEP_LAYER)
        return e->environment->layers[e->step->layer].key;
    return e->step->function == STEP_SET ? "" : e->environment->functions[e->step->function].key;
}

static struct account_step step_of(struct promotion_report *p, const struct promotion_event *e)
{
    return (struct account_step){.environment = e->environment->name,
                                 .kind = step_kind_name(e->step->kind),
                                 .function = key_of(e),
                                 .text = e->text,
                                 .undo = p->undoing,
                                 .start_us = p->step_us};
}

static void done(struct promotion_report *p, const struct promotion_event *e)
{
    struct account_step s = step_of(p, e);

    s.verdict = verdict_of(e);
    s.reason = e->err ? e->err->text : NULL;
    s.detail = e->gate && p->gate->detail.len ? buf_c(&p->gate->detail) : NULL;
    s.duration_us = gate_cases_now(p->gate) - p->step_us;
    p->told_trouble = p->told_trouble || e->err;
    event_step(p->gate->bus, &s);
}

static void unreached(struct promotion_report *p, const struct promotion_event *e)
{
    struct account_step s = step_of(p, e);

    s.verdict = VERDICT_SKIPPED;
    s.reason = "not reached";
    event_step(p->gate->bus, &s);
}

/* A line of its own for an environment as a whole. */
static void tell_whole(struct promotion_report *p, const char *environment, const char *kind,
                       const char *text, enum verdict verdict, const char *reason)
{
    const struct account_step s = {.environment = environment,
                                   .kind = kind,
                                   .function = "",
                                   .text = text,
                                   .verdict = verdict,
                                   .reason = reason,
                                   .start_us = gate_cases_now(p->gate)};

    event_step(p->gate->bus, &s);
}

void promotion_report_finding(struct promotion_report *p, const struct audit_finding *f)
{
    event_finding(p->gate->bus, &(struct account_finding){.fails = f->level == AUDIT_IS_FAILURE,
                                                          .check = f->check,
                                                          .environment = f->environment,
                                                          .function = f->function,
                                                          .resource = f->resource,
                                                          .source_arn = f->source_arn,
                                                          .text = f->text,
                                                          .repair = f->repair});
}

void promotion_report_whole(struct promotion_report *p, const char *environment, const char *kind,
                            const char *text, const char *reason)
{
    if (has_reports(p))
        tell_whole(p, environment, kind, text, reason ? VERDICT_INCONCLUSIVE : VERDICT_PASSED,
                   reason);
}

static void note_entered(struct promotion_report *p, const struct promotion_event *e)
{
    p->entered[p->entered_count++ % MANIFEST_ENVIRONMENTS_MAX] = e->environment;
}

static void entered(struct promotion_report *p, const struct promotion_event *e)
{
    p->undoing = false;
    note_entered(p, e);
    /* The text is the promotion's id where it goes on, a reason where there is nothing to do. */
    if (strcmp(e->text, e->promotion) != 0)
        tell_whole(p, e->environment->name, "environment", e->text, VERDICT_PASSED, NULL);
}

void promotion_report_tell(struct promotion_report *p, const struct promotion_event *e)
{
    if (!has_reports(p))
        return;
    gate_cases_begin(p->gate, e->promotion);
    switch (e->tell) {
    case TELL_ENVIRONMENT:
        entered(p, e);
        break;
    case TELL_UNDO:
        p->undoing = true;
        note_entered(p, e);
        break;
    case TELL_STEP:
        /* Turning stands before the first environment that goes back. */
        p->undoing = p->undoing || e->step->kind >= STEP_TURN;
        p->step_us = gate_cases_now(p->gate);
        buf_clear(&p->gate->detail);
        break;
    case TELL_DONE:
        done(p, e);
        break;
    case TELL_UNREACHED:
        unreached(p, e);
        break;
    case TELL_FINDING:
        promotion_report_finding(p, e->finding);
        break;
    case TELL_NOTE:
        break;
    }
}

/* ---- the end ---- */

static bool was_entered(const struct promotion_report *p, const struct manifest_environment *e)
{
    for (size_t i = 0; i < p->entered_count && i < MANIFEST_ENVIRONMENTS_MAX; i++)
        if (p->entered[i] == e)
            return true;
    return false;
}

/* Environments that it did not come to, and why it stopped where no step tells it. */
static void tell_stop(struct promotion_report *p, const struct promotion_options *o,
                      const struct promotion_result *r, const char *name, const struct err *err)
{
    const bool nothing = r->end == PROMOTION_NOTHING;
    const char *there = p->words.nothing;
    const char *untouched =
        p->words.untouched ? p->words.untouched : "the promotion stopped before it";

    if (!there)
        there = arena_printf(&p->gate->arena, "these packages are on %s already",
                             o->manifest->aliases.live);

    for (size_t at = o->first; at <= o->last; at++) {
        const struct manifest_environment *e = &o->manifest->environments[at];

        if (err->kind != ERR_NONE && !p->told_trouble && e == r->environment)
            tell_whole(p, e->name, "end", name, VERDICT_INCONCLUSIVE, err->text);
        else if (!was_entered(p, e))
            tell_whole(p, e->name, "environment", nothing ? there : "not reached",
                       nothing ? VERDICT_PASSED : VERDICT_SKIPPED, nothing ? NULL : untouched);
    }
    if (err->kind != ERR_NONE && !p->told_trouble && !r->environment)
        tell_whole(p, o->manifest->environments[o->first].name, "end", name, VERDICT_INCONCLUSIVE,
                   err->text);
}

static struct account_versions versions_of(const struct promotion_versions *v)
{
    return (struct account_versions){.live = v->live, .smoke = v->smoke, .backup = v->backup};
}

void promotion_report_end(struct promotion_report *p, const struct promotion_options *o,
                          const struct promotion_result *result, const char *name,
                          const struct err *err)
{
    if (!has_reports(p))
        return;
    gate_cases_begin(p->gate, result->id);
    tell_stop(p, o, result, name, err);
    for (size_t i = 0; i < result->place_count; i++) {
        const struct promotion_place *place = &result->places[i];

        event_place(p->gate->bus, &(struct account_place){.environment = place->environment->name,
                                                          .function = place->function->key,
                                                          .before = versions_of(&place->before),
                                                          .after = versions_of(&place->after),
                                                          .weighted = place->after.weighted});
    }
    p->gate->total.end = result->end == PROMOTION_DONE && p->words.done ? p->words.done : name;
    p->gate->total.message = err->kind != ERR_NONE ? arena_dup(&p->gate->arena, err->text) : NULL;
}
