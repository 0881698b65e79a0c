#include "base/secret.h"

#include "base/codec.h"
#include "tests/test.h"

static int forget(void **state)
{
    (void)state;
    secret_clear();
    return 0;
}

static void assert_masked(const char *text, const char *want)
{
    struct buf b = {0};

    buf_add_c(&b, text);
    secret_mask(&b);
    assert_string_equal(b.data, want);
    buf_release(&b);
}

static void a_secret_is_masked_in_every_spelling(void **state)
{
    (void)state;
    assert_true(secret_add(STR("p\"ss w/rd+1")));
    assert_masked("x p\"ss w/rd+1 y", "x *** y");
    assert_masked("{\"a\":\"p\\\"ss w/rd+1\"}", "{\"a\":\"***\"}");
    assert_masked("?t=p%22ss%20w%2Frd%2B1&", "?t=***&");
    assert_masked("70227373", "70227373");
    assert_masked("702273732077 2f", "702273732077 2f");
    assert_masked("70227373 7020", "70227373 7020");
    assert_masked("a 7022737320772f72642b31 b", "a *** b");
    assert_masked("a 7022737320772F72642B31 b", "a *** b");
}

static void json_and_regexes_spell_it_in_several_ways(void **state)
{
    (void)state;
    assert_true(secret_add(STR("w\xc3\xb6rd\"\xf0\x9f\x98\x80.x")));
    assert_masked("w\xc3\xb6rd\\\"\xf0\x9f\x98\x80.x", "***");
    assert_masked("w\\u00f6rd\\\"\\ud83d\\ude00.x", "***");
    assert_masked("w\\u00F6rd\\\"\\uD83D\\uDE00.x", "***");
    assert_masked("w\\\\u00f6rd\\\\\\\"\\\\ud83d\\\\ude00.x", "***");
    assert_masked("w\xc3\xb6rd\"\xf0\x9f\x98\x80\\.x", "***");
}

static void base64_is_masked_at_every_alignment(void **state)
{
    (void)state;
    secret_add(STR("correct horse battery"));
    for (int shift = 0; shift < 6; shift++) {
        struct buf plain = {0}, text = {0}, back = {0};

        buf_add_c(&plain, &"......"[shift]);
        buf_add_c(&plain, "correct horse battery and more");
        base64_encode(&text, buf_str(&plain));
        secret_mask(&text);
        assert_contains(text.data, "***");
        assert_null(strstr(text.data, "IGhvcnNl")); /* " horse" where it is aligned */
        buf_release(&plain);
        buf_release(&text);
        buf_release(&back);
    }
}

static void a_masked_copy_is_a_copy(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_false(secret_any());
    assert_string_equal(secret_masked(&arena, STR("open sesame")).data, "open sesame");
    secret_add(STR("sesame"));
    assert_true(secret_any());
    assert_string_equal(secret_masked(&arena, STR("open sesame")).data, "open ***");
    assert_int_equal(secret_masked(&arena, (struct str){0}).len, 0);
    arena_release(&arena);
}

static void the_longer_secret_wins_over_its_part(void **state)
{
    (void)state;
    secret_add(STR("abcd"));
    secret_add(STR("abcdefgh"));
    assert_masked("abcdefgh abcd", "*** ***");
}

static void a_short_secret_is_refused(void **state)
{
    (void)state;
    assert_false(secret_add(STR("abc")));
    assert_masked("abc", "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_secret_is_masked_in_every_spelling, forget),
        cmocka_unit_test_teardown(json_and_regexes_spell_it_in_several_ways, forget),
        cmocka_unit_test_teardown(base64_is_masked_at_every_alignment, forget),
        cmocka_unit_test_teardown(a_masked_copy_is_a_copy, forget),
        cmocka_unit_test_teardown(the_longer_secret_wins_over_its_part, forget),
        cmocka_unit_test_teardown(a_short_secret_is_refused, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
