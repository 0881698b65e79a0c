#include "local/auth.h"

#include <stdio.h>

#include "base/clock.h"
#include "tests/local/api.h"
#include "tests/test.h"

static struct api api;

static const struct local_key keys[] = {{"AKID", "secret"}, {"OTHER", "other"}};

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    api.options.no_auth = false;
    api.options.keys = keys;
    api.options.key_count = 2;
    api_reopen(&api);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

/* What a client may get wrong; what is NULL or 0 is right. */
struct mistake {
    const char *key, *secret, *region, *service, *token, *target_sent, *body_sent, *no_header;
    int64_t skew_ms;
};

static void sign_and_send(const struct mistake *m, struct http_reply *reply)
{
    char date[SIGV4_DATE_SIZE], hash[SHA256_HEX_SIZE];
    const char *target = "/2015-03-31/functions/?Marker=&MaxItems=10";
    const struct str body = STR("");
    struct buf authorization = {0};
    struct sigv4_result result = {{0}};
    struct sigv4_header headers[] = {{STR("Host"), STR("127.0.0.1:9300")},
                                     {STR("X-Amz-Date"), {date, SIGV4_DATE_SIZE - 1}},
                                     {STR("Authorization"), {0}},
                                     {STR("X-Amz-Security-Token"), {0}}};
    const struct sigv4_request request = {.method = STR("GET"),
                                          .target = str_c(target),
                                          .headers = headers,
                                          .header_count = 2,
                                          .payload_sha256 = {hash, SHA256_HEX_SIZE - 1}};
    const char *access = m->key ? m->key : "AKID";
    const struct sigv4_key key = {str_c(access),
                                  str_c(m->secret ? m->secret : "secret"),
                                  str_c(m->region ? m->region : "us-east-1"),
                                  str_c(m->service ? m->service : "lambda"),
                                  {date, SIGV4_DATE_SIZE - 1}};
    struct http_request sent = {.method = STR("GET"),
                                .target = str_c(m->target_sent ? m->target_sent : target),
                                .headers = headers,
                                .header_count = 3,
                                .body = str_c(m->body_sent)};

    clock_format_basic(date, sizeof(date), api.wall_ms + m->skew_ms);
    sha256_hex(hash, body);
    assert_int_equal(sigv4_sign(&result, &request, &key), 0);
    sigv4_authorization(&authorization, &result, str_c(access));
    headers[2].value = buf_str(&authorization);
    if (m->token) {
        headers[3].value = str_c(m->token);
        sent.header_count = 4;
    }
    if (m->no_header)
        headers[2].name = str_c(m->no_header);
    http_split_target(&sent);
    local_handle(api.local, &sent, reply);
    sigv4_result_release(&result);
    buf_release(&authorization);
}

static void a_right_signature_is_accepted(void **state)
{
    static const struct mistake rows[] = {
        {0},
        {.key = "OTHER", .secret = "other"},
        {.skew_ms = 5 * 60 * 1000},
        {.skew_ms = -5 * 60 * 1000},
        /* signed over the sorted query, whatever the order on the wire */
        {.target_sent = "/2015-03-31/functions/?MaxItems=10&Marker="},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_reply reply = {0};

        sign_and_send(&rows[i], &reply);
        if (reply.status != 200)
            fail_msg("row %zu: %d %s", i, reply.status, buf_c(&reply.body));
        http_reply_release(&reply);
    }
}

static void a_wrong_one_is_refused_and_says_why(void **state)
{
    static const struct {
        struct mistake mistake;
        const char *type, *text;
    } rows[] = {
        {{.secret = "wrong"},
         "InvalidSignatureException",
         "The request signature we calculated does not match the signature you provided. Check "
         "your AWS Secret Access Key and signing method. Consult the service documentation for "
         "details.\\n\\nThe Canonical String for this request should have "
         "been\\n'GET\\n/2015-03-31/functions/\\nMarker=&MaxItems=10\\n"},
        {{.key = "NOBODY"},
         "UnrecognizedClientException",
         "The security token included in the request is invalid."},
        {{.token = "stray"},
         "UnrecognizedClientException",
         "The security token included in the request is invalid."},
        {{.target_sent = "/2015-03-31/functions/?MaxItems=11&Marker="},
         "InvalidSignatureException",
         "does not match"},
        {{.body_sent = "{}"}, "InvalidSignatureException", "does not match"},
        {{.region = "eu-west-1"},
         "InvalidSignatureException",
         "Credential should be scoped to a valid region"},
        {{.service = "sts"},
         "InvalidSignatureException",
         "Credential should be scoped to correct service: 'lambda'."},
        {{.skew_ms = -5 * 60 * 1000 - 1000},
         "InvalidSignatureException",
         "Signature expired: 20251231T235459Z is now earlier than 20251231T235500Z "
         "(20260101T000000Z - 5 min.)"},
        {{.skew_ms = 5 * 60 * 1000 + 1000},
         "InvalidSignatureException",
         "Signature not yet current: 20260101T000501Z is still later than 20260101T000500Z "
         "(20260101T000000Z + 5 min.)"},
        {{.no_header = "X-Nothing"},
         "MissingAuthenticationTokenException",
         "Missing Authentication Token"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_reply reply = {0};

        sign_and_send(&rows[i].mistake, &reply);
        assert_int_equal(reply.status, 403);
        assert_string_equal(http_reply_get(&reply, "x-amzn-ErrorType"), rows[i].type);
        assert_contains(buf_c(&reply.body), rows[i].text);
        http_reply_release(&reply);
    }
}

static void an_unsigned_request_changes_nothing(void **state)
{
    (void)state;
    api_fails(&api, 403, "MissingAuthenticationTokenException", "Missing Authentication Token",
              "DELETE", API_FUNCTIONS "/f", NULL);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_right_signature_is_accepted),
        CASE(a_wrong_one_is_refused_and_says_why),
        CASE(an_unsigned_request_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
