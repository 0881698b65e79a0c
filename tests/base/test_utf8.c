#include "base/utf8.h"

#include "tests/test.h"

static void only_well_formed_sequences_are_taken(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        unsigned code_point;
    } rows[] = {
        {"a", 1, 'a'},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\x80", 0, 0},             /* a continuation alone */
        {"\xc0\xaf", 0, 0},         /* overlong */
        {"\xe0\x80\xaf", 0, 0},     /* overlong */
        {"\xf0\x80\x80\xaf", 0, 0}, /* overlong */
        {"\xed\xa0\x80", 0, 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 0, 0}, /* beyond the last */
        {"\xf8\x88\x80\x80", 0, 0},
        {"\xff", 0, 0},
        {"\xc3", 0, 0}, /* cut off */
        {"\xe2\x82", 0, 0},
        {"\xc3(", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned c = 0;

        assert_int_equal(utf8_decode(str_c(rows[i].bytes), &c), rows[i].len);
        assert_int_equal(c, rows[i].code_point);
    }
}

static void what_would_act_is_shown(void **state)
{
    CLEANUP(buf_release) struct buf out = {0};

    (void)state;
    utf8_visible(&out, STR("a\n\tb \x1b[31m \r\x7f\xc2\x9b \xe2\x80\xae \xe2\x80\xa8 \xef\xbf\xbe"
                           " \xff caf\xc3\xa9 \xf0\x9f\x98\x80\xc3"));
    assert_string_equal(buf_c(&out), "a\n\tb \\u{1b}[31m \\u{d}\\u{7f}\\u{9b} \\u{202e} \\u{2028} "
                                     "\\u{fffe} \\xff caf\xc3\xa9 \xf0\x9f\x98\x80\\xc3");
    buf_clear(&out);
    utf8_visible(&out, (struct str){"\0a", 2});
    utf8_visible(&out, (struct str){NULL, 0});
    assert_string_equal(buf_c(&out), "\\u{0}a");
}

static void texts_are_valid_as_a_whole(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(STR("")));
    assert_true(utf8_is_valid(STR("gr\303\274n \360\237\230\200")));
    assert_false(utf8_is_valid(STR("cut \303")));
    assert_false(utf8_is_valid(STR("\355\240\200"))); /* a surrogate */
}

static void a_part_holds_no_half_of_a_code_point(void **state)
{
    const struct str text = STR("a\xc3\xa9\xf0\x9f\x98\x80z");
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};

    (void)state;
    for (size_t max = 0; max < ARRAY_LEN(want); max++)
        assert_int_equal(utf8_part(text, max).len, want[max]);
    assert_int_equal(utf8_part(STR("\x80\x80\x80"), 2).len, 0);
    assert_int_equal(utf8_part(STR(""), 2).len, 0);
}

static void columns_are_those_of_a_terminal(void **state)
{
    static const struct {
        struct str text;
        size_t columns;
        size_t clipped; /* bytes that fit into four columns */
    } rows[] = {
        {STR_INIT(""), 0, 0},
        {STR_INIT("abcdef"), 6, 4},
        {STR_INIT("\xc3\xa4\xc3\xb6\xc3\xbc"), 3, 6},
        {STR_INIT("e\xcc\x81xyz"), 4, 6},                         /* a combining accent */
        {STR_INIT("\xe6\xb3\xa8\xe6\x96\x87\xe4\xb8\xad"), 6, 6}, /* ideographs */
        {STR_INIT("abc\xe6\xb3\xa8"), 5, 3},                      /* no half of one */
        {STR_INIT("\xf0\x9f\x98\x80\xf0\x9f\x98\x80."), 5, 8},    /* emoji */
        {STR_INIT("\xe2\x9d\xa4\xef\xb8\x8f"), 2, 6},             /* a heart made one */
        {STR_INIT("\xff\xfe"), 2, 2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(utf8_columns(rows[i].text), rows[i].columns);
        assert_int_equal(utf8_clip(rows[i].text, 4), rows[i].clipped);
    }
}

static void repaired_it_is_utf8_and_nothing_is_lost(void **state)
{
    static const struct {
        const char *bytes, *want;
    } rows[] = {
        {"", ""},
        {"a\xc3\xa9\x01", "a\xc3\xa9\x01"},
        {"\xff"
         "a",
         "\\xffa"},
        {"\xc3", "\\xc3"},
        {"\xed\xa0\x80z\xc0\xaf", "\\xed\\xa0\\x80z\\xc0\\xaf"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        utf8_repair(&out, str_c(rows[i].bytes));
        assert_string_equal(buf_c(&out), rows[i].want);
        assert_true(utf8_is_valid(buf_str(&out)));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_holds_no_half_of_a_code_point),
        cmocka_unit_test(texts_are_valid_as_a_whole),
        cmocka_unit_test(only_well_formed_sequences_are_taken),
        cmocka_unit_test(what_would_act_is_shown),
        cmocka_unit_test(repaired_it_is_utf8_and_nothing_is_lost),
        cmocka_unit_test(columns_are_those_of_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
