/* Aliases, their routing, and what qualifiers and names mean. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/local/api.h"

static struct api api;

#define F API_FUNCTIONS "/f"

/* Two versions and Live on the first. */
static int setup(void **state)
{
    (void)state;
    api_open(&api);
    api_create(&api, "f", "one");
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_update_code(&api, "f", "two");
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"1\"}");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

static void an_update_without_members_still_changes_the_revision(void **state)
{
    const char *before = api_text(&api, 200, "GET", F "/aliases/Live", NULL, "RevisionId");
    const char *after = api_text(&api, 200, "PUT", F "/aliases/Live", "{}", "RevisionId");

    (void)state;
    assert_string_not_equal(before, after);
    assert_string_equal(api_text(&api, 200, "GET", F "/aliases/Live", NULL, "RevisionId"), after);
}

static json_t *routing_after(const char *body)
{
    json_t *alias = api_call(&api, 200, "PUT", F "/aliases/Live", body);
    json_t *routing = json_incref(json_object_get(alias, "RoutingConfig"));

    json_decref(alias);
    return routing;
}

static void routing_is_kept_when_omitted_and_cleared_when_empty(void **state)
{
    json_t *routing =
        routing_after("{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0.2}}}");
    char *text = json_dumps(routing, JSON_COMPACT | JSON_REAL_PRECISION(15));

    (void)state;
    assert_string_equal(text, "{\"AdditionalVersionWeights\":{\"2\":0.2}}");
    free(text);
    json_decref(routing);
    routing = routing_after("{\"Description\":\"d\"}");
    assert_non_null(routing);
    json_decref(routing);
    routing = routing_after("{\"RoutingConfig\":{\"AdditionalVersionWeights\":{}}}");
    assert_null(routing);
}

static void wrong_routing_is_refused_in_the_services_words(void **state)
{
    static const struct {
        int status;
        const char *type, *text, *body;
    } rows[] = {
        {400, "InvalidParameterValueException",
         "Number of items in AdditionalVersionWeights cannot be greater than 1",
         "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"1\":0.2,\"2\":0.5}}}"},
        {400, "ValidationException",
         "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' "
         "failed to satisfy constraint: Map value must satisfy constraint: [Member must have value "
         "less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member "
         "must not be null]",
         "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":2.0}}}"},
        {400, "ValidationException",
         "1 validation error detected: Value '{$LATEST=0.5}' at "
         "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
         "satisfy constraint: [Member must have length less than or equal to 1024, Member must "
         "have length greater than or equal to 1, Member must satisfy regular expression pattern: "
         "[0-9]+]",
         "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"$LATEST\":0.5}}}"},
        {400, "InvalidParameterValueException",
         "Invalid function version 1. Function version 1 is already included in routing "
         "configuration.",
         "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"1\":0.5}}}"},
        {400, "InvalidParameterValueException",
         "$LATEST is not supported for an alias pointing to more than 1 version",
         "{\"FunctionVersion\":\"$LATEST\",\"RoutingConfig\":{\"AdditionalVersionWeights\":"
         "{\"1\":0.5}}}"},
        {404, "ResourceNotFoundException", "Function not found: " API_ARN "f:10",
         "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"10\":0.5}}}"},
        {404, "ResourceNotFoundException", "Function not found: " API_ARN "f:10",
         "{\"FunctionVersion\":\"10\"}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        api_fails(&api, rows[i].status, rows[i].type, rows[i].text, "PUT", F "/aliases/Live",
                  rows[i].body);
    assert_string_equal(api_text(&api, 200, "GET", F "/aliases/Live", NULL, "FunctionVersion"),
                        "1");
}

static void each_operation_has_its_own_words_for_a_missing_alias(void **state)
{
    (void)state;
    api_fails(&api, 404, "ResourceNotFoundException", "Cannot find alias arn: " API_ARN "f:no",
              "GET", F "/aliases/no", NULL);
    api_fails(&api, 404, "ResourceNotFoundException", "Alias not found: " API_ARN "f:no", "PUT",
              F "/aliases/no", "{}");
    api_fails(&api, 404, "ResourceNotFoundException", "Function not found: " API_ARN "f:no", "POST",
              F "/invocations?Qualifier=no", "{}");
    api_fails(&api, 409, "ResourceConflictException", "Alias already exists: " API_ARN "f:Live",
              "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"1\"}");
    api_do(&api, 204, "DELETE", F "/aliases/no", NULL);
}

static void a_version_that_an_alias_needs_cannot_be_deleted(void **state)
{
    static const char text[] =
        "Unable to delete version because the following aliases reference it: [Live]";

    (void)state;
    api_fails(&api, 409, "ResourceConflictException", text, "DELETE", F "?Qualifier=1", NULL);
    api_do(&api, 200, "PUT", F "/aliases/Live",
           "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":0}}}");
    api_fails(&api, 409, "ResourceConflictException", text, "DELETE", F "?Qualifier=2", NULL);
    api_do(&api, 200, "PUT", F "/aliases/Live",
           "{\"FunctionVersion\":\"2\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{}}}");
    api_do(&api, 204, "DELETE", F "?Qualifier=1", NULL);
    api_do(&api, 204, "DELETE", F "?Qualifier=1", NULL); /* a second time, too */
}

static unsigned runs_of_second(double weight)
{
    char body[128];
    unsigned count = 0;

    snprintf(body, sizeof(body), "{\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"2\":%g}}}",
             weight);
    api_do(&api, 200, "PUT", F "/aliases/Live", body);
    for (int i = 0; i < 400; i++)
        if (strcmp(api_text(&api, 200, "POST", F "/invocations?Qualifier=Live", "{}", "version"),
                   "2") == 0)
            count++;
    return count;
}

static void weights_send_invocations_to_both_versions(void **state)
{
    (void)state;
    assert_int_equal(runs_of_second(0), 0);
    assert_in_range(runs_of_second(0.25), 70, 130); /* seeded: the same in every run */
    assert_int_equal(runs_of_second(1), 400);
}

static void an_alias_answers_under_its_own_name(void **state)
{
    const char *target = F "/configuration?Qualifier=Live";

    (void)state;
    assert_string_equal(api_text(&api, 200, "GET", target, NULL, "FunctionArn"), API_ARN "f:Live");
    assert_string_equal(api_text(&api, 200, "GET", target, NULL, "Version"), "1");
}

static void a_function_has_many_names(void **state)
{
    static const char *const names[] = {
        "f:Live",
        "f%3ALive",
        "function:f:Live",
        "123456789012:function:f:Live",
        "arn:aws:lambda:us-east-1:123456789012:function:f:Live",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af%3ALive",
    };
    char target[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(target, sizeof(target), API_FUNCTIONS "/%s/invocations", names[i]);
        assert_string_equal(api_text(&api, 200, "POST", target, "{}", "arn"), API_ARN "f:Live");
        snprintf(target, sizeof(target), API_FUNCTIONS "/%s/invocations?Qualifier=1", names[i]);
        api_fails(&api, 400, "InvalidParameterValueException",
                  "The derived qualifier from the function name does not match the specified "
                  "qualifier.",
                  "POST", target, "{}");
    }
}

static void names_of_elsewhere_are_refused(void **state)
{
    (void)state;
    api_fails(&api, 404, "ResourceNotFoundException",
              "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')", "GET",
              API_FUNCTIONS "/arn:aws:lambda:eu-west-1:123456789012:function:f", NULL);
    api_do(&api, 403, "GET", API_FUNCTIONS "/arn:aws:lambda:us-east-1:210987654321:function:f",
           NULL);
    api_fails(&api, 404, "ResourceNotFoundException", "Function not found: " API_ARN "g", "GET",
              API_FUNCTIONS "/g", NULL);
    api_fails(&api, 404, "ResourceNotFoundException", "Function not found: " API_ARN "g:$LATEST",
              "POST", API_FUNCTIONS "/g/invocations", "{}");
}

static void what_the_model_refuses_is_refused_in_its_words(void **state)
{
    char target[256], qualifier[130];

    (void)state;
    memset(qualifier, 'a', sizeof(qualifier) - 1);
    qualifier[129] = '\0';
    snprintf(target, sizeof(target), F "?Qualifier=%s", qualifier);
    api_do(&api, 400, "GET", target, NULL);
    api_fails(&api, 400, "ValidationException",
              "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: "
              "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
              "POST", F "/aliases", "{\"Name\":\"2024\",\"FunctionVersion\":\"1\"}");
    api_fails(&api, 400, "SerializationException", "NUMBER_VALUE can not be converted to a String",
              "POST", F "/aliases", "{\"Name\":1,\"FunctionVersion\":\"1\"}");
    api_do(&api, 400, "POST", F "/aliases", "{\"Name\":");
    api_do(&api, 400, "POST", F "/aliases", "[]");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_update_without_members_still_changes_the_revision),
        CASE(routing_is_kept_when_omitted_and_cleared_when_empty),
        CASE(wrong_routing_is_refused_in_the_services_words),
        CASE(each_operation_has_its_own_words_for_a_missing_alias),
        CASE(a_version_that_an_alias_needs_cannot_be_deleted),
        CASE(weights_send_invocations_to_both_versions),
        CASE(an_alias_answers_under_its_own_name),
        CASE(a_function_has_many_names),
        CASE(names_of_elsewhere_are_refused),
        CASE(what_the_model_refuses_is_refused_in_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
