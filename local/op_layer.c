/* PublishLayerVersion, GetLayerVersion(ByArn), DeleteLayerVersion, and the policies of layer
 * versions. */
#include <stdio.h>
#include <string.h>

#include "local/call.h"
#include "local/code.h"
#include "local/config_check.h"
#include "local/handlers.h"
#include "local/layers.h"
#include "local/policy.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

static int read_layer_version(struct call *c, const char **ret_name, const char **ret_version)
{
    const char *version = c->labels[1];
    unsigned long long number = 0;

    if (layer_name_read(c, ret_name) < 0)
        return -1;
    if (!str_to_u64(str_c(version), INT64_MAX, &number) || number == 0) {
        fail(c, FAIL_PARAMETER, "Layer Version Cannot be less than 1");
        return -1; /* gcc -O3 does not see that fail() never gives 0, and warns */
    }
    *ret_version = arena_printf(&c->arena, "%llu", number);
    return 0;
}

/* ---- publishing ---- */

static bool is_among(const char *item, const char *const *allowed, size_t count)
{
    for (size_t k = 0; item && k < count; k++)
        if (strcmp(allowed[k], item) == 0)
            return true;
    return false;
}

static bool all_among(const json_t *list, const char *const *allowed, size_t count,
                      const char *const *also, size_t also_count)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));

        if (!is_among(item, allowed, count) && !is_among(item, also, also_count))
            return false;
    }
    return true;
}

static void check_lists(struct checks *k, const json_t *runtimes, const json_t *architectures)
{
    static const char *const known[] = {"x86_64", "arm64"};

    if (!all_among(runtimes, lambda_runtimes, lambda_runtime_count, lambda_old_runtimes,
                   lambda_old_runtime_count)) {
        struct buf text = {0};

        buf_add_c(&text, "Member must satisfy enum value set: [");
        for (size_t i = 0; i < lambda_runtime_count; i++)
            buf_printf(&text, "%s%s", i ? ", " : "", lambda_runtimes[i]);
        buf_add_c(&text, "]");
        check_failed(k, "compatibleRuntimes", shown_list(k->call, runtimes), buf_c(&text));
        buf_release(&text);
    }
    if (!all_among(architectures, known, ARRAY_LEN(known), NULL, 0))
        check_failed(k, "compatibleArchitectures", shown_list(k->call, architectures),
                     "Member must satisfy constraint: [Member must satisfy enum value set: "
                     "[x86_64, arm64], Member must not be null]");
}

struct layer_members {
    const char *description, *license;
    json_t *runtimes, *architectures;
};

static int read_members(struct call *c, struct layer_members *m)
{
    struct checks k;

    m->runtimes = m->architectures = NULL;
    if (body_string(c, "Description", &m->description) ||
        body_string(c, "LicenseInfo", &m->license) ||
        body_array(c, "CompatibleRuntimes", &m->runtimes) ||
        body_array(c, "CompatibleArchitectures", &m->architectures))
        return -1;
    checks_begin(&k, c);
    check_length(&k, m->description, "description", 0, 256);
    check_length(&k, m->license, "licenseInfo", 0, 512);
    check_lists(&k, m->runtimes, m->architectures);
    return checks_end(&k);
}

/* With the link to its content, which depends on how the caller reached us. */
static json_t *layer_answer(struct call *c, const struct resource *r)
{
    json_t *document = json_deep_copy(r->document);
    const struct str host = http_header(c->request, "host");

    json_object_del(document, "Unzipped");
    json_object_set_new(json_object_get(document, "Content"), "Location",
                        json_string(arena_printf(&c->arena, "http://%.*s/_smokegate/code/%s.zip",
                                                 STR_ARG(host), r->zip)));
    return document;
}

int layer_publish(struct call *c)
{
    struct layer_members m = {.description = ""};
    struct resource r = {.kind = "layer"};
    const char *name;
    json_t *document;

    if (layer_name_read(c, &name) < 0 || read_members(c, &m) < 0)
        return -1;
    if (!c->code || c->code->image_uri)
        return fail(c, FAIL_PARAMETER, "Please provide a source for the layer's content.");
    r.owner = name;
    r.number = store_next(c, "layer", name);
    r.key = arena_printf(&c->arena, "%lld", (long long)r.number);
    r.zip = c->code->hex;
    document =
        json_pack("{s{ss sI} ss ss ss ss sI}", "Content", "CodeSha256", c->code->sha256, "CodeSize",
                  (json_int_t)c->code->size, "LayerArn", layer_arn(c, name, NULL),
                  "LayerVersionArn", layer_arn(c, name, r.key), "Description", m.description,
                  "CreatedDate", iso_time(c, c->now_ms), "Version", (json_int_t)r.number);
    json_object_set_new(document, "CompatibleRuntimes",
                        m.runtimes ? json_incref(m.runtimes) : json_array());
    json_object_set_new(document, "CompatibleArchitectures",
                        m.architectures ? json_incref(m.architectures) : json_array());
    json_object_set_new(document, "Unzipped", json_integer(c->code->unzipped)); /* not shown */
    if (m.license)
        json_object_set_new(document, "LicenseInfo", json_string(m.license));
    r.document = call_own(c, document);
    resource_put(c, &r);
    return answer(c, 201, layer_answer(c, &r));
}

/* ---- reading ---- */

int layer_get(struct call *c)
{
    const char *name, *version;
    struct resource r;

    if (read_layer_version(c, &name, &version) < 0)
        return -1;
    if (!resource_get(c, "layer", name, version, &r))
        return fail(c, FAIL_NOT_FOUND, "The resource you requested does not exist.");
    return answer(c, 200, layer_answer(c, &r));
}

int layer_get_by_arn(struct call *c)
{
    const char *arn = call_query(c, "Arn");
    struct layer_ref ref;
    struct resource r;
    struct checks k;

    checks_begin(&k, c);
    check_present(&k, arn, "arn");
    check_pattern(&k, arn, "arn", RULE_LAYER_VERSION_ARN);
    if (checks_end(&k) < 0)
        return -1;
    layer_ref_read(c, arn, &ref);
    if (!resource_get(c, "layer", ref.name, ref.version, &r))
        return fail(c, FAIL_NOT_FOUND, "The resource you requested does not exist.");
    return answer(c, 200, layer_answer(c, &r));
}

int layer_delete(struct call *c)
{
    const char *name, *version;

    if (read_layer_version(c, &name, &version) < 0)
        return -1;
    resource_delete(c, "layer", name, version);
    resource_delete(c, "layer-policy", name, version);
    return answer_nothing(c, 204); /* also when there was none */
}

/* ---- policies ---- */

static int read_policy(struct call *c, struct policy_ref *ret)
{
    const char *name, *version;
    struct resource r;

    if (read_layer_version(c, &name, &version) < 0)
        return -1;
    *ret = (struct policy_ref){"layer-policy", name, version, layer_arn(c, name, version),
                               "GetLayerPolicy"};
    if (resource_get(c, "layer", name, version, &r))
        return 0;
    return fail(c, FAIL_NOT_FOUND, "Layer version %s does not exist.", ret->resource);
}

int layer_permission_add(struct call *c)
{
    const char *sid = NULL, *action = NULL, *principal = NULL, *org = NULL, *revision;
    struct policy_ref policy;
    struct checks k;
    json_t *statement;

    if (body_string(c, "StatementId", &sid) || body_string(c, "Action", &action) ||
        body_string(c, "Principal", &principal) || body_string(c, "OrganizationId", &org))
        return -1;
    checks_begin(&k, c);
    check_present(&k, sid, "statementId");
    check_present(&k, action, "action");
    check_present(&k, principal, "principal");
    check_pattern(&k, sid, "statementId", RULE_STATEMENT_ID);
    check_pattern(&k, action, "action", RULE_LAYER_ACTION);
    if (checks_end(&k) < 0 || read_policy(c, &policy) < 0)
        return -1;
    statement =
        call_own(c, json_pack("{ss ss ss ss ss}", "Sid", sid, "Effect", "Allow", "Principal",
                              principal, "Action", action, "Resource", policy.resource));
    if (org)
        json_object_set_new(statement, "Condition",
                            json_pack("{s{ss}}", "StringEquals", "aws:PrincipalOrgID", org));
    if (policy_add(c, &policy, json_incref(statement), call_query(c, "RevisionId"), &revision) < 0)
        return -1;
    return answer(
        c, 201, json_pack("{so ss}", "Statement", policy_text(statement), "RevisionId", revision));
}

int layer_permission_get(struct call *c)
{
    struct policy_ref policy;
    json_t *document;

    if (read_policy(c, &policy) < 0)
        return -1;
    if (!policy_get(c, &policy, &document))
        return fail(c, FAIL_NOT_FOUND, "No policy is associated with the given resource.");
    return answer(c, 200, document);
}

int layer_permission_remove(struct call *c)
{
    struct policy_ref policy;

    if (read_policy(c, &policy) < 0 ||
        policy_remove(c, &policy, c->labels[2], call_query(c, "RevisionId")) < 0)
        return -1;
    return answer_nothing(c, 204);
}
