/* What a client is made of: its endpoint, and the rate it shares. */
#include "tests/test.h"

#include "aws/http.h"
#include "tests/aws/call_fixture.h"

static void plain_http_stays_on_this_machine(void **state)
{
    struct aws_client_options o = {.region = "eu-west-1",
                                   .endpoint = "http://127.0.0.1.example.com:8080",
                                   .access_key = "a",
                                   .secret_key = "b"};
    struct fixture f = {0};

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_INPUT);
    assert_string_equal(f.err.text,
                        "endpoint http://127.0.0.1.example.com:8080: plain http goes to this "
                        "machine only, elsewhere credentials and payloads would be readable; use "
                        "https or --insecure-http");
    o.insecure_http = true;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    aws_client_free(f.client);
}

/* Other services' too, whatever the client was made with. */
static void plain_http_to_sts_is_refused_by_the_request(void **state)
{
    const struct http_request request = {
        .method = "GET", .url = "http://sts.example.com/", .timeout_ms = 1000, .connect_ms = 1000};
    struct http_pool *pool = http_pool_new();
    struct aws_reply reply = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(http_send(pool, &request, &reply, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_contains(err.text, "http://sts.example.com:80: plain http goes to this machine only");
    http_pool_free(pool);
}

static void clients_of_one_pool_share_one_rate(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct fixture f = {0};
    struct aws_pool *pool = aws_pool_new();
    struct aws_client *clients[2];

    (void)state;
    fixture_clock(&f);
    f.server = script_server_start(steps, 1);
    for (int i = 0; i < 2; i++) {
        const struct aws_client_options o = {.region = "r",
                                             .endpoint = script_server_url(f.server),
                                             .access_key = "a",
                                             .secret_key = "b",
                                             .clock = &f.clock,
                                             .pool = pool,
                                             .rate = 3};

        assert_int_equal(aws_client_new(&clients[i], &o, &f.err), 0);
    }
    for (int i = 0; i < 16; i++) { /* 3 at once less 1 reserved: the others 1/3 s apart */
        fixture_ask(&f, AWS_READS);
        f.request.quota = AWS_QUOTA_CONTROL;
        assert_int_equal(aws_call(clients[i % 2], &f.request, &f.reply, &f.err), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&f.request);
    }
    assert_in_range(f.time.slept_ms, 4300, 5500);
    aws_client_free(clients[0]);
    aws_client_free(clients[1]);
    aws_pool_free(pool);
    fixture_end(&f);
}

static const char *same_account(void *ctx, const char *name)
{
    if (strcmp(name, "AWS_ACCOUNT_ID") == 0)
        return "123456789012";
    return strcmp(name, "AWS_ACCESS_KEY_ID") == 0       ? ctx
           : strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? "secret"
                                                        : NULL;
}

static void an_account_has_one_rate_whatever_its_keys(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    static char one[] = "AKIAONE", two[] = "AKIATWO";
    struct fixture f = {0};
    struct aws_pool *pool = aws_pool_new();
    struct aws_client *clients[2];

    (void)state;
    fixture_clock(&f);
    f.server = script_server_start(steps, 1);
    for (int i = 0; i < 2; i++) {
        const struct aws_client_options o = {.env = {same_account, i ? two : one},
                                             .region = "r",
                                             .endpoint = script_server_url(f.server),
                                             .clock = &f.clock,
                                             .pool = pool,
                                             .rate = 3};

        assert_int_equal(aws_client_new(&clients[i], &o, &f.err), 0);
    }
    for (int i = 0; i < 16; i++) {
        fixture_ask(&f, AWS_READS);
        f.request.quota = AWS_QUOTA_CONTROL;
        assert_int_equal(aws_call(clients[i % 2], &f.request, &f.reply, &f.err), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&f.request);
    }
    assert_in_range(f.time.slept_ms, 4300, 5500);
    assert_string_equal(aws_client_account(clients[0]), "123456789012");
    aws_client_free(clients[0]);
    aws_client_free(clients[1]);
    aws_pool_free(pool);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_http_stays_on_this_machine),
        cmocka_unit_test(plain_http_to_sts_is_refused_by_the_request),
        cmocka_unit_test(clients_of_one_pool_share_one_rate),
        cmocka_unit_test(an_account_has_one_rate_whatever_its_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
