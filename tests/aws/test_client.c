/* The blocking client against a server that misbehaves: what is sent again, what never, what is
 * said. */
#include "tests/test.h"

#include <stdio.h>
#include <time.h>

#include "aws/client.h"
#include "aws/curl.h"
#include "aws/http.h"
#include "tests/aws/script_server.h"

/* Waits cost no time; wall time may be wrong by `skew_ms`. */
struct fake_time {
    int64_t slept_ms, skew_ms;
};

static int64_t fake_mono(void *ctx)
{
    const struct fake_time *t = ctx;

    return clock_mono(&clock_system) + t->slept_ms;
}

static int64_t fake_wall(void *ctx)
{
    const struct fake_time *t = ctx;

    return clock_wall(&clock_system) + t->skew_ms;
}

static void fake_sleep(void *ctx, int64_t ms)
{
    struct fake_time *t = ctx;

    t->slept_ms += ms;
}

struct fixture {
    struct script_server *server;
    struct aws_client *client;
    struct fake_time time;
    struct clock clock;
    struct aws_request request;
    struct aws_reply reply;
    struct err err;
};

static void begin_at(struct fixture *f, const char *url)
{
    f->clock = (struct clock){fake_mono, fake_wall, fake_sleep, &f->time};

    const struct aws_client_options o = {.region = "eu-west-1",
                                         .endpoint = url,
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "wJalrXUtnFEMI/K7MDENG",
                                         .clock = &f->clock,
                                         .timeout_ms = 60000,
                                         .seed = 7};

    assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
}

static void begin(struct fixture *f, const struct script_step *steps, size_t count)
{
    f->server = script_server_start(steps, count);
    begin_at(f, script_server_url(f->server));
}

static void ask(struct fixture *f, enum aws_effect effect)
{
    aws_request_init(&f->request, "lambda", effect == AWS_READS ? "GetAlias" : "UpdateAlias",
                     effect == AWS_READS ? "GET" : "PUT", effect);
    aws_request_resource(&f->request, "orders");
    aws_request_path(&f->request, "/2015-03-31/functions/orders/aliases/");
    aws_request_segment(&f->request, "a:b$");
    aws_request_query(&f->request, "Qualifier", "$LATEST");
    if (effect != AWS_READS)
        aws_request_json(&f->request, STR("{}"));
}

static int call(struct fixture *f, enum aws_effect effect)
{
    ask(f, effect);
    return aws_call(f->client, &f->request, &f->reply, &f->err);
}

static void end(struct fixture *f)
{
    aws_reply_release(&f->reply);
    aws_request_release(&f->request);
    aws_client_free(f->client);
    if (f->server)
        script_server_stop(f->server);
}

#define BEGIN(f, steps) begin(f, steps, ARRAY_LEN(steps))

static void a_signed_request_goes_out_byte_for_byte(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .headers = "X-Amzn-RequestId: 17\r\n", .body = "{\"a\":1}"}};
    struct fixture f = {0};
    struct str id;

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(call(&f, AWS_CHANGES), 0);
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
    end(&f);
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
    end(&f);
}

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

        begin(&f, rows[i].steps, 2);
        if (call(&f, rows[i].effect) != rows[i].result || f.err.kind != rows[i].kind ||
            script_server_requests(f.server) != rows[i].requests)
            fail_msg("row %zu: %d requests, kind %s: %s", i, (int)script_server_requests(f.server),
                     err_kind_name(f.err.kind), f.err.text);
        end(&f);
    }
}

static void libcurl_may_not_repeat_a_change_on_a_connection_that_died(void **state)
{
    /* The first answer leaves the connection open; the second request is read, then nothing. */
    static const struct script_step steps[] = {{"200 OK"}, {NULL}, {"200 OK"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(call(&f, AWS_CHANGES), 0);
    aws_reply_release(&f.reply);
    aws_request_release(&f.request);
    assert_int_equal(call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_UNKNOWN);
    assert_contains(f.err.text, "may have been carried out");
    assert_int_equal(script_server_requests(f.server), 2);
    end(&f);
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
    assert_int_equal(call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_CONFLICT);
    assert_string_equal(f.err.text, "lambda UpdateAlias orders: 409 ResourceConflictException: An "
                                    "update is in progress (request id 7f1c)");
    assert_string_equal(aws_client_error(f.client)->type, "ResourceConflictException");
    assert_int_equal(aws_client_error(f.client)->status, 409);
    end(&f);
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
    assert_int_equal(call(&f, AWS_READS), 0);
    assert_int_equal(f.reply.attempts, 3);
    assert_in_range(f.time.slept_ms, 3700, 3700 + 5000 + 5000);
    end(&f);
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
    assert_int_equal(call(&f, AWS_READS), 0);
    assert_in_range(f.time.slept_ms, 10000, 25000);
    end(&f);
}

static void who_was_throttled_slows_down(void **state)
{
    static const struct script_step steps[] = {
        {"429 Too Many Requests", "x-amz-retry-after: 0\r\n"}, {"200 OK"}};
    struct fixture f = {.clock = {fake_mono, fake_wall, fake_sleep, NULL}};

    (void)state;
    f.clock.ctx = &f.time;
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
    ask(&f, AWS_READS);
    f.request.quota = AWS_QUOTA_CONTROL; /* a burst of two: the second would go at once */
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), 0);
    assert_int_equal(f.reply.attempts, 2);
    assert_true(f.time.slept_ms >= 9000); /* ten seconds a call now */
    end(&f);
}

/* Calls against a service that is down until one is not repeated any more; how many there were. */
static int use_up_the_quota(struct fixture *f)
{
    int calls = 0;

    for (;; calls++) {
        f->err = (struct err){0};
        assert_int_equal(call(f, AWS_READS), -1);
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
    assert_int_equal(call(&f, AWS_READS), -1);
    assert_null(strstr(f.err.text, "attempt")); /* sent once */
    aws_request_release(&f.request);
    steps[0].status = "200 OK";   /* it is up again: every success gives a token back */
    for (int i = 0; i < 4; i++) { /* 10 + 4: one retry */
        assert_int_equal(call(&f, AWS_READS), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&f.request);
    }
    steps[0].status = "503 Service Unavailable";
    assert_int_equal(call(&f, AWS_READS), -1);
    assert_contains(f.err.text, "(attempt 2)");
    end(&f);
}

static void attempts_end_and_say_how_many_there_were(void **state)
{
    static const struct script_step steps[] = {{"503 Service Unavailable", .body = "busy"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_SERVICE);
    assert_contains(f.err.text, "503: busy (attempt 5)");
    assert_int_equal(script_server_requests(f.server), 5);
    end(&f);
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
    assert_int_equal(call(&f, AWS_CHANGES), 0);
    assert_int_equal(script_server_requests(f.server), 2);
    clock_format_basic(want, sizeof(want), now);
    want[11] = '\0'; /* to the hour and ten minutes */
    if (now / 1000 % 600 < 590)
        assert_contains(strstr(script_server_request(f.server, 1), "x-amz-date: "), want);
    aws_reply_release(&f.reply);
    aws_request_release(&f.request);
    assert_int_equal(call(&f, AWS_CHANGES), 0); /* and it stays corrected */
    assert_int_equal(script_server_requests(f.server), 3);
    end(&f);
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
    ask(&f, AWS_INVOKES);
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
    end(&f);
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

static void expired_credentials_are_fetched_anew_once(void **state)
{
    static const struct {
        struct script_step steps[5];
        int result;
        size_t requests;
    } rows[] = {
        {{CONTAINER("OLD1"), EXPIRED, CONTAINER("NEW1"), {"200 OK"}}, 0, 4},
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
        if (call(&f, AWS_CHANGES) != rows[i].result ||
            script_server_requests(f.server) != rows[i].requests)
            fail_msg("row %zu: %zu requests: %s", i, script_server_requests(f.server), f.err.text);
        assert_contains(script_server_request(f.server, 1), "Credential=OLD1/");
        assert_contains(script_server_request(f.server, 3), "Credential=NEW1/");
        end(&f);
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
    assert_int_equal(call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

static void a_deadline_covers_an_answer_that_does_not_come(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    struct fixture f = {0};
    const int64_t start = clock_mono(&clock_system);

    (void)state;
    BEGIN(&f, steps);
    ask(&f, AWS_CHANGES);
    f.request.timeout_ms = 300;
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_UNKNOWN);
    assert_contains(f.err.text, "no answer in time");
    assert_true(clock_mono(&clock_system) - start < 5000);
    end(&f);
}

static void an_answer_beyond_its_cap_is_refused(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = "0123456789abcdef0"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    ask(&f, AWS_READS);
    f.request.max_reply_bytes = 16;
    assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_LIMIT);
    assert_contains(f.err.text, "longer than 16 bytes");
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

static void a_refused_connection_is_unreachable_even_for_a_change(void **state)
{
    struct fixture f = {0};
    char url[64];

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", script_server_free_port());
    begin_at(&f, url);
    assert_int_equal(call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_UNREACHABLE);
    assert_contains(f.err.text, "lambda UpdateAlias orders: http://127.0.0.1:");
    assert_contains(f.err.text, "(attempt 5)");
    end(&f);
}

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

static void redirects_are_not_followed(void **state)
{
    static const struct script_step steps[] = {{"302 Found", "Location: http://127.0.0.1:1/\r\n"}};
    struct fixture f = {0};

    (void)state;
    BEGIN(&f, steps);
    assert_int_equal(call(&f, AWS_READS), -1);
    assert_int_equal(f.err.kind, ERR_REFUSED);
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

static void an_interrupt_ends_the_waiting(void **state)
{
    static const struct script_step steps[] = {{"429 Too Many Requests", "Retry-After: 9\r\n"}};
    struct fixture f = {.clock = {fake_mono, fake_wall, fake_sleep, NULL}};

    (void)state;
    f.clock.ctx = &f.time;
    f.server = script_server_start(steps, 1);

    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f.server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .clock = &f.clock,
                                         .cancelled = always};

    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    assert_int_equal(call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_INTERRUPTED);
    assert_int_equal(script_server_requests(f.server), 1);
    end(&f);
}

static bool when_asked(void *ctx)
{
    return script_server_requests(ctx) > 0;
}

static void an_interrupt_breaks_off_a_read_but_waits_for_a_change(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    static const struct {
        enum aws_effect effect;
        int64_t timeout_ms;
        enum err_kind kind;
    } rows[] = {{AWS_READS, 15000, ERR_INTERRUPTED}, {AWS_CHANGES, 1500, ERR_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {.server = script_server_start(steps, 1)};
        const int64_t start = clock_mono(&clock_system);
        const struct aws_client_options o = {.region = "r",
                                             .endpoint = script_server_url(f.server),
                                             .access_key = "a",
                                             .secret_key = "b",
                                             .cancelled = when_asked,
                                             .cancelled_ctx = f.server};

        assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
        ask(&f, rows[i].effect);
        f.request.timeout_ms = rows[i].timeout_ms;
        assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
        assert_int_equal(f.err.kind, rows[i].kind);
        assert_true(clock_mono(&clock_system) - start < 10000);
        end(&f);
    }
}

static void clients_of_one_pool_share_one_rate(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct fixture f = {0};
    struct aws_pool *pool = aws_pool_new();
    struct aws_client *clients[2];

    (void)state;
    f.clock = (struct clock){fake_mono, fake_wall, fake_sleep, &f.time};
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
        ask(&f, AWS_READS);
        f.request.quota = AWS_QUOTA_CONTROL;
        assert_int_equal(aws_call(clients[i % 2], &f.request, &f.reply, &f.err), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&f.request);
    }
    assert_in_range(f.time.slept_ms, 4300, 5500);
    aws_client_free(clients[0]);
    aws_client_free(clients[1]);
    aws_pool_free(pool);
    end(&f);
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
    f.clock = (struct clock){fake_mono, fake_wall, fake_sleep, &f.time};
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
        ask(&f, AWS_READS);
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
    end(&f);
}

/* Requests that differ in their path; release them. */
static void ask_many(struct fixture *f, struct aws_request *requests, size_t count,
                     enum aws_effect effect)
{
    for (size_t i = 0; i < count; i++) {
        ask(f, effect);
        aws_request_segment(&f->request, (const char[]){(char)('a' + i), '\0'});
        requests[i] = f->request;
        f->request = (struct aws_request){0};
    }
}

static void what_is_sent_ahead_is_the_first_attempt_of_the_call(void **state)
{
    static const struct script_step steps[] = {{"200 OK", NULL, "one", .close = true}};
    struct fixture f = {0};
    struct aws_request requests[3];

    (void)state;
    BEGIN(&f, steps);
    ask_many(&f, requests, 3, AWS_READS);
    aws_client_ahead(f.client, requests, 3);
    assert_int_equal(script_server_requests(f.server), 3);
    for (int i = 2; i >= 0; i--) { /* in whatever order */
        assert_int_equal(aws_call(f.client, &requests[i], &f.reply, &f.err), 0);
        assert_string_equal(buf_c(&f.reply.body), "one");
        assert_int_equal(f.reply.attempts, 1);
        aws_reply_release(&f.reply);
    }
    assert_int_equal(script_server_requests(f.server), 3);
    assert_int_equal(aws_call(f.client, &requests[0], &f.reply, &f.err), 0); /* once only */
    aws_reply_release(&f.reply);
    assert_int_equal(script_server_requests(f.server), 4);
    aws_client_ahead(f.client, requests, 3);
    aws_client_ahead_end(f.client);
    assert_int_equal(aws_call(f.client, &requests[1], &f.reply, &f.err), 0); /* forgotten */
    assert_int_equal(script_server_requests(f.server), 8);
    for (size_t i = 0; i < 3; i++)
        aws_request_release(&requests[i]);
    end(&f);
}

static void an_interrupt_breaks_off_reads_sent_ahead_too(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    struct fixture f = {.server = script_server_start(steps, 1)};
    const int64_t start = clock_mono(&clock_system);
    struct aws_request requests[3];
    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f.server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .cancelled = when_asked,
                                         .cancelled_ctx = f.server};

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    ask_many(&f, requests, 3, AWS_READS);
    aws_client_ahead(f.client, requests, 3);
    assert_true(script_server_requests(f.server) > 0);
    assert_true(clock_mono(&clock_system) - start < 10000);
    for (size_t i = 0; i < 3; i++)
        aws_request_release(&requests[i]);
    end(&f);
}

static void a_first_attempt_made_ahead_is_judged_like_any(void **state)
{
    static const struct {
        struct script_step step;
        enum aws_effect effect;
        enum err_kind kind; /* of both calls */
        size_t requests;    /* after both of them */
    } rows[] = {
        {{"503 Unavailable", .close = true}, AWS_READS, ERR_SERVICE, 10},
        {{"503 Unavailable", .close = true}, AWS_CHANGES, ERR_UNKNOWN, 2},
        {{NULL}, AWS_CHANGES, ERR_UNKNOWN, 2},
        {{"429 Slow", "x-amzn-ErrorType: TooManyRequestsException\r\n", .close = true},
         AWS_CHANGES,
         ERR_THROTTLED,
         10},
        {{"412 No", "x-amzn-ErrorType: PreconditionFailedException\r\n", .close = true},
         AWS_CHANGES,
         ERR_PRECONDITION,
         2},
        {{"404 No", "x-amzn-ErrorType: ResourceNotFoundException\r\n", .close = true},
         AWS_READS,
         ERR_NOT_FOUND,
         2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {0};
        struct aws_request requests[2];

        begin(&f, &rows[i].step, 1);
        ask_many(&f, requests, 2, rows[i].effect);
        aws_client_ahead(f.client, requests, 2);
        assert_int_equal(script_server_requests(f.server), 2);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(aws_call(f.client, &requests[k], &f.reply, &f.err), -1);
            assert_int_equal(f.err.kind, rows[i].kind);
            aws_request_release(&requests[k]);
        }
        assert_int_equal(script_server_requests(f.server), rows[i].requests);
        end(&f);
    }
}

static void credentials_that_are_not_there_are_an_error_of_the_call(void **state)
{
    struct fixture f = {.clock = {fake_mono, fake_wall, fake_sleep, NULL}};
    const struct aws_client_options o = {
        .region = "r", .endpoint = "http://127.0.0.1:1", .profile = "nobody", .clock = &f.clock};

    (void)state;
    f.clock.ctx = &f.time;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    assert_int_equal(call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text,
                    "lambda UpdateAlias orders: credentials: profile nobody: not found");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_request_goes_out_byte_for_byte),
        cmocka_unit_test(dots_in_a_name_lead_nowhere_else),
        cmocka_unit_test(what_is_sent_again_depends_on_what_it_does),
        cmocka_unit_test(libcurl_may_not_repeat_a_change_on_a_connection_that_died),
        cmocka_unit_test(an_error_names_everything_one_needs),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(retry_after_may_be_a_date),
        cmocka_unit_test(who_was_throttled_slows_down),
        cmocka_unit_test(a_service_that_is_down_is_not_hammered),
        cmocka_unit_test(attempts_end_and_say_how_many_there_were),
        cmocka_unit_test(a_wrong_clock_is_corrected_once_from_the_services_date),
        cmocka_unit_test(many_refused_for_their_date_are_all_signed_again),
        cmocka_unit_test(expired_credentials_are_fetched_anew_once),
        cmocka_unit_test(a_refused_date_with_the_right_clock_is_not_tried_for_ever),
        cmocka_unit_test(a_deadline_covers_an_answer_that_does_not_come),
        cmocka_unit_test(an_answer_beyond_its_cap_is_refused),
        cmocka_unit_test(a_refused_connection_is_unreachable_even_for_a_change),
        cmocka_unit_test(plain_http_stays_on_this_machine),
        cmocka_unit_test(plain_http_to_sts_is_refused_by_the_request),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(an_interrupt_ends_the_waiting),
        cmocka_unit_test(an_interrupt_breaks_off_a_read_but_waits_for_a_change),
        cmocka_unit_test(clients_of_one_pool_share_one_rate),
        cmocka_unit_test(an_account_has_one_rate_whatever_its_keys),
        cmocka_unit_test(what_is_sent_ahead_is_the_first_attempt_of_the_call),
        cmocka_unit_test(an_interrupt_breaks_off_reads_sent_ahead_too),
        cmocka_unit_test(a_first_attempt_made_ahead_is_judged_like_any),
        cmocka_unit_test(credentials_that_are_not_there_are_an_error_of_the_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
