#include "promote/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lambda/arn.h"

void audit_report_release(struct audit_report *r)
{
    free(r->items);
    arena_release(&r->arena);
    *r = (struct audit_report){0};
}

/* ---- findings ---- */

struct judge {
    struct audit_report *report;
    const char *environment;
    const struct manifest_aliases *aliases;
    const struct manifest_function *function;
};

static struct audit_finding *add(const struct judge *j, enum audit_level level, const char *check,
                                 const char *resource)
{
    struct audit_report *r = j->report;
    struct audit_finding *f;

    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        r->items = mem_grow(r->items, r->cap, sizeof(*r->items));
    }
    f = &r->items[r->count++];
    *f = (struct audit_finding){.level = level,
                                .check = check,
                                .environment = arena_dup(&r->arena, j->environment),
                                .function = arena_dup(&r->arena, j->function->name),
                                .resource = arena_dup(&r->arena, resource),
                                .source_arn = "",
                                .text = "",
                                .repair = ""};
    r->failures += level == AUDIT_IS_FAILURE;
    return f;
}

#define SAY(judge, ...) arena_printf(&(judge)->report->arena, __VA_ARGS__)

/* ---- what a caller is bound to ---- */

enum bound { BOUND_LIVE, BOUND_SMOKE, BOUND_BARE, BOUND_LATEST, BOUND_VERSION, BOUND_OTHER };

static enum bound bound_to(const struct judge *j, struct str qualifier)
{
    if (qualifier.len == 0)
        return BOUND_BARE;
    if (str_eq_c(qualifier, j->aliases->live))
        return BOUND_LIVE;
    if (str_eq_c(qualifier, j->aliases->smoke))
        return BOUND_SMOKE;
    if (str_eq_c(qualifier, "$LATEST"))
        return BOUND_LATEST;
    for (size_t i = 0; i < qualifier.len; i++)
        if (qualifier.data[i] < '0' || qualifier.data[i] > '9')
            return BOUND_OTHER; /* an alias of the user's own: theirs to know */
    return BOUND_VERSION;
}

static bool bypasses(enum bound bound)
{
    return bound != BOUND_LIVE && bound != BOUND_OTHER;
}

static const char *bound_name(const struct judge *j, enum bound bound)
{
    switch (bound) {
    case BOUND_LIVE:
        return j->aliases->live;
    case BOUND_SMOKE:
        return j->aliases->smoke;
    case BOUND_BARE:
        return "the bare function, which is $LATEST";
    case BOUND_LATEST:
        return "$LATEST";
    case BOUND_VERSION:
        return "a fixed version";
    case BOUND_OTHER:
        break;
    }
    return "another alias";
}

/* The qualifier of an ARN of this very function; false when it is another's. */
static bool qualifier_of(const struct judge *j, const char *arn, struct str *ret)
{
    struct lambda_arn parts;

    if (!lambda_arn_split(str_c(arn), &parts) || !str_eq_c(parts.function, j->function->name))
        return false;
    *ret = parts.qualifier;
    return true;
}

/* ---- event source mappings ---- */

void audit_judge_sources(struct audit_report *report, const char *environment,
                         const struct manifest_aliases *aliases,
                         const struct manifest_function *function,
                         const struct event_source_list *sources)
{
    const struct judge j = {report, environment, aliases, function};

    for (size_t i = 0; i < sources->count; i++) {
        const struct event_source *s = &sources->items[i];
        struct audit_finding *f;
        struct str qualifier;
        enum bound bound;

        if (!qualifier_of(&j, s->function_arn, &qualifier))
            continue;
        bound = bound_to(&j, qualifier);
        if (!bypasses(bound))
            continue;
        f = add(&j, AUDIT_IS_FAILURE, "event-source", s->id);
        f->source_arn = arena_dup(&report->arena, s->source_arn);
        f->text = SAY(&j, "event source mapping %s (%s) calls %s", s->id,
                      *s->state ? s->state : "state unknown", bound_name(&j, bound));
        f->repair =
            SAY(&j, "aws lambda update-event-source-mapping --uuid %s --function-name %s:%s", s->id,
                function->name, aliases->live);
    }
}

/* ---- policies ---- */

/* Another AWS service, a rule or a bucket may call it: people and roles in IAM are not meant. */
static bool is_service(const struct policy_statement *s)
{
    return s->allows && strstr(s->principal, ".amazonaws.com") != NULL;
}

static void judge_policy(const struct judge *j, const struct policy *p, const char *qualifier)
{
    const enum bound bound = bound_to(j, str_c(qualifier));

    for (size_t i = 0; i < p->count; i++) {
        const struct policy_statement *s = &p->statements[i];
        struct audit_finding *f;

        if (!is_service(s))
            continue;
        f = add(j, AUDIT_IS_FAILURE, "policy", s->sid);
        f->source_arn = arena_dup(&j->report->arena, s->source_arn);
        f->text =
            SAY(j, "statement \"%s\" lets %s call %s", s->sid, s->principal, bound_name(j, bound));
        f->repair = SAY(j, "aws lambda remove-permission --function-name %s%s%s --statement-id %s",
                        j->function->name, *qualifier ? " --qualifier " : "", qualifier, s->sid);
    }
}

static bool has_grant(const struct policy *p, const struct policy_statement *like)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->statements[i].allows && strcmp(p->statements[i].principal, like->principal) == 0 &&
            strcmp(p->statements[i].source_arn, like->source_arn) == 0)
            return true;
    return false;
}

/* Whoever is told to call Live from now on must be allowed to. */
static void judge_grants(const struct judge *j, const struct policy *other,
                         const struct policy *live)
{
    for (size_t i = 0; i < other->count; i++) {
        const struct policy_statement *s = &other->statements[i];
        struct audit_finding *f;

        if (!is_service(s) || has_grant(live, s))
            continue;
        f = add(j, AUDIT_IS_WARNING, "grant", s->sid);
        f->source_arn = arena_dup(&j->report->arena, s->source_arn);
        f->text = SAY(j, "%s may not call %s, although it may call another qualifier (\"%s\")",
                      s->principal, j->aliases->live, s->sid);
        f->repair = SAY(j,
                        "aws lambda add-permission --function-name %s --qualifier %s "
                        "--statement-id %s --action %s --principal %s%s%s",
                        j->function->name, j->aliases->live, s->sid,
                        *s->action ? s->action : "lambda:InvokeFunction", s->principal,
                        *s->source_arn ? " --source-arn " : "", s->source_arn);
    }
}

/* ---- URLs and settings ---- */

static void judge_urls(const struct judge *j, const struct function_url_list *urls)
{
    for (size_t i = 0; i < urls->count; i++) {
        const struct function_url *u = &urls->items[i];
        struct audit_finding *f;
        struct str qualifier;

        if (!qualifier_of(j, u->function_arn, &qualifier) || !bypasses(bound_to(j, qualifier)))
            continue;
        f = add(j, AUDIT_IS_FAILURE, "url", u->url);
        f->text = SAY(j, "function URL %s (auth %s) calls %s", u->url, u->auth_type,
                      bound_name(j, bound_to(j, qualifier)));
        f->repair = SAY(j,
                        "aws lambda create-function-url-config --function-name %s --qualifier %s "
                        "--auth-type %s",
                        j->function->name, j->aliases->live, u->auth_type);
    }
}

static void judge_asynchronous(const struct judge *j, const struct event_invoke_list *list)
{
    const struct event_invoke *latest = NULL;
    struct audit_finding *f;

    for (size_t i = 0; i < list->count; i++) {
        struct str qualifier;

        if (!qualifier_of(j, list->items[i].function_arn, &qualifier))
            continue;
        if (bound_to(j, qualifier) == BOUND_LIVE)
            return;
        if (bound_to(j, qualifier) == BOUND_LATEST || bound_to(j, qualifier) == BOUND_BARE)
            latest = &list->items[i];
    }
    if (!latest)
        return;
    f = add(j, AUDIT_IS_WARNING, "event-invoke-config", latest->function_arn);
    f->text =
        SAY(j, "retries and destinations of asynchronous events are set on $LATEST, not on %s",
            j->aliases->live);
    f->repair =
        SAY(j, "aws lambda put-function-event-invoke-config --function-name %s --qualifier %s",
            j->function->name, j->aliases->live);
}

static void judge_provisioned(const struct judge *j, const struct provisioned_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct provisioned *p = &list->items[i];
        struct audit_finding *f;
        struct str qualifier;

        if (!qualifier_of(j, p->function_arn, &qualifier) ||
            bound_to(j, qualifier) != BOUND_VERSION)
            continue;
        f = add(j, AUDIT_IS_WARNING, "provisioned-concurrency", p->function_arn);
        f->text = SAY(j, "%d provisioned for version %.*s: it does not follow %s", p->requested,
                      STR_ARG(qualifier), j->aliases->live);
        f->repair = SAY(j,
                        "aws lambda put-provisioned-concurrency-config --function-name %s "
                        "--qualifier %s --provisioned-concurrent-executions %d",
                        j->function->name, j->aliases->live, p->requested);
    }
}

static void judge_weights(const struct judge *j, const struct seen_alias *a, const char *alias,
                          bool ours)
{
    struct audit_finding *f;

    if (!a->exists || !a->alias.weight_count || ours)
        return;
    f = add(j, AUDIT_IS_WARNING, "weights", alias);
    f->text =
        SAY(j, "%s sends a part of its traffic to version %s", alias, a->alias.weights[0].version);
    f->repair = SAY(j,
                    "aws lambda update-alias --function-name %s --name %s --routing-config "
                    "AdditionalVersionWeights={}",
                    j->function->name, alias);
}

void audit_judge(struct audit_report *report, const char *environment,
                 const struct manifest_aliases *aliases, const struct audit_evidence *e)
{
    const struct judge j = {report, environment, aliases, e->function};

    judge_policy(&j, &e->bare, "");
    judge_policy(&j, &e->on_smoke, aliases->smoke);
    if (e->live.exists) {
        judge_grants(&j, &e->bare, &e->on_live);
        judge_grants(&j, &e->on_smoke, &e->on_live);
    }
    judge_urls(&j, &e->urls);
    judge_asynchronous(&j, &e->asynchronous);
    judge_provisioned(&j, &e->provisioned);
    judge_weights(&j, &e->smoke, aliases->smoke, false);
    judge_weights(&j, &e->live, aliases->live, e->live.mark.state == MARK_CANARY);
}
