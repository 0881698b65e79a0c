/* Configurations of asynchronous invocation. The limits are obeyed; destinations are records. */
#include <string.h>

#include "local/call.h"
#include "local/event_config.h"
#include "local/handlers.h"
#include "local/names.h"
#include "local/page.h"
#include "local/queue.h"
#include "local/resource.h"
#include "local/rules.h"
#include "local/store.h"

static const char *key_of(const struct function_ref *ref)
{
    return ref->qualifier ? ref->qualifier : "$LATEST";
}

struct event_limits event_limits(struct call *c, const char *function, const char *qualifier)
{
    struct event_limits limits = {QUEUE_RETRIES, QUEUE_AGE_S};
    const json_t *retries, *age;
    struct resource r;

    if (!resource_get(c, "invoke-config", function, qualifier ? qualifier : "$LATEST", &r))
        return limits;
    retries = json_object_get(r.document, "MaximumRetryAttempts");
    age = json_object_get(r.document, "MaximumEventAgeInSeconds");
    if (retries)
        limits.retries = (int)json_integer_value(retries);
    if (age)
        limits.age_s = json_integer_value(age);
    return limits;
}

/* ---- destinations ---- */

static const char *destination_of(json_t *config, const char *outcome)
{
    return json_string_value(json_object_get(json_object_get(config, outcome), "Destination"));
}

const char *event_failure_destination(struct call *c, const char *function, const char *qualifier)
{
    struct resource r;
    const char *arn;

    if (!resource_get(c, "invoke-config", function, qualifier ? qualifier : "$LATEST", &r))
        return NULL;
    arn = destination_of(json_object_get(r.document, "DestinationConfig"), "OnFailure");
    return arn && arn[0] ? arena_dup(&c->arena, arn) : NULL;
}

static int check_destination(struct call *c, const struct function_ref *ref, const char *arn,
                             const char *outcome)
{
    const char *name;
    struct function_row row;

    if (!arn || !arn[0])
        return 0;
    if (!strstr(arn, ":lambda:") && !strstr(arn, ":sqs:") && !strstr(arn, ":sns:") &&
        !strstr(arn, ":events:") && !strstr(arn, ":s3:::"))
        return fail(c, FAIL_PARAMETER,
                    strcmp(outcome, "OnSuccess") == 0
                        ? "The provided destination config DestinationConfig(onSuccess=OnSuccess("
                          "destination=%s), onFailure=null) is invalid."
                        : "The provided destination config DestinationConfig(onSuccess=null, "
                          "onFailure=OnFailure(destination=%s)) is invalid.",
                    arn);
    name = strstr(arn, ":function:");
    if (!strstr(arn, ":lambda:") || !name)
        return 0;
    name = arena_dup_str(&c->arena, (struct str){name + 10, strcspn(name + 10, ":")});
    if (strcmp(name, ref->name) == 0)
        return fail(c, FAIL_PARAMETER,
                    "You can't specify the function as a destination for itself.");
    if (!store_function(c, name, &row))
        return fail(c, FAIL_PARAMETER, "The destination ARN %s is invalid.", arn);
    return 0;
}

/* ---- reading ---- */

struct members {
    json_int_t retries, age;
    json_t *destinations;
    const char *success, *failure;
};

static int read_members(struct call *c, struct members *m)
{
    struct checks k;

    m->retries = m->age = -1;
    m->destinations = NULL;
    if (body_integer(c, "MaximumRetryAttempts", &m->retries) ||
        body_integer(c, "MaximumEventAgeInSeconds", &m->age) ||
        body_object(c, "DestinationConfig", &m->destinations))
        return -1;
    m->success = destination_of(m->destinations, "OnSuccess");
    m->failure = destination_of(m->destinations, "OnFailure");
    checks_begin(&k, c);
    if (json_object_get(c->body, "MaximumRetryAttempts"))
        check_range(&k, m->retries, "maximumRetryAttempts", 0, 2);
    if (json_object_get(c->body, "MaximumEventAgeInSeconds"))
        check_range(&k, m->age, "maximumEventAgeInSeconds", 60, 21600);
    check_pattern(&k, m->success, "destinationConfig.onSuccess.destination", RULE_DESTINATION);
    check_pattern(&k, m->failure, "destinationConfig.onFailure.destination", RULE_DESTINATION);
    return checks_end(&k);
}

static int check_exists(struct call *c, const struct function_ref *ref)
{
    struct version v;

    if (store_resolve(c, ref, &v, NULL) == 0)
        return 0;
    return fail(c, FAIL_NOT_FOUND, "The function doesn't exist.");
}

static int apply(struct call *c, const struct function_ref *ref, struct resource *r,
                 const struct members *m)
{
    if (check_destination(c, ref, m->success, "OnSuccess") < 0 ||
        check_destination(c, ref, m->failure, "OnFailure") < 0)
        return -1;
    if (m->retries >= 0)
        json_object_set_new(r->document, "MaximumRetryAttempts", json_integer(m->retries));
    if (m->age >= 0)
        json_object_set_new(r->document, "MaximumEventAgeInSeconds", json_integer(m->age));
    if (m->destinations) {
        json_t *shown = json_pack("{s{} s{}}", "OnSuccess", "OnFailure");

        json_object_update(shown, m->destinations);
        json_object_set_new(r->document, "DestinationConfig", shown);
    }
    json_object_set_new(r->document, "LastModified", json_real((double)c->now_ms / 1000));
    resource_put(c, r);
    return answer(c, 200, json_incref(r->document));
}

static int fail_missing(struct call *c, const struct function_ref *ref)
{
    return fail(c, FAIL_NOT_FOUND, "The function %s doesn't have an EventInvokeConfig",
                function_arn(c, ref->name, key_of(ref)));
}

/* ---- operations ---- */

static int read_target(struct call *c, struct function_ref *ref)
{
    struct checks k;

    checks_begin(&k, c);
    return function_ref_parse(c, &k, c->labels[0], RULE_FUNCTION_OLD, call_query(c, "Qualifier"),
                              RULE_QUALIFIER, ref);
}

int event_config_put(struct call *c)
{
    struct function_ref ref;
    struct members m;
    struct resource r = {.kind = "invoke-config"};

    if (read_target(c, &ref) < 0 || read_members(c, &m) < 0)
        return -1;
    if (m.retries < 0 && m.age < 0 && !m.destinations)
        return fail(c, FAIL_PARAMETER,
                    "You must specify at least one of error handling or destination setting.");
    if (check_exists(c, &ref) < 0)
        return -1;
    r.owner = ref.name;
    r.key = key_of(&ref);
    r.document = call_own(c, json_pack("{ss s{s{} s{}}}", "FunctionArn",
                                       function_arn(c, ref.name, key_of(&ref)), "DestinationConfig",
                                       "OnSuccess", "OnFailure"));
    return apply(c, &ref, &r, &m);
}

int event_config_update(struct call *c)
{
    struct function_ref ref;
    struct members m;
    struct resource r;

    if (read_target(c, &ref) < 0 || read_members(c, &m) < 0)
        return -1;
    if (m.retries < 0 && m.age < 0 && !m.destinations)
        return fail(c, FAIL_PARAMETER,
                    "You must specify at least one of error handling or destination setting.");
    if (check_exists(c, &ref) < 0)
        return -1;
    if (!resource_get(c, "invoke-config", ref.name, key_of(&ref), &r))
        return fail_missing(c, &ref);
    return apply(c, &ref, &r, &m);
}

int event_config_get(struct call *c)
{
    struct function_ref ref;
    struct resource r;

    if (read_target(c, &ref) < 0)
        return -1;
    if (!resource_get(c, "invoke-config", ref.name, key_of(&ref), &r))
        return fail_missing(c, &ref);
    return answer(c, 200, json_incref(r.document));
}

int event_config_delete(struct call *c)
{
    struct function_ref ref;

    if (read_target(c, &ref) < 0)
        return -1;
    if (!resource_delete(c, "invoke-config", ref.name, key_of(&ref)))
        return fail_missing(c, &ref);
    return answer_nothing(c, 204);
}

int event_config_list(struct call *c)
{
    struct function_ref ref;
    struct function_row row;
    struct page page;

    if (read_target(c, &ref) < 0 || page_read(c, PAGE_MAX, &page) < 0)
        return -1;
    if (!store_function(c, ref.name, &row))
        return fail(c, FAIL_NOT_FOUND, "The function doesn't exist.");
    return resource_answer_page(c, "invoke-config", ref.name, "FunctionEventInvokeConfigs", &page,
                                NULL);
}
