/* AddPermission, RemovePermission, GetPolicy: a policy of its own for each qualifier. */
#include <string.h>

#include "base/str.h"
#include "local/call.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/policy.h"
#include "local/rules.h"
#include "local/store.h"

static int read_target(struct call *c, struct function_ref *ref, struct policy_ref *policy)
{
    struct checks k;

    checks_begin(&k, c);
    if (function_ref_parse(c, &k, c->labels[0], RULE_FUNCTION_OLD, call_query(c, "Qualifier"),
                           RULE_QUALIFIER, ref) < 0)
        return -1;
    *policy = (struct policy_ref){.kind = "policy",
                                  .owner = ref->name,
                                  .key = ref->qualifier ? ref->qualifier : "",
                                  .resource = function_arn(c, ref->name, ref->qualifier),
                                  .get_operation = "GetPolicy"};
    return 0;
}

/* The function exists, and the version or alias that is named. */
static int check_exists(struct call *c, const struct function_ref *ref, const char *no_function)
{
    const int64_t number = version_number(ref->qualifier);
    struct function_row row;
    struct version version;
    struct alias alias;

    if (!store_function(c, ref->name, &row))
        return fail(c, FAIL_NOT_FOUND, "%s: %s", no_function, function_arn(c, ref->name, NULL));
    if (!ref->qualifier || (number >= 0 && store_version(c, ref->name, number, &version)) ||
        (number < 0 && store_alias(c, ref->name, ref->qualifier, &alias)))
        return 0;
    if (number < 0 && rule_matches(c, RULE_ALIAS_NAME, ref->qualifier))
        return fail(c, FAIL_NOT_FOUND, "Cannot find alias arn: %s",
                    function_arn(c, ref->name, ref->qualifier));
    return fail_function(c, ref->name, ref->qualifier);
}

/* ---- the statement ---- */

struct permission {
    const char *sid, *action, *principal, *source_arn, *source_account, *token, *org, *auth_type;
    const char *revision;
};

static int read_permission(struct call *c, struct permission *p)
{
    static const char *const auth_types[] = {"NONE", "AWS_IAM"};
    struct checks k;

    if (body_string(c, "StatementId", &p->sid) || body_string(c, "Action", &p->action) ||
        body_string(c, "Principal", &p->principal) || body_string(c, "SourceArn", &p->source_arn) ||
        body_string(c, "SourceAccount", &p->source_account) ||
        body_string(c, "EventSourceToken", &p->token) ||
        body_string(c, "PrincipalOrgID", &p->org) ||
        body_string(c, "FunctionUrlAuthType", &p->auth_type) ||
        body_string(c, "RevisionId", &p->revision))
        return -1;
    checks_begin(&k, c);
    check_present(&k, p->sid, "statementId");
    check_present(&k, p->action, "action");
    check_present(&k, p->principal, "principal");
    check_length(&k, p->sid, "statementId", 1, 100);
    check_pattern(&k, p->sid, "statementId", RULE_STATEMENT_ID);
    check_pattern(&k, p->action, "action", RULE_ACTION);
    check_enum(&k, p->auth_type, "functionUrlAuthType", auth_types, ARRAY_LEN(auth_types));
    return checks_end(&k);
}

/* "*", an account, an ARN, a service. NULL: nothing of that. New reference. */
static json_t *principal_of(struct call *c, const char *text)
{
    const struct str s = str_c(text);
    unsigned long long account;

    if (strcmp(text, "*") == 0)
        return json_string(text);
    if (s.len == 12 && str_to_u64(s, 999999999999ULL, &account))
        return json_pack("{ss}", "AWS", arena_printf(&c->arena, "arn:aws:iam::%s:root", text));
    if (str_starts(s, STR("arn:")))
        return json_pack("{ss}", "AWS", text);
    if (str_ends(s, STR(".amazonaws.com")) || str_ends(s, STR(".amazon.com")))
        return json_pack("{ss}", "Service", text);
    return NULL;
}

static void put_condition(json_t *conditions, const char *operator, const char * key,
                          const char *value)
{
    json_t *operands = json_object_get(conditions, operator);

    if (!value)
        return;
    if (!operands) {
        operands = json_object();
        json_object_set_new(conditions, operator, operands);
    }
    json_object_set_new(operands, key, json_string(value));
}

static json_t *statement_of(const struct permission *p, json_t *principal, const char *resource)
{
    json_t *s = json_pack("{ss ss so ss ss}", "Sid", p->sid, "Effect", "Allow", "Principal",
                          principal, "Action", p->action, "Resource", resource);
    json_t *conditions = json_object();

    put_condition(conditions, "StringEquals", "AWS:SourceAccount", p->source_account);
    put_condition(conditions, "StringEquals", "lambda:EventSourceToken", p->token);
    put_condition(conditions, "StringEquals", "lambda:FunctionUrlAuthType", p->auth_type);
    put_condition(conditions, "StringEquals", "aws:PrincipalOrgID", p->org);
    put_condition(conditions, "ArnLike", "AWS:SourceArn", p->source_arn);
    if (json_object_size(conditions))
        json_object_set(s, "Condition", conditions);
    json_decref(conditions);
    return s;
}

/* ---- operations ---- */

int permission_add(struct call *c)
{
    struct permission p = {0};
    struct function_ref ref;
    struct policy_ref policy;
    json_t *principal, *statement;
    const char *revision;

    if (read_permission(c, &p) < 0 || read_target(c, &ref, &policy) < 0)
        return -1;
    if (ref.qualifier && strcmp(ref.qualifier, "$LATEST") == 0)
        return fail(c, FAIL_PARAMETER, "We currently do not support adding policies for $LATEST.");
    if (check_exists(c, &ref, "Function not found") < 0)
        return -1;
    principal = principal_of(c, p.principal);
    if (!principal)
        return fail(c, FAIL_PARAMETER,
                    "The provided principal was invalid. Please check the principal and try "
                    "again.");
    statement = call_own(c, statement_of(&p, principal, policy.resource));
    if (policy_add(c, &policy, json_incref(statement), p.revision, &revision) < 0)
        return -1;
    return answer(c, 201, json_pack("{so}", "Statement", policy_text(statement)));
}

int permission_remove(struct call *c)
{
    struct function_ref ref;
    struct policy_ref policy;

    if (read_target(c, &ref, &policy) < 0 || check_exists(c, &ref, "No policy found for") < 0 ||
        policy_remove(c, &policy, c->labels[1], call_query(c, "RevisionId")) < 0)
        return -1;
    return answer_nothing(c, 204);
}

int permission_get(struct call *c)
{
    struct function_ref ref;
    struct policy_ref policy;
    json_t *document;

    if (read_target(c, &ref, &policy) < 0)
        return -1;
    if (!policy_get(c, &policy, &document))
        return fail(c, FAIL_NOT_FOUND, "The resource you requested does not exist.");
    return answer(c, 200, document);
}
