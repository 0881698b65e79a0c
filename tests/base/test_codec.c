#include "base/codec.h"

#include "tests/test.h"

/* RFC 4648, section 10. */
static void base64_matches_the_rfc_both_ways(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = {0};

        assert_int_equal(base64_encode(&b, str_c(rows[i][0])), 0);
        assert_string_equal(buf_c(&b), rows[i][1]);
        buf_clear(&b);
        assert_int_equal(base64_decode(&b, str_c(rows[i][1])), 0);
        assert_string_equal(buf_c(&b), rows[i][0]);
        buf_release(&b);
    }
}

static void base64_that_is_not_strict_is_refused_and_adds_nothing(void **state)
{
    static const char *const bad[] = {"Zg",   "Zg=",  "Zg===",    "Zh==",   "Zm9=", "Zm 9v",
                                      "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "=Zg="};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf b = {0};

        buf_add_c(&b, "kept");
        if (base64_decode(&b, str_c(bad[i])) == 0)
            fail_msg("accepted \"%s\"", bad[i]);
        assert_string_equal(b.data, "kept");
        buf_release(&b);
    }
}

static void base64_knows_its_64_characters_and_no_other(void **state)
{
    static const char known[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        const char text[4] = {'A', 'A', 'A', (char)c};
        const char *at = c ? strchr(known, (int)c) : NULL;
        struct buf b = {0};

        if (c == '=') /* padding, which leaves two bytes */
            continue;
        assert_int_equal(base64_decode(&b, (struct str){text, 4}), at ? 0 : -1);
        if (at)
            assert_int_equal((unsigned char)b.data[2], at - known);
        buf_release(&b);
    }
}

static void percent_encoding_keeps_only_the_unreserved(void **state)
{
    struct buf b = {0}, back = {0};

    (void)state;
    percent_encode(&b, STR("a-Z_0.~ /:$\xc3\xa9\0+"), "/");
    assert_string_equal(b.data, "a-Z_0.~%20/%3A%24%C3%A9%00%2B");
    percent_decode(&back, buf_str(&b));
    assert_int_equal(back.len, 15);
    assert_memory_equal(back.data, "a-Z_0.~ /:$\xc3\xa9\0+", 15);
    buf_clear(&back);
    percent_decode(&back, STR("100%zz%4"));
    assert_string_equal(back.data, "100%zz%4");
    buf_release(&b);
    buf_release(&back);
}

static void what_means_something_in_a_pattern_is_quoted(void **state)
{
    struct buf out = {0};

    (void)state;
    regex_quote(&out, STR("a.b[c]#d \\e\0f"));
    assert_true(str_eq(buf_str(&out), STR("a\\.b\\[c\\]\\#d\\ \\\\e\0f")));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_something_in_a_pattern_is_quoted),
        cmocka_unit_test(base64_matches_the_rfc_both_ways),
        cmocka_unit_test(base64_that_is_not_strict_is_refused_and_adds_nothing),
        cmocka_unit_test(base64_knows_its_64_characters_and_no_other),
        cmocka_unit_test(percent_encoding_keeps_only_the_unreserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
