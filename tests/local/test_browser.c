#include "local/browser.h"

#include "tests/local/api.h"
#include "tests/test.h"

static struct api api;

static int setup(void **state)
{
    (void)state;
    api_open(&api);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_close(&api);
    return 0;
}

/* Forgets everything, with that header; returns the status. */
static int reset_with(const char *name, const char *value, const char *said)
{
    const struct sigv4_header header = {str_c(name), str_c(value)};
    struct http_request request = {.method = STR("POST"),
                                   .target = STR("/_smokegate/reset"),
                                   .headers = &header,
                                   .header_count = 1};
    struct http_reply reply = {0};
    int status;

    http_split_target(&request);
    local_handle(api.local, &request, &reply);
    status = reply.status;
    if (said)
        assert_contains(buf_c(&reply.body), said);
    http_reply_release(&reply);
    return status;
}

static void a_web_page_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        const char *name, *value, *said;
    } rows[] = {
        {"Origin", "http://evil.example", "answers no web page"},
        {"origin", "null", "answers no web page"},
        {"Origin", "http://127.0.0.1:9300", "answers no web page"},
        {"Sec-Fetch-Site", "cross-site", "answers no web page"},
        {"Sec-Fetch-Site", "same-origin", "answers no web page"},
        {"Host", "evil.example:9300", "does not answer to the name evil.example,"},
        {"Host", "evil.example.", "does not answer to the name evil.example,"},
        {"Host", "127.0.0.1.evil.example", "does not answer to the name 127.0.0.1.evil.example,"},
        {"Host", "localhost.evil.example", "localhost.evil.example"},
        {"Host", "notinternal.example", "notinternal.example"},
    };

    (void)state;
    api_create(&api, "f", "code");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(reset_with(rows[i].name, rows[i].value, rows[i].said), 403);
    api_do(&api, 200, "GET", API_FUNCTIONS "/f", NULL);
}

static void clients_of_this_machine_are_not(void **state)
{
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"Sec-Fetch-Site", "none"},
        {"Host", "127.0.0.1:9300"},
        {"Host", "127.0.0.1"},
        {"Host", "localhost:9300"},
        {"Host", "LOCALHOST"},
        {"Host", "localhost.:9300"},
        {"Host", "lambda.internal."},
        {"Host", "lambda.localhost:9300"},
        {"Host", "[::1]:9300"},
        {"Host", "lambda:9300"},
        {"Host", "host.docker.internal:9300"},
        {"Host", ""},
        {"X-Nothing", "1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(reset_with(rows[i].name, rows[i].value, NULL), 200);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_web_page_is_refused_and_changes_nothing),
        CASE(clients_of_this_machine_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
