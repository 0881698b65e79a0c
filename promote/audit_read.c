#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lambda/version.h"
#include "promote/audit.h"
#include "promote/ahead.h"
#include "promote/observe.h"

void audit_evidence_release(struct audit_evidence *e)
{
    policy_release(&e->bare);
    policy_release(&e->on_smoke);
    policy_release(&e->on_live);
    for (size_t i = 0; i < e->version_count; i++)
        policy_release(&e->on_versions[i].policy);
    free(e->on_versions);
    function_url_list_release(&e->urls);
    event_invoke_list_release(&e->asynchronous);
    provisioned_list_release(&e->provisioned);
    *e = (struct audit_evidence){0};
}

/* That there is no policy is an answer, too. */
static int read_policy(struct aws_client *client, const char *function, const char *qualifier,
                       struct policy *ret, struct err *err)
{
    struct err why = {0};

    if (policy_get(client, function, qualifier, ret, &why) == 0 || why.kind == ERR_NOT_FOUND)
        return 0;
    return err_set(err, why.kind, "%s", why.text);
}

static int read_aliases(struct audit_evidence *e, struct aws_client *client,
                        const struct manifest_aliases *aliases, const struct function_view *known,
                        struct err *err)
{
    struct function_view view = {.function = e->function};

    if (!known && observe_aliases(&view, client, aliases, err) < 0)
        return -1;
    e->live = known ? known->live : view.live;
    e->smoke = known ? known->smoke : view.smoke;
    e->backup = known ? known->backup : view.backup;
    return 0;
}

/* Each version may have a policy, and nothing lists those that have one. */
static int read_versions(struct audit_evidence *e, struct aws_client *client, struct err *err)
{
    CLEANUP(version_list_release) struct version_list list = {0};

    if (version_list(client, e->function->name, &list, err) < 0)
        return -1;
    e->on_versions = mem_array(list.count + 1, sizeof(*e->on_versions));
    for (size_t i = 0; i < list.count; i++) {
        const struct function_info *v = &list.items[i];
        struct audit_version_policy *p = &e->on_versions[e->version_count];

        if (e->live.exists && strcmp(v->version, e->live.alias.version) == 0)
            e->live_version = *v;
        if (e->smoke.exists && strcmp(v->version, e->smoke.alias.version) == 0)
            e->smoke_version = *v;
        if (strcmp(v->version, "$LATEST") == 0)
            continue;
        if (read_policy(client, e->function->name, v->version, &p->policy, err) < 0)
            return -1;
        snprintf(p->version, sizeof(p->version), "%s", v->version);
        e->version_count++;
    }
    return 0;
}

static int read_function(struct audit_evidence *e, struct aws_client *client,
                         const struct manifest_aliases *aliases, enum audit_depth depth,
                         const struct function_view *known, struct err *err)
{
    const char *name = e->function->name;

    if (read_aliases(e, client, aliases, known, err) < 0 ||
        read_policy(client, name, NULL, &e->bare, err) < 0 ||
        (e->smoke.exists && read_policy(client, name, aliases->smoke, &e->on_smoke, err) < 0) ||
        /* Live's own is only held against what others are granted. */
        (e->live.exists && (e->bare.count || e->on_smoke.count) &&
         read_policy(client, name, aliases->live, &e->on_live, err) < 0))
        return -1;
    if (depth == AUDIT_BRIEF)
        return 0;
    return function_url_list(client, name, &e->urls, err) < 0 ||
                   event_invoke_list(client, name, &e->asynchronous, err) < 0 ||
                   provisioned_list(client, name, &e->provisioned, err) < 0 ||
                   read_versions(e, client, err) < 0
               ? -1
               : 0;
}

/* Of the policies those that are read in any case. */
static void ask_ahead(const struct manifest_environment *e, struct aws_client *client,
                      const struct manifest_aliases *aliases, const struct environment_view *view)
{
    struct ahead a = {0};

    for (size_t i = 0; i < e->function_count; i++) {
        policy_get_request(ahead_add(&a), e->functions[i].name, NULL);
        if (!view)
            alias_list_request(ahead_add(&a), e->functions[i].name, NULL, NULL);
        else if (view->functions[i].smoke.exists)
            policy_get_request(ahead_add(&a), e->functions[i].name, aliases->smoke);
    }
    ahead_send(&a, client);
}

int audit_environment(struct audit_report *report, struct aws_client *client,
                      const struct manifest_environment *environment,
                      const struct manifest_aliases *aliases, enum audit_depth depth,
                      const struct environment_view *view, struct err *err)
{
    const struct audit_scope scope = {environment->name, aliases, repair_at(environment, client)};
    struct event_source_list sources = {0};
    int result = event_source_list(client, NULL, &sources, err);

    if (result == 0)
        ask_ahead(environment, client, aliases, view);
    for (size_t i = 0; result == 0 && i < environment->function_count; i++) {
        struct audit_evidence e = {.function = &environment->functions[i]};

        result = read_function(&e, client, aliases, depth, view ? &view->functions[i] : NULL, err);
        if (result == 0) {
            audit_judge_sources(report, &scope, e.function, &sources);
            audit_judge(report, &scope, &e);
        }
        audit_evidence_release(&e);
    }
    event_source_list_release(&sources);
    aws_client_ahead_end(client);
    return result < 0 ? err_ctx(err, "%s", environment->name) : 0;
}
