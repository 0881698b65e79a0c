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
        {"\xed\xa0\x80", "\\x{ed}\\x{a0}\\x{80}", "\\x{ed}\\x{a0}\\x{80}"},
        {"\xc0\xaf\xff\xc3", "\\x{c0}\\x{af}\\x{ff}\\x{c3}", "\\x{c0}\\x{af}\\x{ff}\\x{c3}"},
        {"\xf4\x90\x80\x80", "\\x{f4}\\x{90}\\x{80}\\x{80}", "\\x{f4}\\x{90}\\x{80}\\x{80}"},
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
    assert_string_equal(buf_c(&out), "{\"a\":\"\\\"\\\\\\n\\u0000\\u001f\\ufffd\xc3\xa9\","
                                     "\"n\":-5,\"b\":true}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_read_well),
        cmocka_unit_test(xml_takes_any_bytes),
        cmocka_unit_test(a_cut_stands_between_characters_and_is_told),
        cmocka_unit_test(json_takes_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
