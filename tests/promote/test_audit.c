/* What the audit finds and what it lets be, by every kind of caller. */
#include "tests/test.h"

#include <stdio.h>

#include "promote/audit.h"

static const struct manifest_aliases aliases = {"Smoke", "Live", "Backup"};
static const struct manifest_function orders = {.key = "orders", .name = "orders-prod"};

static const struct audit_scope scope = {
    "prod", &aliases, {.region = "eu-west-1", .profile = "on call"}};
#define WHERE "--region eu-west-1 --profile 'on call' "

#define ARN(qualifier) "arn:aws:lambda:eu-west-1:123456789012:function:orders-prod" qualifier

static void sources_are_judged_by_what_they_are_bound_to(void **state)
{
    static const struct {
        const char *arn;
        bool bad;
    } rows[] = {
        {ARN(""), true},
        {ARN(":$LATEST"), true},
        {ARN(":Smoke"), true},
        {ARN(":7"), true},
        {ARN(":Live"), false},
        {ARN(":customers"), false},
        {"arn:aws:lambda:eu-west-1:123456789012:function:orders-prod-2", false},
        {"arn:aws:lambda:eu-west-1:123456789012:function:other:Smoke", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event_source source = {.id = "uuid-1", .source_arn = "arn:aws:sqs:eu-west-1:1:q"};
        const struct event_source_list list = {&source, 1};
        struct audit_report r = {0};

        snprintf(source.function_arn, sizeof(source.function_arn), "%s", rows[i].arn);
        audit_judge_sources(&r, &scope, &orders, &list);
        if (r.failures != rows[i].bad)
            fail_msg("%s: %zu failures", rows[i].arn, r.failures);
        if (rows[i].bad) {
            assert_string_equal(r.items[0].source_arn, "arn:aws:sqs:eu-west-1:1:q");
            assert_string_equal(r.items[0].repair,
                                "aws lambda update-event-source-mapping " WHERE "--uuid uuid-1 "
                                "--function-name orders-prod:Live");
        }
        audit_report_release(&r);
    }
}

static struct policy_statement grant(const char *sid, const char *principal, const char *source)
{
    return (struct policy_statement){.sid = sid,
                                     .allows = true,
                                     .principal = principal,
                                     .action = "lambda:InvokeFunction",
                                     .source_arn = source,
                                     .source_account = "",
                                     .url_auth_type = ""};
}

static void services_may_call_live_alone(void **state)
{
    struct policy_statement bare[] = {grant("rule", "events.amazonaws.com", "arn:aws:events:r*"),
                                      grant("me", "arn:aws:iam::123456789012:root", "")};
    struct policy_statement live[] = {grant("rule", "s3.amazonaws.com", "arn:aws:s3:::b")};
    struct audit_evidence e = {.function = &orders, .live.exists = true};
    struct audit_report r = {0};

    (void)state;
    e.bare.statements = bare;
    e.bare.count = 2;
    e.on_live.statements = live;
    e.on_live.count = 1;
    audit_judge(&r, &scope, &e);
    assert_int_equal(r.failures, 1);
    assert_int_equal(r.count, 2);
    assert_string_equal(r.items[0].check,
                        "grant"); /* Live is allowed before others are forbidden */
    assert_string_equal(r.items[0].repair,
                        "aws lambda add-permission " WHERE "--function-name orders-prod "
                        "--qualifier Live --statement-id rule-2 --action lambda:InvokeFunction "
                        "--principal events.amazonaws.com --source-arn 'arn:aws:events:r*'");
    assert_contains(r.items[1].text, "\"rule\" lets events.amazonaws.com call the bare function");
    assert_string_equal(r.items[1].source_arn, "arn:aws:events:r*");
    assert_string_equal(r.items[1].repair, "aws lambda remove-permission " WHERE
                                           "--function-name orders-prod --statement-id rule");
    audit_report_release(&r);
}

static void a_grant_that_live_has_too_is_not_missing(void **state)
{
    struct policy_statement both[] = {grant("rule", "events.amazonaws.com", "arn:aws:events:r")};
    struct audit_evidence e = {.function = &orders, .live.exists = true};
    struct audit_report r = {0};

    (void)state;
    e.on_smoke.statements = e.on_live.statements = both;
    e.on_smoke.count = e.on_live.count = 1;
    audit_judge(&r, &scope, &e);
    assert_int_equal(r.count, 1);
    assert_contains(r.items[0].text, "call Smoke");
    assert_contains(r.items[0].repair, "--qualifier Smoke");
    audit_report_release(&r);
}

static void urls_settings_and_weights(void **state)
{
    struct function_url urls[] = {
        {.function_arn = ARN(""), .url = "https://a/", .auth_type = "NONE"},
        {.function_arn = ARN(":Live"), .url = "https://b/"}};
    struct event_invoke settings[] = {{.function_arn = ARN(":$LATEST")}};
    struct provisioned provisioned[] = {{.function_arn = ARN(":3"), .requested = 5},
                                        {.function_arn = ARN(":Live"), .requested = 5}};
    struct audit_evidence e = {.function = &orders,
                               .live.exists = true,
                               .smoke.exists = true,
                               .urls = {urls, 2},
                               .asynchronous = {settings, 1},
                               .provisioned = {provisioned, 2}};
    static const char *const checks[] = {"url", "event-invoke-config", "provisioned-concurrency",
                                         "weights"};
    struct audit_report r = {0};

    (void)state;
    e.smoke.alias.weight_count = 1;
    snprintf(e.smoke.alias.weights[0].version, LAMBDA_VERSION_SIZE, "4");
    e.live.alias.weight_count = 1; /* a weighted step of ours: no finding */
    e.live.mark.state = MARK_CANARY;
    audit_judge(&r, &scope, &e);
    assert_int_equal(r.failures, 1);
    assert_int_equal(r.count, ARRAY_LEN(checks));
    for (size_t i = 0; i < r.count; i++)
        assert_string_equal(r.items[i].check, checks[i]);
    assert_contains(r.items[2].text, "5 provisioned for version 3");
    audit_report_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_judged_by_what_they_are_bound_to),
        cmocka_unit_test(services_may_call_live_alone),
        cmocka_unit_test(a_grant_that_live_has_too_is_not_missing),
        cmocka_unit_test(urls_settings_and_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
