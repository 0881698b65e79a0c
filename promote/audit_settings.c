#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "promote/audit_private.h"

/* ---- function URLs ---- */

static bool live_has_url(const struct audit_judge *j, const struct function_url_list *urls)
{
    struct str qualifier;

    for (size_t i = 0; i < urls->count; i++)
        if (audit_qualifier_of(j, urls->items[i].function_arn, &qualifier) &&
            audit_bound_to(j, qualifier) == BOUND_LIVE)
            return true;
    return false;
}

static bool is_public(const struct policy *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->statements[i].allows && strcmp(p->statements[i].principal, "*") == 0 &&
            strcmp(p->statements[i].action, "lambda:InvokeFunctionUrl") == 0)
            return true;
    return false;
}

/* A URL cannot be moved: Live gets one of its own, with another host name. */
static void make_url(const struct audit_judge *j, const struct function_url *u,
                     const struct policy *live, struct buf *out)
{
    const char *alias = j->scope->aliases->live;

    repair_begin(out, &j->scope->at, "create-function-url-config", j->function->name, alias);
    repair_option(out, "auth-type", u->auth_type);
    if (strcmp(u->invoke_mode, "RESPONSE_STREAM") == 0) /* older CLIs know no such option */
        repair_option(out, "invoke-mode", u->invoke_mode);
    if (strcmp(u->auth_type, "NONE") != 0 || is_public(live))
        return;
    repair_begin(out, &j->scope->at, "add-permission", j->function->name, alias);
    repair_option(out, "statement-id", "FunctionURLAllowPublicAccess");
    repair_option(out, "action", "lambda:InvokeFunctionUrl");
    repair_option(out, "principal", "*");
    repair_option(out, "function-url-auth-type", "NONE");
}

static void judge_urls(const struct audit_judge *j, const struct audit_evidence *e)
{
    const bool there = live_has_url(j, &e->urls);
    bool made = false;

    for (size_t i = 0; i < e->urls.count; i++) {
        const struct function_url *u = &e->urls.items[i];
        struct buf repair = {0};
        struct audit_finding *f;
        struct str qualifier;

        if (!audit_qualifier_of(j, u->function_arn, &qualifier) ||
            !audit_bypasses(audit_bound_to(j, qualifier)))
            continue;
        if (!there && !made)
            make_url(j, u, &e->on_live, &repair);
        made = true;
        repair_begin(&repair, &j->scope->at, "delete-function-url-config", j->function->name,
                     audit_qualifier(j, qualifier));
        f = audit_add(j, AUDIT_IS_FAILURE, "url", u->url, &repair);
        f->text =
            AUDIT_SAY(j, "function URL %s (auth %s) calls %s; that of %s has another host name",
                      u->url, u->auth_type, audit_bound_name(j, audit_bound_to(j, qualifier)),
                      j->scope->aliases->live);
    }
}

/* ---- asynchronous events ---- */

static void put_destination(json_t *to, const char *key, const char *arn)
{
    if (*arn)
        json_object_set_new(to, key, json_pack("{s:s}", "Destination", arn));
}

static void copy_settings(const struct audit_judge *j, const struct event_invoke *from,
                          struct buf *out)
{
    json_t *to = json_object();

    repair_begin(out, &j->scope->at, "put-function-event-invoke-config", j->function->name,
                 j->scope->aliases->live);
    if (from->retries >= 0)
        repair_number(out, "maximum-retry-attempts", from->retries);
    if (from->max_age_s >= 0)
        repair_number(out, "maximum-event-age-in-seconds", from->max_age_s);
    put_destination(to, "OnSuccess", from->on_success);
    put_destination(to, "OnFailure", from->on_failure);
    if (json_object_size(to)) {
        CLEANUP(mem_freep) char *text = json_dumps(to, JSON_COMPACT);

        repair_option(out, "destination-config", text);
    }
    json_decref(to);
}

static void judge_asynchronous(const struct audit_judge *j, const struct event_invoke_list *list)
{
    const struct event_invoke *latest = NULL;
    struct buf repair = {0};
    struct audit_finding *f;

    for (size_t i = 0; i < list->count; i++) {
        struct str qualifier;
        enum audit_bound bound;

        if (!audit_qualifier_of(j, list->items[i].function_arn, &qualifier))
            continue;
        bound = audit_bound_to(j, qualifier);
        if (bound == BOUND_LIVE)
            return;
        if (bound == BOUND_LATEST || bound == BOUND_BARE)
            latest = &list->items[i];
    }
    if (!latest)
        return;
    copy_settings(j, latest, &repair);
    f = audit_add(j, AUDIT_IS_WARNING, "event-invoke-config", latest->function_arn, &repair);
    f->text = AUDIT_SAY(
        j, "retries and destinations of asynchronous events are set on $LATEST, not on %s",
        j->scope->aliases->live);
}

/* ---- provisioned concurrency ---- */

static bool live_is_provisioned(const struct audit_judge *j, const struct provisioned_list *list)
{
    struct str qualifier;

    for (size_t i = 0; i < list->count; i++)
        if (audit_qualifier_of(j, list->items[i].function_arn, &qualifier) &&
            audit_bound_to(j, qualifier) == BOUND_LIVE)
            return true;
    return false;
}

/* Lambda refuses it on an alias while the version it points to has some: that goes first. */
static void judge_provisioned(const struct audit_judge *j, const struct provisioned_list *list)
{
    bool there = live_is_provisioned(j, list);

    for (size_t i = 0; i < list->count; i++) {
        const struct provisioned *p = &list->items[i];
        struct buf repair = {0};
        struct audit_finding *f;
        struct str qualifier;

        if (!audit_qualifier_of(j, p->function_arn, &qualifier) ||
            audit_bound_to(j, qualifier) != BOUND_VERSION)
            continue;
        repair_begin(&repair, &j->scope->at, "delete-provisioned-concurrency-config",
                     j->function->name, audit_qualifier(j, qualifier));
        if (!there) {
            repair_begin(&repair, &j->scope->at, "put-provisioned-concurrency-config",
                         j->function->name, j->scope->aliases->live);
            repair_number(&repair, "provisioned-concurrent-executions", p->requested);
        }
        there = true;
        f = audit_add(j, AUDIT_IS_WARNING, "provisioned-concurrency", p->function_arn, &repair);
        f->text = AUDIT_SAY(j, "%d provisioned for version %.*s: it does not follow %s",
                            p->requested, STR_ARG(qualifier), j->scope->aliases->live);
    }
}

/* ---- weights, roles ---- */

static void judge_weights(const struct audit_judge *j, const struct seen_alias *a,
                          const char *alias, bool ours)
{
    struct buf repair = {0};
    struct audit_finding *f;

    if (!a->exists || !a->alias.weight_count || ours)
        return;
    repair_begin(&repair, &j->scope->at, "update-alias", j->function->name, NULL);
    repair_option(&repair, "name", alias);
    repair_option(&repair, "routing-config", "AdditionalVersionWeights={}");
    f = audit_add(j, AUDIT_IS_WARNING, "weights", alias, &repair);
    f->text = AUDIT_SAY(j, "%s sends a part of its traffic to version %s", alias,
                        a->alias.weights[0].version);
}

/* Lambda shares an alias's traffic only between versions of one role and one dead-letter queue. */
static void judge_role(const struct audit_judge *j, const struct audit_evidence *e)
{
    const struct function_info *live = &e->live_version, *smoke = &e->smoke_version;
    const bool role = strcmp(live->role, smoke->role) != 0;
    struct buf repair = {0};
    struct audit_finding *f;

    if (!live->version[0] || !smoke->version[0] ||
        (!role && strcmp(live->dead_letter_arn, smoke->dead_letter_arn) == 0))
        return;
    repair_begin(&repair, &j->scope->at, "update-function-configuration", j->function->name, NULL);
    if (role)
        repair_option(&repair, "role", live->role);
    else
        repair_option(&repair, "dead-letter-config",
                      AUDIT_SAY(j, "TargetArn=%s", live->dead_letter_arn));
    f = audit_add(j, AUDIT_IS_WARNING, "role", j->scope->aliases->smoke, &repair);
    f->text = AUDIT_SAY(
        j,
        "%s (version %s) has %s %s, and %s (version %s) has %s: no weighted step can be between "
        "them; a version published after the repair has the same",
        j->scope->aliases->smoke, smoke->version, role ? "the role" : "the dead-letter queue",
        role                      ? smoke->role
        : *smoke->dead_letter_arn ? smoke->dead_letter_arn
                                  : "(none)",
        j->scope->aliases->live, live->version,
        role                     ? live->role
        : *live->dead_letter_arn ? live->dead_letter_arn
                                 : "(none)");
}

void audit_judge_settings(const struct audit_judge *j, const struct audit_evidence *e)
{
    const struct manifest_aliases *a = j->scope->aliases;

    judge_urls(j, e);
    judge_asynchronous(j, &e->asynchronous);
    judge_provisioned(j, &e->provisioned);
    judge_weights(j, &e->smoke, a->smoke, false);
    judge_weights(j, &e->live, a->live, e->live.mark.state == MARK_CANARY);
    judge_role(j, e);
}
