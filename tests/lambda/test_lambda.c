/* Requests byte for byte, answers with what AWS really sends, Invoke and lists through a server. */
#include "tests/test.h"

#include <stdio.h>

#include "lambda/alias.h"
#include "lambda/function.h"
#include "lambda/invoke.h"
#include "lambda/version.h"
#include "tests/aws/script_server.h"

struct fixture {
    struct script_server *server;
    struct aws_client *client;
    struct err err;
};

static void begin(struct fixture *f, const struct script_step *steps, size_t count)
{
    f->server = script_server_start(steps, count);

    const struct aws_client_options o = {.region = "us-east-1",
                                         .endpoint = script_server_url(f->server),
                                         .access_key = "local",
                                         .secret_key = "local"};

    assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
}

static void end(struct fixture *f)
{
    aws_client_free(f->client);
    script_server_stop(f->server);
}

static void assert_body(struct aws_request *r, const char *want)
{
    if (!str_eq_c(r->body, want))
        fail_msg("%.*s is not %s", STR_ARG(r->body), want);
    aws_request_release(r);
}

static void weights_are_kept_cleared_or_set(void **state)
{
    struct alias_change c = {.function = "f", .alias = "Live", .version = "2", .revision_id = "r"};
    struct aws_request r;

    (void)state;
    alias_update_request(&r, &c);
    assert_body(&r, "{\"FunctionVersion\":\"2\",\"RevisionId\":\"r\"}");
    c.weights = ALIAS_WEIGHTS_CLEAR;
    alias_update_request(&r, &c);
    assert_body(&r,
                "{\"FunctionVersion\":\"2\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{}},"
                "\"RevisionId\":\"r\"}");
    c.weights = ALIAS_WEIGHTS_SET;
    c.weight_version = "3";
    c.weight = 0.25;
    alias_update_request(&r, &c);
    assert_body(&r, "{\"FunctionVersion\":\"2\",\"RoutingConfig\":{\"AdditionalVersionWeights\":"
                    "{\"3\":0.25}},\"RevisionId\":\"r\"}");
}

static void names_that_are_arns_or_paths_stay_one_segment(void **state)
{
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"orders", "/2015-03-31/functions/orders"},
        {"arn:aws:lambda:r:1:function:f:A", "/2015-03-31/functions/"
                                            "arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Af%3AA"},
        {"a/../b", "/2015-03-31/functions/a%2F..%2Fb"},
        {"..", "/2015-03-31/functions/%2E%2E"},
        {"a?b#c%d e", "/2015-03-31/functions/a%3Fb%23c%25d%20e"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_request r;

        function_get_request(&r, rows[i].name, "$LATEST");
        assert_string_equal(buf_c(&r.path), rows[i].path);
        assert_string_equal(buf_c(&r.query), "Qualifier=%24LATEST");
        aws_request_release(&r);
    }
}

static void answers_that_are_none_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *body, *message;
    } rows[] = {
        {"", "no JSON"},
        {"{\"Name\":\"Live\"", "no JSON"},
        {"[]", "no JSON object"},
        {"{}", "without Name"},
        {"{\"Name\":\"Live\",\"FunctionVersion\":7}", "FunctionVersion of the answer is no string"},
        {"{\"Name\":\"Live\",\"FunctionVersion\":\"1234567890123456789012345678901234567890\"}",
         "longer than 31 bytes"},
        {"{\"Name\":\"L\",\"FunctionVersion\":\"1\",\"RoutingConfig\":{"
         "\"AdditionalVersionWeights\":"
         "{\"2\":\"x\"}}}",
         "weights nobody can read"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct alias a = {.version = "untouched"};
        struct err err = {0};

        assert_int_equal(alias_read(str_c(rows[i].body), &a, &err), -1);
        assert_int_equal(err.kind, ERR_UNKNOWN);
        assert_contains(err.text, rows[i].message);
        assert_string_equal(a.version, "untouched");
    }
}

static void lists_are_read_to_their_last_page(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"Versions\":[{\"FunctionName\":\"f\",\"Version\":\"$LATEST\"}],"
                           "\"NextMarker\":\"a/b+c=\"}"},
        {"200 OK", .body = "{\"Versions\":[],\"NextMarker\":\"x\"}"},
        {"200 OK", .body = "{\"Versions\":[{\"FunctionName\":\"f\",\"Version\":\"1\"}]}"}};
    struct fixture f = {0};
    struct version_list list;

    (void)state;
    begin(&f, steps, ARRAY_LEN(steps));
    assert_int_equal(version_list(f.client, "f", &list, &f.err), 0);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[1].version, "1");
    assert_contains(script_server_request(f.server, 1), "/versions?Marker=a%2Fb%2Bc%3D HTTP");
    version_list_release(&list);
    end(&f);
}

static void invoke_returns_what_the_function_and_lambda_said(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK",
         "X-Amz-Executed-Version: 12\r\nX-Amz-Function-Error: Unhandled\r\n"
         "X-Amz-Log-Result: aGVsbG8K\r\nx-amzn-RequestId: 9\r\n",
         "{\"errorType\":\"E\"}"}};
    const struct invoke_request q = {.function = "orders",
                                     .qualifier = "Smoke",
                                     .payload = STR("{\"a\":1}"),
                                     .log_tail = true,
                                     .client_context = STR("{}")};
    struct fixture f = {0};
    struct invoke_reply reply;
    const char *sent;

    (void)state;
    begin(&f, steps, 1);
    assert_int_equal(invoke(f.client, &q, &reply, &f.err), 0);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.executed_version, "12");
    assert_string_equal(reply.function_error, "Unhandled");
    assert_string_equal(reply.request_id, "9");
    assert_string_equal(buf_c(&reply.log), "hello\n");
    assert_string_equal(buf_c(&reply.payload), "{\"errorType\":\"E\"}");
    assert_int_equal(reply.error.status, 0);
    assert_true(reply.timing.total_us > 0);
    sent = script_server_request(f.server, 0);
    assert_contains(sent, "POST /2015-03-31/functions/orders/invocations?Qualifier=Smoke HTTP");
    assert_contains(sent, "x-amz-log-type: Tail\r\n");
    assert_contains(sent, "x-amz-invocation-type: RequestResponse\r\n");
    assert_contains(sent, "x-amz-client-context: e30=\r\n");
    assert_contains(sent, "\r\n\r\n{\"a\":1}");
    invoke_reply_release(&reply);
    end(&f);
}

static void invoke_is_sent_once_whatever_happens(void **state)
{
    static const struct {
        struct script_step step;
        int result;
        enum err_kind kind; /* of the transport, or of the service's no */
    } rows[] = {
        {{NULL}, -1, ERR_UNKNOWN},
        {{"200 OK", .body = "{", .cut = true}, -1, ERR_UNKNOWN},
        {{"429 Too Many Requests", "x-amzn-ErrorType: TooManyRequestsException\r\n"},
         0,
         ERR_THROTTLED},
        {{"500 Internal", "x-amzn-ErrorType: ServiceException\r\n"}, 0, ERR_UNKNOWN},
        {{"502 Bad Gateway", "x-amzn-ErrorType: ENILimitReachedException\r\n"}, 0, ERR_SERVICE},
        {{"404 Not Found", "x-amzn-ErrorType: ResourceNotFoundException\r\n"}, 0, ERR_NOT_FOUND},
        {{"403 Forbidden", "x-amzn-ErrorType: AccessDeniedException\r\n"}, 0, ERR_DENIED},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct invoke_request q = {.function = "f", .payload = STR("{}")};
        struct fixture f = {0};
        struct invoke_reply reply = {0};

        begin(&f, &rows[i].step, 1);
        assert_int_equal(invoke(f.client, &q, &reply, &f.err), rows[i].result);
        if (rows[i].result == 0)
            invoke_reply_error(&reply, &f.err);
        assert_int_equal(f.err.kind, rows[i].kind);
        assert_int_equal(script_server_requests(f.server), 1);
        invoke_reply_release(&reply);
        end(&f);
    }
}

static void a_client_context_beyond_lambdas_limit_is_refused_before_sending(void **state)
{
    static char text[3000];
    struct aws_request r;
    struct err err = {0};

    (void)state;
    memset(text, 'x', sizeof(text));

    const struct invoke_request q = {.function = "f", .client_context = {text, sizeof(text)}};

    assert_int_equal(invoke_request(&r, &q, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_contains(err.text, "4000 bytes as base64");
}

static void waiting_ends_when_ready_and_at_once_when_failed(void **state)
{
#define CONFIGURATION(members)                                                                     \
    "{\"Configuration\":{\"FunctionName\":\"f\",\"Version\":\"1\"," members "}}"
    static const struct script_step ready[] = {
        {"200 OK", .body = CONFIGURATION("\"State\":\"Pending\"")},
        {"200 OK",
         .body = CONFIGURATION("\"State\":\"Active\",\"LastUpdateStatus\":\"Successful\"")}};
    static const struct script_step failed[] = {
        {"200 OK", .body = CONFIGURATION("\"State\":\"Failed\",\"StateReason\":\"no image\","
                                         "\"StateReasonCode\":\"ImageDeleted\"")}};
    struct fixture f = {0};
    struct function_info info;

    (void)state;
    begin(&f, ready, 2);
    assert_int_equal(function_wait(f.client, "f", "1", 5000, &info, &f.err), 0);
    assert_int_equal(info.state, FUNCTION_ACTIVE);
    end(&f);
    begin(&f, failed, 1);
    assert_int_equal(function_wait(f.client, "f", "1", 60000, &info, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_REFUSED);
    assert_string_equal(f.err.text,
                        "lambda: f version 1: its state is Failed (ImageDeleted): no image");
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

static void the_whole_function_is_never_deleted(void **state)
{
    static const struct script_step steps[] = {{"204 No Content"}};
    static const char *const rows[] = {"$LATEST", "", "Live", "-1"};
    struct fixture f = {0};

    (void)state;
    begin(&f, steps, 1);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(version_delete(f.client, "f", rows[i], &f.err), -1);
    assert_int_equal(script_server_requests(f.server), 0);
    assert_int_equal(version_delete(f.client, "f", "7", &f.err), 0);
    assert_contains(script_server_request(f.server, 0),
                    "DELETE /2015-03-31/functions/f?Qualifier=7");
    end(&f);
}

/* ---- environment variables ---- */

static void the_variables_of_latest_are_read_or_it_is_said_why_not(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"FunctionName\":\"f\",\"Version\":\"$LATEST\",\"RevisionId\":\"r\","
                           "\"Environment\":{\"Variables\":{\"A\":\"b\"}}}"},
        {"200 OK", .body = "{\"FunctionName\":\"f\",\"Version\":\"$LATEST\",\"RevisionId\":\"r\"}"},
        {"200 OK", .body = "{\"FunctionName\":\"f\",\"Version\":\"$LATEST\",\"RevisionId\":\"r\","
                           "\"Environment\":{\"Error\":{\"ErrorCode\":\"AccessDeniedException\","
                           "\"Message\":\"no key\"}}}"},
        {"200 OK", .body = "[]"}};
    struct fixture f = {0};
    struct function_info info;
    json_t *variables = NULL;

    (void)state;
    begin(&f, steps, 4);
    assert_int_equal(function_get_environment(f.client, "f", &variables, &info, &f.err), 0);
    assert_int_equal(json_object_size(variables), 1);
    assert_string_equal(json_string_value(json_object_get(variables, "A")), "b");
    assert_string_equal(info.revision_id, "r");
    json_decref(variables);
    assert_int_equal(function_get_environment(f.client, "f", &variables, &info, &f.err), 0);
    assert_int_equal(json_object_size(variables), 0);
    json_decref(variables);
    assert_int_equal(function_get_environment(f.client, "f", &variables, &info, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_DENIED);
    assert_contains(f.err.text, "the environment variables cannot be read: no key");
    assert_int_equal(function_get_environment(f.client, "f", &variables, &info, &f.err), -1);
    assert_contains(f.err.text, "lambda GetFunctionConfiguration: the answer is no JSON object");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_kept_cleared_or_set),
        cmocka_unit_test(names_that_are_arns_or_paths_stay_one_segment),
        cmocka_unit_test(answers_that_are_none_are_refused_with_a_reason),
        cmocka_unit_test(lists_are_read_to_their_last_page),
        cmocka_unit_test(invoke_returns_what_the_function_and_lambda_said),
        cmocka_unit_test(invoke_is_sent_once_whatever_happens),
        cmocka_unit_test(a_client_context_beyond_lambdas_limit_is_refused_before_sending),
        cmocka_unit_test(waiting_ends_when_ready_and_at_once_when_failed),
        cmocka_unit_test(the_whole_function_is_never_deleted),
        cmocka_unit_test(the_variables_of_latest_are_read_or_it_is_said_why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
