#include "reports/words.h"

#include "reports/jsonw.h"
#include "reports/xml.h"
#include "tests/test.h"

static void durations_read_well(void **state)
{
    static const struct {
        int64_t us;
        const char *want;
    } rows[] = {{0, "0.0 ms"},          {1234, "1.2 ms"},         {9999, "10.0 ms"},
                {143250, "143 ms"},     {999999, "999 ms"},       {1230000, "1.23 s"},
                {61000000, "1 m 01 s"}, {3600000000, "60 m 00 s"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf out = {0};

        words_duration(&out, rows[i].us);
        assert_string_equal(buf_c(&out), rows[i].want);
    }
}

static void xml_takes_any_bytes(void **state)
{
    static const struct {
        const char *in, *text, *attribute;
    } rows[] = {
        {"a<b>&\"'", "a&lt;b&gt;&amp;\"'", "a&lt;b&gt;&amp;&quot;'"},
        {"]]>", "]]&gt;", "]]&gt;"},
        {"a\nb\tc\rd", "a\nb\tc&#13;d", "a&#10;b&#9;c&#13;d"},
        {"\x01\x1b[31m\x7f", "\\u{1}\\u{1b}[31m\\u{7f}", "\\u{1}\\u{1b}[31m\\u{7f}"},
        {"caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80",
         "caf\xc3\xa9 \xf0\x9f\x98\x80"},
        {"\xef\xbf\xbe\xef\xbf\xbf", "\\u{fffe}\\u{ffff}", "\\u{fffe}\\u{ffff}"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},
        {"\xc0\xaf\xff\xc3", "\\xc0\\xaf\\xff\\xc3", "\\xc0\\xaf\\xff\\xc3"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"},
        {"\xc2\x85", "\\u{85}", "\\u{85}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf text = {0}, attribute = {0};

        xml_text(&text, str_c(rows[i].in));
        xml_attribute(&attribute, str_c(rows[i].in));
        assert_string_equal(buf_c(&text), rows[i].text);
        assert_string_equal(buf_c(&attribute), rows[i].attribute);
    }
}

static void a_cut_stands_between_characters_and_is_told(void **state)
{
    CLEANUP(buf_release) struct buf out = {0};

    (void)state;
    xml_text_capped(&out,
                    STR("ab\xc3\xa9"
                        "cd"),
                    3);
    assert_string_equal(buf_c(&out), "ab [truncated 4 bytes]");
    buf_clear(&out);
    xml_text_capped(&out, STR("abc"), 3);
    assert_string_equal(buf_c(&out), "abc");
}

static void json_takes_any_bytes(void **state)
{
    CLEANUP(buf_release) struct buf out = {0};

    (void)state;
    buf_putc(&out, '{');
    jsonw_str(&out, "a", (struct str){"\"\\\n\0\x1f\xff\xc3\xa9", 8});
    jsonw_text(&out, "left out", NULL);
    jsonw_int(&out, "n", -5);
    jsonw_bool(&out, "b", true);
    buf_putc(&out, '}');
    assert_string_equal(buf_c(&out), "{\"a\":\"\\\"\\\\\\n\\u0000\\u001f\\\\xff\xc3\xa9\","
                                     "\"n\":-5,\"b\":true}");
}

static void json_spells_what_would_end_a_line_or_move_a_cursor(void **state)
{
    CLEANUP(buf_release) struct buf out = {0};

    (void)state;
    jsonw_quoted(&out,
                 STR("\xe2\x80\xa8 \xc2\x85 \xe2\x80\xae \xf0\x9f\xbf\xbe \xf0\x9f\x98\x80\t"));
    assert_string_equal(buf_c(&out),
                        "\"\\u2028 \\u0085 \\u202e \\ud83f\\udffe \xf0\x9f\x98\x80\\u0009\"");
}

/* A case with one failure, in a line. */
static void assert_summary(struct failure_info f, size_t dropped, const char *want)
{
    struct attempt attempt = {.failures = &f, .failure_count = 1, .failures_dropped = dropped};
    const struct case_result result = {.attempts = &attempt, .attempt_count = 1};
    CLEANUP(buf_release) struct buf out = {0};

    words_summary(&out, &result);
    assert_string_equal(buf_c(&out), want);
}

static void a_summary_is_a_line_of_what_differs(void **state)
{
    char longer[400];

    (void)state;
    assert_summary((struct failure_info){.where = "$.a", .expected = "1", .actual = "2\n3"}, 2,
                   "$.a: expected 1, actual 2 3 (and 2 more)");
    assert_summary((struct failure_info){.where = "payload",
                                         .expected = "{...}",
                                         .actual = "{...}",
                                         .diff = "- .total: 20\n+ .total: 19\n"},
                   0, "payload: - .total: 20, + .total: 19");
    memset(longer, 'x', 399);
    longer[399] = '\0';
    memcpy(longer, "- .a: 1\n- ", 10);
    assert_summary((struct failure_info){.where = "$", .diff = longer}, 0, "$: - .a: 1, ...");
    assert_summary((struct failure_info){.where = "$", .diff = longer + 8}, 0, "$: ...");
}

static void the_end_is_told_of_the_command_and_with_the_projects_names(void **state)
{
    static const struct account_aliases aliases = {"Serving", "Candidate", "Previous"};
    static const struct {
        const char *command, *end, *want;
        bool well;
    } rows[] = {
        {"", "done", "Promoted", true},
        {"", "nothing to do", "Nothing to do: it is Serving everywhere", true},
        {"", "failed", "Not promoted: cases failed", false},
        {"", "dirty", "Not promoted, and not everything could be restored", false},
        {"", "superseded", "Not promoted: superseded", false},
        {"abort", "taken back", "Taken back", true},
        {"abort", "nothing to do", "Nothing to take back: no promotion is under way", true},
        {"abort", "dirty", "Not everything could be taken back", false},
        {"abort", "superseded", "Not taken back: superseded", false},
        {"restore", "restored", "Restored", true},
        {"restore", "nothing to do", "Nothing to restore: Serving is where it would be put back to",
         true},
        {"restore", "dirty", "Not everything could be restored", false},
        {"restore", "busy", "Not restored: busy", false},
        {"deploy", "staged", "Staged", true},
        {"deploy", "nothing to do", "Nothing to stage: these packages are on Serving already",
         true},
        {"deploy", "held", "Not staged: these packages are on hold", false},
        {"deploy", "stopped", "Not staged: stopped", false},
        {"audit", "audited", "Nothing bypasses Serving", true},
        {"audit", "bypassed", "Something bypasses Serving", false},
        {"audit", "stopped", "Not all of it could be audited: stopped", false},
        {"of a later version", "new", "Not promoted: new", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf out = {0};

        words_promotion_end(&out, rows[i].end, rows[i].command, &aliases);
        assert_string_equal(buf_c(&out), rows[i].want);
        assert_int_equal(words_promotion_ended_well(rows[i].end), rows[i].well);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_read_well),
        cmocka_unit_test(xml_takes_any_bytes),
        cmocka_unit_test(a_cut_stands_between_characters_and_is_told),
        cmocka_unit_test(json_takes_any_bytes),
        cmocka_unit_test(json_spells_what_would_end_a_line_or_move_a_cursor),
        cmocka_unit_test(a_summary_is_a_line_of_what_differs),
        cmocka_unit_test(the_end_is_told_of_the_command_and_with_the_projects_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
