/* Functions, their revisions, states and versions, as answers recorded from AWS have them. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/local/api.h"

static struct api api;

#define F API_FUNCTIONS "/f"

static const char stale[] = "The Revision Id provided does not match the latest Revision Id. Call "
                            "the GetFunction/GetAlias API to retrieve the latest Revision Id";

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    api_create(&api, "f", "one");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

static const char *state_of(const char *target)
{
    return api_text(&api, 200, "GET", target, NULL, "State");
}

static void a_new_function_is_pending_until_its_time_has_come(void **state)
{
    char first[64];

    (void)state;
    api.options.create_ms = 1000;
    api_reopen(&api);
    api_create(&api, "slow", "x");
    assert_string_equal(state_of(API_FUNCTIONS "/slow/configuration"), "Pending");
    snprintf(first, sizeof(first), "%s", api_revision(&api, "slow"));
    api_fails(&api, 409, "ResourceConflictException",
              "The operation cannot be performed at this time. The function is currently in the "
              "following state: Pending",
              "POST", API_FUNCTIONS "/slow/versions", "{}");
    api_fails(&api, 409, "ResourceConflictException",
              "The operation cannot be performed at this time. The function is currently in the "
              "following state: Pending",
              "POST", API_FUNCTIONS "/slow/invocations", "{}");
    api.wall_ms += 1000;
    assert_string_equal(state_of(API_FUNCTIONS "/slow/configuration"), "Active");
    assert_string_not_equal(api_revision(&api, "slow"), first);
}

static void every_change_of_latest_changes_its_revision_and_nothing_else_does(void **state)
{
    const char *r1 = api_revision(&api, "f"), *r2, *r3, *r4;

    (void)state;
    assert_string_equal(api_revision(&api, "f"), r1); /* reading is no change */
    api_update_code(&api, "f", "two");
    r2 = api_revision(&api, "f");
    assert_string_not_equal(r1, r2);
    api_do(&api, 201, "POST", F "/versions", "{}");
    r3 = api_revision(&api, "f");
    assert_string_not_equal(r2, r3);
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"1\"}");
    assert_string_equal(api_revision(&api, "f"), r3);
    api_do(&api, 200, "PUT", F "/configuration", "{\"Timeout\":9}");
    r4 = api_revision(&api, "f");
    assert_string_not_equal(r3, r4);
    api_do(&api, 204, "POST", "/2017-03-31/tags/" API_ARN "f", "{\"Tags\":{\"team\":\"shop\"}}");
    assert_string_not_equal(api_revision(&api, "f"), r4);
}

static void the_revision_of_an_accepted_update_is_not_that_of_the_finished_one(void **state)
{
    const char *accepted;
    char body[128];

    (void)state;
    accepted = api_text(&api, 200, "PUT", F "/configuration", "{\"Timeout\":9}", "RevisionId");
    snprintf(body, sizeof(body), "{\"RevisionId\":\"%s\"}", accepted);
    api_fails(&api, 412, "PreconditionFailedException", stale, "POST", F "/versions", body);
    snprintf(body, sizeof(body), "{\"RevisionId\":\"%s\"}", api_revision(&api, "f"));
    api_do(&api, 201, "POST", F "/versions", body);
}

static void a_stale_revision_changes_nothing(void **state)
{
    static const char *const rows[][3] = {
        {"PUT", F "/configuration", "{\"RevisionId\":\"x\",\"Timeout\":9}"},
        {"POST", F "/versions", "{\"RevisionId\":\"x\"}"},
        {"PUT", F "/code", "{\"RevisionId\":\"x\",\"ZipFile\":\"UEs=\"}"},
        {"PUT", F "/aliases/Live", "{\"RevisionId\":\"x\",\"FunctionVersion\":\"$LATEST\"}"},
    };
    json_t *before, *after;

    (void)state;
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"1\"}");
    before = api_call(&api, 200, "GET", F "/configuration", NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        api_fails(&api, 412, "PreconditionFailedException", stale, rows[i][0], rows[i][1],
                  rows[i][2]);
    after = api_call(&api, 200, "GET", F "/configuration", NULL);
    assert_true(json_equal(before, after));
    assert_string_equal(api_text(&api, 200, "GET", F "/aliases/Live", NULL, "FunctionVersion"),
                        "1");
    json_decref(before);
    json_decref(after);
}

static void a_second_update_has_to_wait(void **state)
{
    static const char text[] = "The operation cannot be performed at this time. An update is in "
                               "progress for resource: " API_ARN "f";

    (void)state;
    api.options.update_ms = 500;
    api_reopen(&api);
    assert_string_equal(
        api_text(&api, 200, "PUT", F "/configuration", "{\"Timeout\":9}", "LastUpdateStatus"),
        "InProgress");
    api_fails(&api, 409, "ResourceConflictException", text, "PUT", F "/configuration",
              "{\"Timeout\":10}");
    api_fails(&api, 409, "ResourceConflictException", text, "PUT", F "/code",
              "{\"ZipFile\":\"UEs=\"}");
    api_fails(&api, 409, "ResourceConflictException", text, "POST", F "/versions", "{}");
    api.wall_ms += 500;
    api_do(&api, 201, "POST", F "/versions", "{}");
}

/* What an invocation of $LATEST gets to run. */
static const char *runs(const char *member)
{
    return api_text(&api, 200, "POST", F "/invocations", "{}", member);
}

static void the_old_code_serves_until_an_update_is_successful(void **state)
{
    const char *old, *new;

    (void)state;
    old = runs("code");
    api.options.update_ms = 500;
    api_reopen(&api);
    api_update_code(&api, "f", "two");
    assert_string_equal(runs("code"), old);
    api.wall_ms += 500;
    new = runs("code");
    assert_string_not_equal(new, old);
    api_do(&api, 200, "PUT", F "/configuration", "{\"Handler\":\"slow\"}");
    assert_string_equal(api_text(&api, 200, "GET", F "/configuration", NULL, "Handler"), "slow");
    assert_string_equal(runs("code"), new);
    /* And one that fails leaves what there was. */
    api.wall_ms += 500;
    api_do(&api, 200, "PUT", "/_smokegate/faults",
           "{\"rules\":[{\"operation\":\"UpdateFunctionCode\",\"fail\":\"no\"}]}");
    api_update_code(&api, "f", "three");
    api.wall_ms += 500;
    assert_string_equal(api_text(&api, 200, "GET", F "/configuration", NULL, "LastUpdateStatus"),
                        "Failed");
    assert_string_equal(runs("code"), new);
    api_update_code(&api, "f", "four");
    api.wall_ms += 500;
    assert_string_equal(runs("code"), new); /* it failed as well */
    api_do(&api, 200, "DELETE", "/_smokegate/faults", NULL);
    api_update_code(&api, "f", "one");
    api.wall_ms += 500;
    assert_string_equal(runs("code"), old);
}

static void publishing_what_did_not_change_gives_the_same_version(void **state)
{
    const char *first, *revision, *latest;

    (void)state;
    first = api_text(&api, 201, "POST", F "/versions", "{\"Description\":\"a\"}", "RevisionId");
    latest = api_revision(&api, "f");
    assert_string_equal(
        api_text(&api, 201, "POST", F "/versions", "{\"Description\":\"b\"}", "Description"), "a");
    revision = api_text(&api, 201, "POST", F "/versions", "{}", "RevisionId");
    assert_string_equal(revision, first);
    assert_string_equal(api_revision(&api, "f"), latest);
    api_update_code(&api, "f", "one"); /* an update to the same code */
    assert_string_equal(api_text(&api, 201, "POST", F "/versions", "{}", "Version"), "1");
    api_do(&api, 200, "PUT", F "/configuration", "{\"Timeout\":9}");
    assert_string_equal(api_text(&api, 201, "POST", F "/versions", "{}", "Version"), "2");
}

static void version_numbers_are_never_used_again(void **state)
{
    (void)state;
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_do(&api, 204, "DELETE", F "?Qualifier=1", NULL);
    assert_string_equal(api_text(&api, 201, "POST", F "/versions", "{}", "Version"), "2");
    api_do(&api, 204, "DELETE", F, NULL);
    api_create(&api, "f", "one");
    assert_string_equal(api_text(&api, 201, "POST", F "/versions", "{}", "Version"), "3");
}

static void another_hash_than_that_of_latest_is_refused(void **state)
{
    const char *sha = api_text(&api, 200, "GET", F "/configuration", NULL, "CodeSha256");
    char text[256], body[128];

    (void)state;
    snprintf(text, sizeof(text),
             "CodeSHA256 (no) is different from current CodeSHA256 in $LATEST (%s). Please try "
             "again with the CodeSHA256 in $LATEST.",
             sha);
    api_fails(&api, 400, "InvalidParameterValueException", text, "POST", F "/versions",
              "{\"CodeSha256\":\"no\"}");
    snprintf(body, sizeof(body), "{\"CodeSha256\":\"%s\"}", sha);
    api_do(&api, 201, "POST", F "/versions", body);
}

static void publishing_with_an_update_starts_pending_and_keeps_its_code(void **state)
{
    char body[128], one[64];

    (void)state;
    snprintf(one, sizeof(one), "%s",
             api_text(&api, 200, "GET", F "/configuration", NULL, "CodeSha256"));
    snprintf(body, sizeof(body), "{%s,\"Publish\":true}", api_zip_member("two"));
    assert_string_equal(api_text(&api, 200, "PUT", F "/code", body, "State"), "Pending");
    assert_string_equal(state_of(F "/configuration?Qualifier=1"), "Active");
    api_update_code(&api, "f", "three");
    assert_string_not_equal(
        api_text(&api, 200, "GET", F "/configuration?Qualifier=1", NULL, "CodeSha256"), one);
    assert_string_not_equal(
        api_text(&api, 200, "GET", F "/configuration?Qualifier=1", NULL, "CodeSha256"),
        api_text(&api, 200, "GET", F "/configuration", NULL, "CodeSha256"));
}

static void a_dry_run_changes_nothing(void **state)
{
    const char *revision = api_revision(&api, "f");
    char body[128];

    (void)state;
    snprintf(body, sizeof(body), "{%s,\"DryRun\":true}", api_zip_member("two"));
    api_do(&api, 200, "PUT", F "/code", body);
    assert_string_equal(api_revision(&api, "f"), revision);
}

static void versions_are_listed_fifty_a_page_without_states(void **state)
{
    json_t *page, *versions;
    char body[32], target[512];

    (void)state;
    for (int i = 0; i < 60; i++) {
        snprintf(body, sizeof(body), "{\"Timeout\":%d}", 10 + i);
        api_do(&api, 200, "PUT", F "/configuration", body);
        api_do(&api, 201, "POST", F "/versions", "{}");
    }
    page = api_call(&api, 200, "GET", F "/versions?MaxItems=1000", NULL);
    versions = json_object_get(page, "Versions");
    assert_int_equal(json_array_size(versions), 50);
    assert_null(json_object_get(json_array_get(versions, 0), "State"));
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(versions, 0), "FunctionArn")),
        API_ARN "f:$LATEST");
    snprintf(target, sizeof(target), F "/versions?Marker=%s",
             json_string_value(json_object_get(page, "NextMarker")));
    json_decref(page);
    page = api_call(&api, 200, "GET", target, NULL);
    versions = json_object_get(page, "Versions");
    assert_int_equal(json_array_size(versions), 11);
    assert_string_equal(json_string_value(json_object_get(json_array_get(versions, 10), "Version")),
                        "60");
    assert_null(json_object_get(page, "NextMarker"));
    json_decref(page);
    api_fails(&api, 400, "InvalidParameterValueException", "Invalid marker", "GET",
              F "/versions?Marker=nonsense", NULL);
}

static void everything_is_there_after_a_restart(void **state)
{
    const char *revision;

    (void)state;
    api_do(&api, 201, "POST", F "/versions", "{}");
    api_do(&api, 201, "POST", F "/aliases", "{\"Name\":\"Live\",\"FunctionVersion\":\"1\"}");
    revision = api_revision(&api, "f");
    api_reopen(&api);
    assert_string_equal(api_revision(&api, "f"), revision);
    assert_string_equal(api_text(&api, 200, "GET", F "/aliases/Live", NULL, "FunctionVersion"),
                        "1");
    assert_string_equal(api_text(&api, 200, "POST", F "/invocations", "{}", "version"), "$LATEST");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_new_function_is_pending_until_its_time_has_come),
        CASE(every_change_of_latest_changes_its_revision_and_nothing_else_does),
        CASE(the_revision_of_an_accepted_update_is_not_that_of_the_finished_one),
        CASE(a_stale_revision_changes_nothing),
        CASE(a_second_update_has_to_wait),
        CASE(the_old_code_serves_until_an_update_is_successful),
        CASE(publishing_what_did_not_change_gives_the_same_version),
        CASE(version_numbers_are_never_used_again),
        CASE(another_hash_than_that_of_latest_is_refused),
        CASE(publishing_with_an_update_starts_pending_and_keeps_its_code),
        CASE(a_dry_run_changes_nothing),
        CASE(versions_are_listed_fifty_a_page_without_states),
        CASE(everything_is_there_after_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
