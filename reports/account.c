#include "reports/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void account_release(struct account *a)
{
    free(a->steps);
    free(a->findings);
    free(a->places);
    json_decref(a->by_name);
    arena_release(&a->arena);
    *a = (struct account){0};
}

static const char *or_usual(struct account *a, const char *name, const char *usual)
{
    return name && *name ? arena_dup(&a->arena, name) : usual;
}

void account_begin(struct account *a, const struct run_info *run)
{
    a->command = or_usual(a, run->command, "");
    a->aliases = (struct account_aliases){.live = or_usual(a, run->aliases.live, "Live"),
                                          .smoke = or_usual(a, run->aliases.smoke, "Smoke"),
                                          .backup = or_usual(a, run->aliases.backup, "Backup")};
}

/* ---- steps ---- */

static const char *base_name(struct account *a, const struct account_step *s)
{
    return arena_printf(&a->arena, "%s%s%s%s", s->undo ? "taking back " : "", s->function,
                        *s->function ? ": " : "", s->kind);
}

/* The last step of this name there, "claim" being the name of "claim #2" as well; or NULL. */
static struct kept_step *last_of(const struct account *a, const char *key)
{
    const json_t *at = json_object_get(a->by_name, key);

    return at ? &a->steps[json_integer_value(at)] : NULL;
}

static void remember(struct account *a, const char *key, size_t at)
{
    if (!a->by_name)
        a->by_name = json_object();
    json_object_set_new(a->by_name, key, json_integer((json_int_t)at));
}

static void keep(struct account *a, struct kept_step *k, const struct account_step *s)
{
    k->step = *s;
    k->step.environment = arena_dup(&a->arena, s->environment);
    k->step.kind = arena_dup(&a->arena, s->kind);
    k->step.function = arena_dup(&a->arena, s->function);
    k->step.text = arena_dup(&a->arena, s->text);
    k->step.reason = arena_dup(&a->arena, s->reason);
    k->step.detail = arena_dup(&a->arena, s->detail);
}

static bool try_again(struct account *a, struct kept_step *last, const struct account_step *s)
{
    const struct account_step before = last->step;

    if (before.verdict == VERDICT_PASSED || s->verdict == VERDICT_SKIPPED)
        return false;
    if (before.reason)
        last->earlier = last->earlier
                            ? arena_printf(&a->arena, "%s\n%s", last->earlier, before.reason)
                            : before.reason;
    keep(a, last, s);
    last->step.start_us = before.start_us;
    last->step.duration_us = s->start_us + s->duration_us - before.start_us;
    return true;
}

void account_add_step(struct account *a, const struct account_step *s)
{
    const char *name = base_name(a, s);
    const char *key = arena_printf(&a->arena, "%s\n%s", s->environment, name);
    struct kept_step *last = last_of(a, key);
    const size_t same = last ? last->same : 0;

    if (last && try_again(a, last, s))
        return;
    if (a->step_count == ACCOUNT_STEPS_MAX) {
        a->steps_dropped++;
        return;
    }
    if (a->step_count == a->step_cap) {
        a->step_cap = a->step_cap ? a->step_cap * 2 : 64;
        a->steps = mem_grow(a->steps, a->step_cap, sizeof(*a->steps));
    }
    a->steps[a->step_count] = (struct kept_step){.same = same + 1};
    keep(a, &a->steps[a->step_count], s);
    remember(a, key, a->step_count);
    a->steps[a->step_count++].name =
        same ? arena_printf(&a->arena, "%s #%zu", name, same + 1) : name;
}

/* ---- findings and places ---- */

void account_add_finding(struct account *a, const struct account_finding *f)
{
    if (a->finding_count == ACCOUNT_FINDINGS_MAX) {
        a->findings_dropped++;
        return;
    }
    if (a->finding_count == a->finding_cap) {
        a->finding_cap = a->finding_cap ? a->finding_cap * 2 : 16;
        a->findings = mem_grow(a->findings, a->finding_cap, sizeof(*a->findings));
    }
    a->findings[a->finding_count++] = (struct account_finding){
        .fails = f->fails,
        .check = arena_dup(&a->arena, f->check),
        .environment = arena_dup(&a->arena, f->environment),
        .function = arena_dup(&a->arena, f->function),
        .resource = arena_dup(&a->arena, f->resource),
        .source_arn = arena_dup(&a->arena, f->source_arn),
        .text = arena_dup(&a->arena, f->text),
        .repair = arena_dup(&a->arena, f->repair),
    };
}

static struct account_versions keep_versions(struct account *a, const struct account_versions *v)
{
    return (struct account_versions){.live = arena_dup(&a->arena, v->live),
                                     .smoke = arena_dup(&a->arena, v->smoke),
                                     .backup = arena_dup(&a->arena, v->backup)};
}

void account_add_place(struct account *a, const struct account_place *p)
{
    if (a->place_count == ACCOUNT_PLACES_MAX)
        return;
    if (a->place_count == a->place_cap) {
        a->place_cap = a->place_cap ? a->place_cap * 2 : 16;
        a->places = mem_grow(a->places, a->place_cap, sizeof(*a->places));
    }
    a->places[a->place_count++] =
        (struct account_place){.environment = arena_dup(&a->arena, p->environment),
                               .function = arena_dup(&a->arena, p->function),
                               .before = keep_versions(a, &p->before),
                               .after = keep_versions(a, &p->after),
                               .weighted = p->weighted};
}

void account_on_step(void *ctx, const struct account_step *step)
{
    account_add_step(ctx, step);
}

void account_on_finding(void *ctx, const struct account_finding *finding)
{
    account_add_finding(ctx, finding);
}

void account_on_place(void *ctx, const struct account_place *place)
{
    account_add_place(ctx, place);
}

/* ---- for those who write ---- */

static size_t add_name(const char **ret, size_t count, size_t max, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ret[i], name) == 0)
            return count;
    if (count < max)
        ret[count++] = name;
    return count;
}

size_t account_environments(const struct account *a, const char **ret, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < a->place_count; i++) /* these are in the project's order */
        n = add_name(ret, n, max, a->places[i].environment);
    for (size_t i = 0; i < a->step_count; i++)
        n = add_name(ret, n, max, a->steps[i].step.environment);
    for (size_t i = 0; i < a->finding_count; i++)
        n = add_name(ret, n, max, a->findings[i].environment);
    return n;
}

const char *account_verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASSED:
        return "done";
    case VERDICT_FAILED:
        return "did not pass";
    case VERDICT_INCONCLUSIVE:
        return "error";
    case VERDICT_SKIPPED:
        break;
    }
    return "not reached";
}

void account_move(struct buf *out, const char *before, const char *after, bool weighted)
{
    if (strcmp(before, after) == 0)
        buf_printf(out, "%s%s", *after ? after : "-", weighted ? "+" : "");
    else
        buf_printf(out, "%s \xe2\x86\x92 %s%s", *before ? before : "none", *after ? after : "none",
                   weighted ? "+" : "");
}
