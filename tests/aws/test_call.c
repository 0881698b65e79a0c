/* What goes out, what comes back, and what is said when it does not. */
#include "tests/test.h"

#include "tests/aws/call_fixture.h"

static void a_signed_request_goes_out_byte_for_byte(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .headers = "X-Amzn-RequestId: 17\r\n", .body = "{\"a\":1}"}};
    struct fixture f = {0};
    struct str id;

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), 0);
    assert_int_equal(f.reply.status, 200);
    assert_string_equal(buf_c(&f.reply.body), "{\"a\":1}");
    assert_true(aws_reply_header(&f.reply, "x-amzn-requestid", &id));
    assert_true(str_eq_c(id, "17"));
    assert_false(aws_reply_header(&f.reply, "x-amzn-request", &id));
    const char *sent = script_server_request(f.server, 0);
    assert_contains(sent, "PUT /2015-03-31/functions/orders/aliases/a%3Ab%24?Qualifier=%24LATEST "
                          "HTTP/1.1\r\n");
    assert_contains(sent, "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
    assert_contains(sent, "/eu-west-1/lambda/aws4_request, "
                          "SignedHeaders=content-type;host;x-amz-date, Signature=");
    assert_contains(sent, "content-type: application/json\r\n");
    assert_contains(sent, "User-Agent: smokegate/");
    assert_null(strstr(sent, "Expect"));
    assert_null(strstr(sent, "wJalrX"));
    fixture_end(&f);
}

static void dots_in_a_name_lead_nowhere_else(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    aws_request_init(&f.request, "lambda", "GetAlias", "GET", AWS_READS);
    aws_request_path(&f.request, "/2015-03-31/functions/");
    aws_request_segment(&f.request, "..");
    aws_request_path(&f.request, "/aliases/./Live");
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), 0);
    assert_contains(script_server_request(f.server, 0),
                    "GET /2015-03-31/functions/%2E%2E/aliases/./Live HTTP/1.1\r\n");
    fixture_end(&f);
}

static void an_error_names_everything_one_needs(void **state)
{
    static const struct script_step steps[] = {
        {"409 Conflict",
         "x-amzn-ErrorType: ResourceConflictException:http://internal/\r\n"
         "x-amzn-RequestId: 7f1c\r\n",
         "{\"Type\":\"User\",\"message\":\"An update is in progress\"}"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_CONFLICT);
    assert_string_equal(f.err.text, "lambda UpdateAlias orders: 409 ResourceConflictException: An "
                                    "update is in progress (request id 7f1c)");
    assert_string_equal(aws_client_error(f.client)->type, "ResourceConflictException");
    assert_int_equal(aws_client_error(f.client)->status, 409);
    fixture_end(&f);
}

static void a_deadline_covers_an_answer_that_does_not_come(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    struct fixture f = {0};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    BEGIN(&f, steps);
    fixture_ask(&f, AWS_CHANGES);
    f.request.timeout_ms = 300;
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_UNKNOWN);
    assert_contains(f.err.text, "no answer in time");
    assert_true(clock_mono(&clock_system) - start < 5000);
    fixture_end(&f);
}

static void an_answer_beyond_its_cap_is_refused(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "0123456789abcdef0"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    fixture_ask(&f, AWS_READS);
    f.request.max_reply_bytes = 16;
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_LIMIT);
    assert_contains(f.err.text, "longer than 16 bytes");
    assert_int_equal(script_server_requests(f.server), 1);
    fixture_end(&f);
}

static void a_refused_connection_is_unreachable_even_for_a_change(void **state)
{
    struct fixture f = {0};
    char url[64];

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", script_server_free_port());
    fixture_begin_at(&f, url);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "lambda UpdateAlias orders: http://127.0.0.1:");
    assert_contains(f.err.text, "(attempt 5)");
    fixture_end(&f);
}

static void redirects_are_not_followed(void **state)
{
    static const struct script_step steps[] = {{"302 Found", "Location: http://127.0.0.1:1/\r\n"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_REFUSED);
    assert_int_equal(script_server_requests(f.server), 1);
    fixture_end(&f);
}

static void credentials_that_are_not_there_are_an_error_of_the_call(void **state)
{
    struct fixture f = {0};
    const struct aws_client_options o = {
        .region = "r", .endpoint = "http://127.0.0.1:1", .profile = "nobody", .clock = &f.clock};

    (void)state;
    fixture_clock(&f);
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text,
                    "lambda UpdateAlias orders: credentials: profile nobody: not found");
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_request_goes_out_byte_for_byte),
        cmocka_unit_test(dots_in_a_name_lead_nowhere_else),
        cmocka_unit_test(an_error_names_everything_one_needs),
        cmocka_unit_test(a_deadline_covers_an_answer_that_does_not_come),
        cmocka_unit_test(an_answer_beyond_its_cap_is_refused),
        cmocka_unit_test(a_refused_connection_is_unreachable_even_for_a_change),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(credentials_that_are_not_there_are_an_error_of_the_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
