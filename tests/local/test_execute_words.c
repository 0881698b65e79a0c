#include "local/execute_words.h"

#include <signal.h>

#include "tests/test.h"

static void exits_read_as_lambda_says_them(void **state)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {0, "Runtime exited without providing a reason"},
        {1 << 8, "Runtime exited with error: exit status 1"},
        {127 << 8, "Runtime exited with error: exit status 127"},
        {SIGKILL, "Runtime exited with error: signal: killed"},
        {SIGABRT | 0x80, "Runtime exited with error: signal: aborted"},
        {40, "Runtime exited with error: signal 40"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = {0};

        words_exit(&b, rows[i].status);
        assert_string_equal(buf_c(&b), rows[i].text);
        buf_release(&b);
    }
}

static void an_error_is_json_whatever_is_in_it(void **state)
{
    struct buf b = {0};

    (void)state;
    words_error(&b, "Runtime.ExitError", "a \"quote\"\nand \xff");
    assert_string_equal(buf_c(&b), "{\"errorType\":\"Runtime.ExitError\","
                                   "\"errorMessage\":\"a \\\"quote\\\"\\nand ?\"}");
    buf_release(&b);
}

static void an_errors_type_is_read_where_it_has_one(void **state)
{
    static const char *const rows[][2] = {
        {"{\"errorType\":\"Shop.Closed\",\"errorMessage\":\"\"}", "Shop.Closed"},
        {"{\"errorType\":7}", "Runtime.Unknown"},
        {"{}", "Runtime.Unknown"},
        {"not JSON", "Runtime.Unknown"},
        {"", "Runtime.Unknown"},
        {"{\"errorType\":\"A.Very.Long.Name\"}", "A.Very.Long.Nam"},
    };
    char type[16];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        words_error_type(type, sizeof(type), str_c(rows[i][0]));
        assert_string_equal(type, rows[i][1]);
    }
}

static void the_report_line_tells_what_it_knows(void **state)
{
    static const struct {
        struct words_report report;
        const char *line;
    } rows[] = {
        {{"id", 15.742, 130.924, 256, 46, NULL, NULL},
         "REPORT RequestId: id\tDuration: 15.74 ms\tBilled Duration: 147 ms\tMemory Size: 256 MB\t"
         "Max Memory Used: 46 MB\tInit Duration: 130.92 ms\t"},
        {{"id", 2.9, -1, 128, 36, NULL, NULL},
         "REPORT RequestId: id\tDuration: 2.90 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t"
         "Max Memory Used: 36 MB\t"},
        {{"id", 0, -1, 128, 36, NULL, NULL},
         "REPORT RequestId: id\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t"
         "Max Memory Used: 36 MB\t"},
        {{"id", 3000, -1, 128, 36, "timeout", NULL},
         "REPORT RequestId: id\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\t"
         "Memory Size: 128 MB\tMax Memory Used: 36 MB\tStatus: timeout"},
        {{"id", 1.5, -1, 128, 36, "error", "Runtime.ExitError"},
         "REPORT RequestId: id\tDuration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\t"
         "Max Memory Used: 36 MB\tStatus: error\tError Type: Runtime.ExitError"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = {0};

        words_report(&b, &rows[i].report);
        assert_string_equal(buf_c(&b), rows[i].line);
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exits_read_as_lambda_says_them),
        cmocka_unit_test(an_error_is_json_whatever_is_in_it),
        cmocka_unit_test(an_errors_type_is_read_where_it_has_one),
        cmocka_unit_test(the_report_line_tells_what_it_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
