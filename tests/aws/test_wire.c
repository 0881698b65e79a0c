/* The debug log: enough to see what happened, nothing that must not be seen. */
#include "tests/test.h"

#include "aws/client.h"
#include "aws/wire.h"
#include "base/log.h"
#include "base/secret.h"
#include "tests/aws/script_server.h"

static void what_is_secret_by_its_place_is_left_out(void **state)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"{\"a\":1}", "{\"a\":1}"},
        {"{\"Environment\":{\"Variables\":{\"K\":\"v}\",\"L\":\"\\\"\"}},\"b\":2}",
         "{\"Environment\":{\"Variables\":\"***\"},\"b\":2}"},
        {"{\"Variables\" : { \"K\" : {\"deep\":\"v\"} } , \"b\":2}",
         "{\"Variables\" : \"***\" , \"b\":2}"},
        {"{\"ZipFile\":\"UEsDBA==\",\"Publish\":true}", "{\"ZipFile\":\"***\",\"Publish\":true}"},
        {"{\"Code\":{\"Location\":\"https://x/?X-Amz-Signature=1\"}}",
         "{\"Code\":{\"Location\":\"***\"}}"},
        {"{\"Token\":\"a\\\"b\"}", "{\"Token\":\"***\"}"},
        {"{\"Variables\":\"cut", "{\"Variables\":\"***\""},
        {"{\"Variables\":{\"K\":\"cut", "{\"Variables\":\"***\""},
        {"{\"x\":\"Variables\"}", "{\"x\":\"Variables\"}"},
        {"{\"Variables\":null}", "{\"Variables\":null}"},
        {"line\nline\x1b[1m", "line\\nline\\x1b[1m"},
        {"\"", "\""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        wire_body(&out, str_c(rows[i].body));
        if (strcmp(buf_c(&out), rows[i].want) != 0)
            fail_msg("%s: %s", rows[i].body, buf_c(&out));
        buf_release(&out);
    }
}

static void a_long_body_is_cut_and_bytes_are_counted(void **state)
{
    struct buf body = {0}, out = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_putc(&body, 'x');
    wire_body(&out, buf_str(&body));
    assert_true(out.len < WIRE_BODY_MAX + 100);
    assert_contains(buf_c(&out), "... (100000 bytes)");
    buf_clear(&out);
    wire_body(&out, STR("PK\0\1"));
    assert_string_equal(buf_c(&out), "(4 bytes that are no text)");
    buf_release(&body);
    buf_release(&out);
}

static void append_line(void *ctx, const char *line)
{
    buf_printf(ctx, "%s\n", line);
}

static void a_call_shows_and_its_secrets_do_not(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", "X-Amzn-RequestId: 17\r\n",
         "{\"Name\":\"Live\",\"Environment\":{\"Variables\":{\"DB\":\"hunter22\"}}}"}};
    struct script_server *server = script_server_start(steps, 1);
    const struct aws_client_options o = {.region = "eu-west-1",
                                         .endpoint = script_server_url(server),
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "wJalrXUtnFEMI",
                                         .session_token = "session-token-1"};
    struct aws_client *client = NULL;
    struct aws_request r;
    struct aws_reply reply = {0};
    struct buf log = {0};

    (void)state;
    log_set_sink(append_line, &log);
    secret_add(STR("registered-secret"));
    assert_int_equal(aws_client_new(&client, &o, NULL), 0);
    aws_request_init(&r, "lambda", "UpdateAlias", "PUT", AWS_CHANGES);
    aws_request_path(&r, "/2015-03-31/functions/orders/aliases/Live");
    aws_request_json(&r, STR("{\"Description\":\"registered-secret\"}"));
    assert_int_equal(aws_call(client, &r, &reply, NULL), 0);
    log_set_sink(NULL, NULL);
    assert_contains(buf_c(&log), "> PUT http://127.0.0.1:");
    assert_contains(buf_c(&log), "> authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
    assert_contains(buf_c(&log), "Signature=***\n");
    assert_contains(buf_c(&log), "> {\"Description\":\"***\"}\n");
    assert_contains(buf_c(&log), "< 200 (");
    assert_contains(buf_c(&log), "< x-amzn-requestid: 17\n");
    assert_contains(buf_c(&log), "\"Variables\":\"***\"");
    assert_null(strstr(buf_c(&log), "hunter22"));
    assert_null(strstr(buf_c(&log), "wJalrX"));
    assert_null(strstr(buf_c(&log), "session-token-1"));
    buf_release(&log);
    aws_reply_release(&reply);
    aws_request_release(&r);
    aws_client_free(client);
    script_server_stop(server);
    secret_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_secret_by_its_place_is_left_out),
        cmocka_unit_test(a_long_body_is_cut_and_bytes_are_counted),
        cmocka_unit_test(a_call_shows_and_its_secrets_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
