/* Who calls a function: ARNs, policies as AWS writes them, lists in pages. */
#include "tests/test.h"

#include "lambda/arn.h"
#include "lambda/layer.h"
#include "lambda/policy.h"
#include "lambda/qualified.h"
#include "lambda/source.h"
#include "tests/aws/script_server.h"

static void an_arn_is_taken_apart_or_is_none(void **state)
{
    static const struct {
        const char *arn, *function, *qualifier; /* function NULL: none */
    } rows[] = {
        {"arn:aws:lambda:eu-west-1:123456789012:function:orders", "orders", ""},
        {"arn:aws:lambda:eu-west-1:123456789012:function:orders:Live", "orders", "Live"},
        {"arn:aws-cn:lambda:cn-north-1:1:function:orders:7", "orders", "7"},
        {"arn:aws:lambda:eu-west-1:1:function:orders:$LATEST", "orders", "$LATEST"},
        {"arn:aws:lambda:eu-west-1:1:function:orders:", NULL, NULL},
        {"arn:aws:lambda:eu-west-1:1:function:orders:Live:x", NULL, NULL},
        {"arn:aws:lambda:eu-west-1:1:function:", NULL, NULL},
        {"arn:aws:lambda:eu-west-1:1:function", NULL, NULL},
        {"arn:aws:lambda:eu-west-1:1:layer:common:7", NULL, NULL},
        {"arn:aws:sqs:eu-west-1:1:function:orders", NULL, NULL},
        {"orders:Live", NULL, NULL},
        {"", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct lambda_arn arn;
        const bool is = lambda_arn_split(str_c(rows[i].arn), &arn);

        if (is != (rows[i].function != NULL) ||
            (is && (!str_eq_c(arn.function, rows[i].function) ||
                    !str_eq_c(arn.qualifier, rows[i].qualifier))))
            fail_msg("%s", rows[i].arn);
    }
}

static void a_policy_is_read_as_aws_writes_it(void **state)
{
    static const char body[] =
        "{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Id\\\":\\\"default\\\","
        "\\\"Statement\\\":[{\\\"Sid\\\":\\\"s3\\\",\\\"Effect\\\":\\\"Allow\\\","
        "\\\"Principal\\\":{\\\"Service\\\":\\\"s3.amazonaws.com\\\"},"
        "\\\"Action\\\":\\\"lambda:InvokeFunction\\\",\\\"Resource\\\":\\\"arn:x\\\","
        "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"AWS:SourceAccount\\\":\\\"1\\\"},"
        "\\\"ArnLike\\\":{\\\"AWS:SourceArn\\\":\\\"arn:aws:s3:::b\\\"}}},"
        "{\\\"Effect\\\":\\\"Deny\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":[\\\"a\\\","
        "\\\"b\\\"],\\\"Condition\\\":{\\\"StringEquals\\\":{"
        "\\\"lambda:FunctionUrlAuthType\\\":\\\"NONE\\\"}}}]}\",\"RevisionId\":\"r\"}";
    struct policy p = {0};

    (void)state;
    assert_int_equal(policy_read(str_c(body), &p, NULL), 0);
    assert_string_equal(p.revision_id, "r");
    assert_int_equal(p.count, 2);
    assert_string_equal(p.statements[0].sid, "s3");
    assert_true(p.statements[0].allows);
    assert_string_equal(p.statements[0].principal, "s3.amazonaws.com");
    assert_string_equal(p.statements[0].action, "lambda:InvokeFunction");
    assert_string_equal(p.statements[0].source_arn, "arn:aws:s3:::b");
    assert_string_equal(p.statements[0].source_account, "1");
    assert_string_equal(p.statements[0].url_auth_type, "");
    assert_false(p.statements[1].allows);
    assert_string_equal(p.statements[1].principal, "*");
    assert_string_equal(p.statements[1].action, "a, b");
    assert_string_equal(p.statements[1].url_auth_type, "NONE");
    policy_release(&p);
}

static void a_policy_that_is_none_is_refused(void **state)
{
    static const char *const bodies[] = {"{}", "{\"Policy\":\"{\"}", "{\"Policy\":\"{}\"}",
                                         "{\"Policy\":{}}", "[]"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct policy p = {0};
        struct err err = {0};

        assert_int_equal(policy_read(str_c(bodies[i]), &p, &err), -1);
        assert_int_equal(err.kind, ERR_UNKNOWN);
    }
}

static struct aws_client *client_at(struct script_server *server)
{
    const struct aws_client_options o = {.region = "us-east-1",
                                         .endpoint = script_server_url(server),
                                         .access_key = "local",
                                         .secret_key = "local"};
    struct aws_client *client = NULL;

    assert_int_equal(aws_client_new(&client, &o, NULL), 0);
    return client;
}

static void all_pages_are_read(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"EventSourceMappings\":[{\"UUID\":\"1\"}],\"NextMarker\":\"a/b=\"}"},
        {"200 OK", .body = "{\"EventSourceMappings\":[],\"NextMarker\":\"c\"}"},
        {"200 OK", .body = "{\"EventSourceMappings\":[{\"UUID\":\"2\"}]}"}};
    struct script_server *server = script_server_start(steps, 3);
    struct aws_client *client = client_at(server);
    struct event_source_list list = {0};

    (void)state;
    assert_int_equal(event_source_list(client, NULL, &list, NULL), 0);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[1].id, "2");
    assert_contains(script_server_request(server, 1),
                    "GET /2015-03-31/event-source-mappings?Marker=a%2Fb%3D HTTP/1.1");
    event_source_list_release(&list);
    aws_client_free(client);
    script_server_stop(server);
}

static void an_answer_without_its_list_is_no_empty_list(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "{}"}};
    struct script_server *server = script_server_start(steps, 1);
    struct aws_client *client = client_at(server);
    struct provisioned_list list = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(provisioned_list(client, "orders", &list, &err), -1);
    assert_int_equal(err.kind, ERR_UNKNOWN);
    assert_contains(err.text, "no array ProvisionedConcurrencyConfigs");
    assert_contains(script_server_request(server, 0),
                    "GET /2019-09-30/functions/orders/provisioned-concurrency?List=ALL HTTP");
    aws_client_free(client);
    script_server_stop(server);
}

static void a_layer_is_asked_for_by_its_arn(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"LayerVersionArn\":\"arn:aws:lambda:eu-west-1:1:layer:c:7\","
                           "\"Version\":7,\"Content\":{\"CodeSha256\":\"s=\",\"CodeSize\":9}}"}};
    struct script_server *server = script_server_start(steps, 1);
    struct aws_client *client = client_at(server);
    struct layer_version layer;

    (void)state;
    assert_int_equal(layer_get_by_arn(client, "arn:aws:lambda:eu-west-1:1:layer:c:7", &layer, NULL),
                     0);
    assert_string_equal(layer.code_sha256, "s=");
    assert_contains(script_server_request(server, 0),
                    "GET /2018-10-31/layers?Arn=arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Alayer%3Ac%3A7"
                    "&find=LayerVersion HTTP/1.1");
    aws_client_free(client);
    script_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arn_is_taken_apart_or_is_none),
        cmocka_unit_test(a_policy_is_read_as_aws_writes_it),
        cmocka_unit_test(a_policy_that_is_none_is_refused),
        cmocka_unit_test(all_pages_are_read),
        cmocka_unit_test(an_answer_without_its_list_is_no_empty_list),
        cmocka_unit_test(a_layer_is_asked_for_by_its_arn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
