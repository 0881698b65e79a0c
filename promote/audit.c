#include "promote/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lambda/arn.h"
#include "promote/audit_private.h"

void audit_report_release(struct audit_report *r)
{
    free(r->items);
    arena_release(&r->arena);
    *r = (struct audit_report){0};
}

/* ---- findings ---- */

struct audit_finding *audit_add(const struct audit_judge *j, enum audit_level level,
                                const char *check, const char *resource, struct buf *repair)
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
                                .environment = arena_dup(&r->arena, j->scope->environment),
                                .function = arena_dup(&r->arena, j->function->name),
                                .resource = arena_dup(&r->arena, resource),
                                .source_arn = "",
                                .text = "",
                                .repair = arena_dup(&r->arena, buf_c(repair))};
    buf_release(repair);
    r->failures += level == AUDIT_IS_FAILURE;
    return f;
}

/* ---- what a caller is bound to ---- */

enum audit_bound audit_bound_to(const struct audit_judge *j, struct str qualifier)
{
    if (qualifier.len == 0)
        return BOUND_BARE;
    if (str_eq_c(qualifier, j->scope->aliases->live))
        return BOUND_LIVE;
    if (str_eq_c(qualifier, j->scope->aliases->smoke))
        return BOUND_SMOKE;
    if (str_eq_c(qualifier, "$LATEST"))
        return BOUND_LATEST;
    for (size_t i = 0; i < qualifier.len; i++)
        if (qualifier.data[i] < '0' || qualifier.data[i] > '9')
            return BOUND_OTHER; /* an alias of the user's own: theirs to know */
    return BOUND_VERSION;
}

bool audit_bypasses(enum audit_bound bound)
{
    return bound != BOUND_LIVE && bound != BOUND_OTHER;
}

const char *audit_bound_name(const struct audit_judge *j, enum audit_bound bound)
{
    switch (bound) {
    case BOUND_LIVE:
        return j->scope->aliases->live;
    case BOUND_SMOKE:
        return j->scope->aliases->smoke;
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

bool audit_qualifier_of(const struct audit_judge *j, const char *arn, struct str *ret)
{
    struct lambda_arn parts;

    if (!lambda_arn_split(str_c(arn), &parts) || !str_eq_c(parts.function, j->function->name))
        return false;
    *ret = parts.qualifier;
    return true;
}

const char *audit_qualifier(const struct audit_judge *j, struct str qualifier)
{
    return qualifier.len ? AUDIT_SAY(j, "%.*s", STR_ARG(qualifier)) : NULL;
}

/* ---- event source mappings ---- */

static void judge_source(const struct audit_judge *j, const struct event_source *s,
                         enum audit_bound bound)
{
    struct audit_finding *f;
    struct buf repair = {0};

    repair_begin(&repair, &j->scope->at, "update-event-source-mapping", NULL, NULL);
    repair_option(&repair, "uuid", s->id);
    repair_option(&repair, "function-name",
                  AUDIT_SAY(j, "%s:%s", j->function->name, j->scope->aliases->live));
    f = audit_add(j, AUDIT_IS_FAILURE, "event-source", s->id, &repair);
    f->source_arn = arena_dup(&j->report->arena, s->source_arn);
    f->text = AUDIT_SAY(j, "event source mapping %s (%s) calls %s", s->id,
                        *s->state ? s->state : "state unknown", audit_bound_name(j, bound));
}

void audit_judge_sources(struct audit_report *report, const struct audit_scope *scope,
                         const struct manifest_function *function,
                         const struct event_source_list *sources)
{
    const struct audit_judge j = {report, scope, function};

    for (size_t i = 0; i < sources->count; i++) {
        const struct event_source *s = &sources->items[i];
        struct str qualifier;

        if (audit_qualifier_of(&j, s->function_arn, &qualifier) &&
            audit_bypasses(audit_bound_to(&j, qualifier)))
            judge_source(&j, s, audit_bound_to(&j, qualifier));
    }
}

/* ---- policies ---- */

/*
 * Another AWS service, a rule or a bucket may call it: people and roles in IAM are not meant, and
 * whoever comes by a function URL is judged by the URL.
 */
static bool is_service(const struct policy_statement *s)
{
    return s->allows && (strstr(s->principal, ".amazonaws.com") != NULL ||
                         (strcmp(s->principal, "*") == 0 && !*s->url_auth_type));
}

static const char *who(const struct policy_statement *s)
{
    return strcmp(s->principal, "*") == 0 ? "anybody" : s->principal;
}

static void judge_policy(const struct audit_judge *j, const struct policy *p, const char *qualifier)
{
    const enum audit_bound bound = audit_bound_to(j, str_c(qualifier));

    for (size_t i = 0; i < p->count; i++) {
        const struct policy_statement *s = &p->statements[i];
        struct buf repair = {0};
        struct audit_finding *f;

        if (!is_service(s))
            continue;
        repair_begin(&repair, &j->scope->at, "remove-permission", j->function->name,
                     *qualifier ? qualifier : NULL);
        repair_option(&repair, "statement-id", s->sid);
        f = audit_add(j, AUDIT_IS_FAILURE, "policy", s->sid, &repair);
        f->source_arn = arena_dup(&j->report->arena, s->source_arn);
        f->text =
            AUDIT_SAY(j, "statement \"%s\" lets %s call %s%s%s%s", s->sid, who(s),
                      audit_bound_name(j, bound), bound == BOUND_VERSION ? " (" : "",
                      bound == BOUND_VERSION ? qualifier : "", bound == BOUND_VERSION ? ")" : "");
    }
}

static bool same(const struct policy_statement *a, const struct policy_statement *b)
{
    return a->allows == b->allows && strcmp(a->principal, b->principal) == 0 &&
           strcmp(a->source_arn, b->source_arn) == 0 &&
           strcmp(a->source_account, b->source_account) == 0 && strcmp(a->action, b->action) == 0;
}

static bool has_grant(const struct policy *p, size_t count, const struct policy_statement *like)
{
    for (size_t i = 0; i < count; i++)
        if (same(&p->statements[i], like))
            return true;
    return false;
}

static bool has_sid(const struct policy *p, const char *sid)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->statements[i].sid, sid) == 0)
            return true;
    return false;
}

/* Ids are unique within a policy, and the one of the other may be taken in that of Live. */
static const char *free_sid(const struct audit_judge *j, const struct policy *live, const char *sid)
{
    const char *name = sid;

    for (unsigned n = 2; has_sid(live, name); n++)
        name = AUDIT_SAY(j, "%s-%u", sid, n);
    return name;
}

static void judge_grant(const struct audit_judge *j, const struct policy_statement *s,
                        const struct policy *live)
{
    struct audit_finding *f;
    struct buf repair = {0};

    repair_begin(&repair, &j->scope->at, "add-permission", j->function->name,
                 j->scope->aliases->live);
    repair_option(&repair, "statement-id", free_sid(j, live, s->sid));
    repair_option(&repair, "action", *s->action ? s->action : "lambda:InvokeFunction");
    repair_option(&repair, "principal", s->principal);
    if (*s->source_arn)
        repair_option(&repair, "source-arn", s->source_arn);
    if (*s->source_account)
        repair_option(&repair, "source-account", s->source_account);
    f = audit_add(j, AUDIT_IS_WARNING, "grant", s->sid, &repair);
    f->source_arn = arena_dup(&j->report->arena, s->source_arn);
    f->text = AUDIT_SAY(j, "%s may not call %s, although it may call another qualifier (\"%s\")",
                        who(s), j->scope->aliases->live, s->sid);
}

/* Whoever is told to call Live from now on must be allowed to. */
static void judge_grants(const struct audit_judge *j, const struct policy *other,
                         const struct policy *live)
{
    for (size_t i = 0; i < other->count; i++)
        if (is_service(&other->statements[i]) &&
            !has_grant(live, live->count, &other->statements[i]) &&
            !has_grant(other, i, &other->statements[i]))
            judge_grant(j, &other->statements[i], live);
}

void audit_judge(struct audit_report *report, const struct audit_scope *scope,
                 const struct audit_evidence *e)
{
    const struct audit_judge j = {report, scope, e->function};

    /* Live is allowed first, then the sources are moved, then the others are forbidden. */
    if (e->live.exists) {
        judge_grants(&j, &e->bare, &e->on_live);
        judge_grants(&j, &e->on_smoke, &e->on_live);
        for (size_t i = 0; i < e->version_count; i++)
            judge_grants(&j, &e->on_versions[i].policy, &e->on_live);
    }
    judge_policy(&j, &e->bare, "");
    judge_policy(&j, &e->on_smoke, scope->aliases->smoke);
    for (size_t i = 0; i < e->version_count; i++)
        judge_policy(&j, &e->on_versions[i].policy, e->on_versions[i].version);
    audit_judge_settings(&j, e);
}
