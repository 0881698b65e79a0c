/* Against a server that misbehaves: what is sent again, what never, and after how long. */
#include "tests/test.h"

#include <stdio.h>
#include <time.h>

#include "aws/curl.h"
#include "tests/aws/call_fixture.h"

static void what_is_sent_again_depends_on_what_it_does(void **state)
{
#define THROTTLE                                                                                   \
    "{\"Type\":\"User\",\"message\":\"Rate exceeded\",\"Reason\":\"CallerRateLimitExceeded\"}"
    static const struct script_step throttled[] = {
        {"429 Too Many Requests", "x-amzn-ErrorType: TooManyRequestsException\r\n", THROTTLE},
        {"200 OK"}};
    static const struct script_step unavailable[] = {{"503 Service Unavailable"}, {"200 OK"}};
    static const struct script_step internal[] = {
        {"500 Internal", "x-amzn-ErrorType: ServiceException:http://x/\r\n", "{\"Message\":\"o\"}"},
        {"200 OK"}};
    static const struct script_step silent[] = {{NULL}, {"200 OK"}};
    static const struct script_step cut[] = {{"200 OK", .body = "{", .cut = true}, {"200 OK"}};
    static const struct script_step refused[] = {
        {"400 Bad", "x-amzn-ErrorType: InvalidParameterValueException\r\n", "{\"message\":\"no\"}"},
        {"200 OK"}};
    static const struct script_step moved[] = {
        {"412 Precondition Failed", "x-amzn-ErrorType: PreconditionFailedException\r\n"},
        {"200 OK"}};
    static const struct {
        const struct script_step *steps;
        enum aws_effect effect;
        int result;
        enum err_kind kind;
        size_t requests;
    } rows[] = {
        {throttled, AWS_READS, 0, ERR_NONE, 2},
        {throttled, AWS_CHANGES, 0, ERR_NONE, 2},
        {unavailable, AWS_READS, 0, ERR_NONE, 2},
        {unavailable, AWS_CHANGES, -1, ERR_UNKNOWN, 1},
        {internal, AWS_READS, 0, ERR_NONE, 2},
        {internal, AWS_CHANGES, -1, ERR_UNKNOWN, 1},
        {silent, AWS_READS, 0, ERR_NONE, 2},
        {silent, AWS_CHANGES, -1, ERR_UNKNOWN, 1},
        {cut, AWS_READS, 0, ERR_NONE, 2},
        {cut, AWS_CHANGES, -1, ERR_UNKNOWN, 1},
        {refused, AWS_READS, -1, ERR_REFUSED, 1},
        {refused, AWS_CHANGES, -1, ERR_REFUSED, 1},
        {moved, AWS_CHANGES, -1, ERR_PRECONDITION, 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {0};

        fixture_begin(&f, rows[i].steps, 2);
        if (fixture_call(&f, rows[i].effect) != rows[i].result || f.err.kind != rows[i].kind ||
            script_server_requests(f.server) != rows[i].requests)
            fail_msg("row %zu: %d requests, kind %s: %s", i, (int)script_server_requests(f.server),
                     err_kind_name(f.err.kind), f.err.text);
        fixture_end(&f);
    }
}

static void libcurl_may_not_repeat_a_change_on_a_connection_that_died(void **state)
{
    /* The first answer leaves the connection open; the second request is read, then nothing. */
    static const struct script_step steps[] = {{"200 OK"}, {NULL}, {"200 OK"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), 0);
    aws_reply_release(&f.reply);
    aws_request_release(&f.request);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_UNKNOWN);
    assert_contains(f.err.text, "may have been carried out");
    assert_int_equal(script_server_requests(f.server), 2);
    fixture_end(&f);
}

static void retry_after_is_obeyed(void **state)
{
    static const struct script_step steps[] = {
        {"429 Too Many Requests", "Retry-After: 3\r\n"},
        {"429 Too Many Requests", "x-amz-retry-after: 700\r\n"},
        {"200 OK"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_READS), 0);
    assert_int_equal(f.reply.attempts, 3);
    assert_in_range(f.time.slept_ms, 3700, 3700 + 5000 + 5000);
    fixture_end(&f);
}

static void retry_after_may_be_a_date(void **state)
{
    static char headers[100];
    const struct script_step steps[] = {{"503 Service Unavailable", headers}, {"200 OK"}};
    const time_t at = (time_t)(clock_wall(&clock_system) / 1000) + 20;
    struct fixture f = {0};
    struct tm tm;

    (void)state;
    gmtime_r(&at, &tm);
    strftime(headers, sizeof(headers), "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_READS), 0);
    assert_in_range(f.time.slept_ms, 10000, 25000);
    fixture_end(&f);
}

static void who_was_throttled_slows_down(void **state)
{
    static const struct script_step steps[] = {
        {"429 Too Many Requests", "x-amz-retry-after: 0\r\n"}, {"200 OK"}};
    struct fixture f = {0};

    (void)state;
    fixture_clock(&f);
    f.server = script_server_start(steps, 2);

    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f.server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .clock = &f.clock,
                                         .rate = 0.1,
                                         .timeout_ms = 600000,
                                         .seed = 7};

    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    fixture_ask(&f, AWS_READS);
    f.request.quota = AWS_QUOTA_CONTROL; /* a burst of two: the second would go at once */
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), 0);
    assert_int_equal(f.reply.attempts, 2);
    assert_true(f.time.slept_ms >= 9000); /* ten seconds a call now */
    fixture_end(&f);
}

/* Calls against a service that is down until one is not repeated any more; how many there were. */
static int use_up_the_quota(struct fixture *f)
{
    int calls = 0;

    for (;; calls++) {
        f->err = (struct err){0};
        assert_int_equal(fixture_call(f, AWS_READS), -1);
        aws_request_release(&f->request);
        if (!strstr(f->err.text, "(attempt 5)"))
            return calls;
    }
}

static void a_service_that_is_down_is_not_hammered(void **state)
{
    static struct script_step steps[] = {{"503 Service Unavailable"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(use_up_the_quota(&f), 8); /* 500 tokens, 4 retries of 14 a call */
    assert_int_equal(fixture_call(&f, AWS_READS), -1);
    assert_null(strstr(f.err.text, "attempt")); /* sent once */
    aws_request_release(&f.request);
    steps[0].status = "200 OK";   /* it is up again: every success gives a token back */
    for (int i = 0; i < 4; i++) { /* 10 + 4: one retry */
        assert_int_equal(fixture_call(&f, AWS_READS), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&f.request);
    }
    steps[0].status = "503 Service Unavailable";
    assert_int_equal(fixture_call(&f, AWS_READS), -1);
    assert_contains(f.err.text, "(attempt 2)");
    fixture_end(&f);
}

static void attempts_end_and_say_how_many_there_were(void **state)
{
    static const struct script_step steps[] = {{"503 Service Unavailable", .body = "busy"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_SERVICE);
    assert_contains(f.err.text, "503: busy (attempt 5)");
    assert_int_equal(script_server_requests(f.server), 5);
    fixture_end(&f);
}

static void a_wrong_clock_is_corrected_once_from_the_services_date(void **state)
{
    static char headers[128];
    const struct script_step steps[] = {
        {"403 Forbidden", headers,
         "{\"message\":\"Signature expired: 20200101T000000Z is now earlier than ...\"}"},
        {"200 OK"},
        {"200 OK"}};
    struct fixture f = {.time = {.skew_ms = -3600 * 1000}};
    const int64_t now = clock_wall(&clock_system);
    char date[40], want[24];
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;

    (void)state;
    gmtime_r(&seconds, &tm);
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
    snprintf(headers, sizeof(headers),
             "x-amzn-ErrorType: InvalidSignatureException\r\nDate: %s\r\n", date);
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), 0);
    assert_int_equal(script_server_requests(f.server), 2);
    clock_format_basic(want, sizeof(want), now);
    want[11] = '\0'; /* to the hour and ten minutes */
    if (now / 1000 % 600 < 590)
        assert_contains(strstr(script_server_request(f.server, 1), "x-amz-date: "), want);
    aws_reply_release(&f.reply);
    aws_request_release(&f.request);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), 0); /* and it stays corrected */
    assert_int_equal(script_server_requests(f.server), 3);
    fixture_end(&f);
}

#define DATE_AHEAD "Date: Fri, 01 Jan 2100 00:00:00 GMT\r\n"

static void many_refused_for_their_date_are_all_signed_again(void **state)
{
    static const struct script_step steps[] = {
        {"403 Forbidden", DATE_AHEAD "x-amzn-ErrorType: InvalidSignatureException\r\n",
         "{\"message\":\"Signature expired: x\"}", .close = true}};
    struct fixture f = {0};
    struct aws_transfer *t[3];

    (void)state;
    BEGIN(&f, steps);
    fixture_ask(&f, AWS_INVOKES);
    for (int i = 0; i < 3; i++) /* all signed before the first answer */
        assert_int_equal(aws_transfer_new(&t[i], f.client, &f.request, &f.err), 0);
    for (int i = 0; i < 3; i++) {
        struct aws_error error;
        const CURLcode code = curl_easy_perform(aws_transfer_easy(t[i]));

        assert_int_equal(aws_transfer_finish(t[i], code, &f.reply, &error, &f.err), 0);
        assert_true(aws_transfer_sign_again(t[i]));
        aws_reply_release(&f.reply);
        aws_transfer_free(t[i]);
    }
    fixture_end(&f);
}

/* Credentials that expire, from a container, which is the same server. */
static const char *container(void *ctx, const char *name)
{
    return strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0 ? ctx : NULL;
}

#define CONTAINER(key)                                                                             \
    {                                                                                              \
        "200 OK", .body = "{\"AccessKeyId\":\"" key "\",\"SecretAccessKey\":\"secret\","           \
                          "\"Token\":\"token\",\"Expiration\":\"2100-01-01T00:00:00Z\"}"           \
    }
#define EXPIRED                                                                                    \
    {                                                                                              \
        "403 Forbidden", "x-amzn-ErrorType: ExpiredTokenException\r\n",                            \
            "{\"message\":\"The security token included in the request is expired\"}"              \
    }

#define REVOKED                                                                                    \
    {                                                                                              \
        "403 Forbidden", "x-amzn-ErrorType: UnrecognizedClientException\r\n",                      \
            "{\"message\":\"The security token included in the request is invalid.\"}"             \
    }

static void refused_credentials_are_fetched_anew_once(void **state)
{
    static const struct {
        struct script_step steps[5];
        int result;
        size_t requests;
    } rows[] = {
        {{CONTAINER("OLD1"), EXPIRED, CONTAINER("NEW1"), {"200 OK"}}, 0, 4},
        {{CONTAINER("OLD1"), REVOKED, CONTAINER("NEW1"), {"200 OK"}}, 0, 4},
        {{CONTAINER("OLD1"), EXPIRED, CONTAINER("NEW1"), EXPIRED, {"200 OK"}}, -1, 4},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {.server = script_server_start(rows[i].steps, 5)};
        char uri[100];

        snprintf(uri, sizeof(uri), "%s/credentials", script_server_url(f.server));

        const struct aws_client_options o = {.env = {container, uri},
                                             .region = "eu-west-1",
                                             .endpoint = script_server_url(f.server)};

        assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
        if (fixture_call(&f, AWS_CHANGES) != rows[i].result ||
            script_server_requests(f.server) != rows[i].requests)
            fail_msg("row %zu: %zu requests: %s", i, script_server_requests(f.server), f.err.text);
        assert_contains(script_server_request(f.server, 1), "Credential=OLD1/");
        assert_contains(script_server_request(f.server, 3), "Credential=NEW1/");
        fixture_end(&f);
    }
}

static void a_refused_date_with_the_right_clock_is_not_tried_for_ever(void **state)
{
    static const struct script_step steps[] = {{"403 Forbidden",
                                                "x-amzn-ErrorType: InvalidSignatureException\r\n",
                                                "{\"message\":\"Signature expired: really\"}"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(fixture_call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_int_equal(script_server_requests(f.server), 1);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_again_depends_on_what_it_does),
        cmocka_unit_test(libcurl_may_not_repeat_a_change_on_a_connection_that_died),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(retry_after_may_be_a_date),
        cmocka_unit_test(who_was_throttled_slows_down),
        cmocka_unit_test(a_service_that_is_down_is_not_hammered),
        cmocka_unit_test(attempts_end_and_say_how_many_there_were),
        cmocka_unit_test(a_wrong_clock_is_corrected_once_from_the_services_date),
        cmocka_unit_test(many_refused_for_their_date_are_all_signed_again),
        cmocka_unit_test(refused_credentials_are_fetched_anew_once),
        cmocka_unit_test(a_refused_date_with_the_right_clock_is_not_tried_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
