#include "runner/answer.h"

#include "base/secret.h"
#include "tests/runner/support.h"
#include "tests/test.h"

static void the_report_line_is_read(void **state)
{
    static const char log[] =
        "START RequestId: 1 Version: 7\nREPORT is only a word here\n"
        "REPORT RequestId: 0\tDuration: 1.00 ms\tBilled Duration: 1 ms\t\n"
        "REPORT RequestId: 1\tDuration: 102.31 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 61 MB\tInit Duration: 199.88 ms\t\n";
    struct report_line r = report_line_read(str_c(log));

    (void)state;
    assert_true(r.duration_ms == 102.31 && r.billed_ms == 103 && r.init_ms == 199.88);
    assert_true(r.memory_bytes == 128 * 1048576.0 && r.max_memory_bytes == 61 * 1048576.0);
    r = report_line_read(STR("REPORT RequestId: 1\tDuration: soon\tBilled Duration: -3 ms\t"));
    assert_true(r.duration_ms == -1 && r.billed_ms == -1 && r.init_ms == -1);
    r = report_line_read((struct str){NULL, 0});
    assert_true(r.max_memory_bytes == -1);
}

static void answers_have_types(void **state)
{
    static const struct {
        int status;
        const char *function_error, *error_type, *payload;
        enum answer_kind want;
    } rows[] = {
        {200, "", "", "{}", ANSWER_SUCCESS},
        {202, "", "", "", ANSWER_SUCCESS},
        {200, "", "", "{\"errorType\":\"Sandbox.Timedout\"}", ANSWER_SUCCESS}, /* just data */
        {200, "Unhandled", "", "{\"errorType\":\"E\",\"errorMessage\":\"m\"}",
         ANSWER_FUNCTION_ERROR},
        {200, "Unhandled", "", "no json", ANSWER_FUNCTION_ERROR},
        {200, "Unhandled", "", "[1]", ANSWER_FUNCTION_ERROR},
        {200, "Unhandled", "", "{\"errorType\":7}", ANSWER_FUNCTION_ERROR},
        {200, "Unhandled", "", "{\"errorType\":\"Sandbox.Timedout\"}", ANSWER_TIMEOUT},
        {200, "Unhandled", "", "{\"errorMessage\":\"2026 1 Task timed out after 3.00 seconds\"}",
         ANSWER_TIMEOUT},
        {200, "Unhandled", "", "{\"errorType\":\"Runtime.ImportModuleError\"}", ANSWER_INIT_ERROR},
        {200, "Unhandled", "", "{\"errorType\":\"Runtime.ExitError\"}", ANSWER_FUNCTION_ERROR},
        {429, "", "TooManyRequestsException", "", ANSWER_THROTTLED},
        {503, "", "ServiceException", "", ANSWER_SERVICE_ERROR},
        {404, "", "ResourceNotFoundException", "", ANSWER_SERVICE_ERROR},
        {302, "", "", "", ANSWER_SERVICE_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invoke_reply reply = {.status = rows[i].status, .executed_version = "7"};
        struct answer a;

        snprintf(reply.function_error, sizeof(reply.function_error), "%s", rows[i].function_error);
        reply.error.status = reply.status;
        snprintf(reply.error.type, sizeof(reply.error.type), "%s", rows[i].error_type);
        buf_add_c(&reply.payload, rows[i].payload);
        answer_init(&a);
        answer_of_reply(&a, &reply, "7");
        if (a.kind != rows[i].want)
            fail_msg("row %zu is %s", i, answer_kind_name(a.kind));
        answer_release(&a);
        answer_release(&a);
    }
}

static void a_long_message_is_not_cut_within_a_secret(void **state)
{
    struct invoke_reply reply = {
        .status = 200, .executed_version = "7", .function_error = "Unhandled"};
    struct answer a;

    (void)state;
    secret_add(STR("the-secret-that-nobody-is-to-see"));
    buf_printf(&reply.payload,
               "{\"errorMessage\":\"%0490d the-secret-that-nobody-is-to-see is none\"}", 1);
    answer_init(&a);
    answer_of_reply(&a, &reply, "7");
    assert_string_equal(a.error_message + 489, "1 *** is none");
    answer_release(&a);
    secret_clear();
}

static void bytes_that_are_no_text_still_have_one(void **state)
{
    const struct json_doc *doc;
    struct answer a;

    (void)state;
    support_answer(&a, "caf\xe9 \xf0\x9f\x98\x80 \xed\xa0\x80", NULL);
    assert_string_equal(json_string_value(answer_payload(&a, &doc)),
                        "caf\xef\xbf\xbd \xf0\x9f\x98\x80 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_null(doc);
    answer_release(&a);
    support_answer(&a, "", "log\xff");
    assert_null(answer_payload(&a, &doc));
    assert_string_equal(json_string_value(answer_log(&a)), "log\xef\xbf\xbd");
    answer_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_line_is_read),
        cmocka_unit_test(answers_have_types),
        cmocka_unit_test(a_long_message_is_not_cut_within_a_secret),
        cmocka_unit_test(bytes_that_are_no_text_still_have_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
