#include "base/secret.h"

#include <stdio.h>

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

/* A row: how an encoder spells `x<&"'/é+ ~w`. */
static void encoders_differ_and_all_are_known(void **state)
{
    static const char *const rows[] = {
        "x<&\"'/\xc3\xa9+ ~w",
        "x<&\\\"'/\\u00e9+ ~w",
        "x<&\\\"'\\/\\u00e9+ ~w", /* PHP */
        "x<&\\\"'\\/\xc3\xa9+ ~w",
        "x\\u003c\\u0026\\\"'/\xc3\xa9+ ~w",               /* Go */
        "x\\u003c\\u0026\\\"\\u0027/\\u00e9+ ~w",          /* Gson */
        "x\\u003C\\u0026\\u0022\\u0027/\\u00E9\\u002B ~w", /* System.Text.Json */
        "x\\\\u003c\\\\u0026\\\\\\\"'/\xc3\xa9+ ~w",       /* Go, in a string of JSON */
        "x&lt;&amp;\"'/\xc3\xa9+ ~w",
        "x&lt;&amp;&quot;&apos;/\xc3\xa9+ ~w",
        "x&lt;&amp;&quot;&#x27;/\xc3\xa9+ ~w", /* Python */
        "x&lt;&amp;&#34;&#39;/\xc3\xa9+ ~w",   /* Go */
        "x%3C%26%22%27%2F%C3%A9%2B%20~w",
        "x%3c%26%22%27%2f%c3%a9%2b%20~w",
        "x%3C%26%22%27/%C3%A9%2B%20~w",   /* Python's quote() */
        "x%3C%26%22'%2F%C3%A9%2B%20~w",   /* encodeURIComponent() */
        "x%3C&%22'/%C3%A9+%20~w",         /* encodeURI() */
        "x%3C%26%22%27%2F%C3%A9%2B+%7Ew", /* a form */
        "x%3c%26%22%27%2f%c3%a9%2b+%7ew",
    };

    (void)state;
    assert_true(secret_add(STR("x<&\"'/\xc3\xa9+ ~w")));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_masked(rows[i], "***");
}

static void base64url_is_masked_as_well(void **state)
{
    (void)state;
    assert_true(secret_add(STR("\?\?>>\?\?>>\?\?>>")));
    assert_masked("Pz8-Pj8_Pj4_Pz4-", "***");
    assert_masked("Pz8+Pj8/Pj4/Pz4+", "***");
}

static void a_key_of_many_lines_is_masked_line_for_line(void **state)
{
    (void)state;
    assert_true(secret_add(STR("-----BEGIN PRIVATE KEY-----\r\nMIIEvQIBADANBgkq/hkiG9w0BAQ\r\n"
                               "EFAASCBKcwggSjAgEAAoIBAQ\r\nshort\r\n-----END PRIVATE KEY-----")));
    assert_masked("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq/hkiG9w0BAQ\n",
                  "-----BEGIN PRIVATE KEY-----\n***\n");
    assert_masked("  | EFAASCBKcwggSjAgEAAoIBAQ", "  | ***");
    assert_masked("MIIEvQIBADANBgkq%2fhkiG9w0BAQ", "***");
    assert_masked("a short word", "a short word");
}

static void secrets_that_overlap_leave_nothing_of_either(void **state)
{
    (void)state;
    secret_add(STR("abcdefgh"));
    secret_add(STR("efghijkl"));
    secret_add(STR("jklmnopq"));
    assert_masked("abcdefghijklmnopq.", "***.");
    assert_masked("abcdefghijk.", "***ijk.");
    assert_masked("abcdefgh efghijkl", "*** ***");
}

static void a_part_ends_before_a_secret_or_behind_it(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_string_equal(secret_masked_part(&arena, STR("open sesame"), 4).data, "open");
    secret_add(STR("sesame"));
    for (size_t max = 0; max <= 30; max++) {
        struct str part = secret_masked_part(&arena, STR("sesamesesamesesame, open sesame"), max);

        assert_true(part.len <= max);
        assert_string_equal(part.data,
                            arena_printf(&arena, "%.*s", (int)max, "*********, open ***"));
    }
    arena_release(&arena);
}

static void it_is_told_whether_there_is_one(void **state)
{
    (void)state;
    assert_false(secret_in(STR("open sesame")));
    secret_add(STR("sesame"));
    assert_true(secret_in(STR("open sesame")));
    assert_true(secret_in(STR("736573616d65")));
    assert_false(secret_in(STR("open sesam")));
    assert_false(secret_in((struct str){0}));
}

/* Letters of which no encoding of them consists, so that only what is registered is found. */
static struct str random_text(struct arena *arena, uint32_t *seed, size_t len)
{
    struct buf text = {0};
    struct str kept;

    for (size_t i = 0; i < len; i++) {
        buf_putc(&text, *seed >> 30 ? 'y' : 'x');
        *seed = *seed * 1664525 + 1013904223;
    }
    kept = arena_str(arena, buf_str(&text));
    buf_release(&text);
    return kept;
}

/* What the header promises, done without any thought of time. */
static const char *masked_slowly(struct arena *arena, struct str text, const struct str *secrets,
                                 size_t count)
{
    struct buf out = {0};
    const char *result;

    for (size_t i = 0, end = 0; i < text.len; i++) {
        size_t longest = 0;

        for (size_t k = 0; k < count; k++)
            if (secrets[k].len > longest && str_starts(str_slice(text, i, text.len), secrets[k]))
                longest = secrets[k].len;
        if (longest && i >= end)
            buf_add_c(&out, "***");
        if (i + longest > end && longest)
            end = i + longest;
        if (i >= end)
            buf_putc(&out, text.data[i]);
    }
    result = arena_str(arena, buf_str(&out)).data;
    buf_release(&out);
    return result;
}

static void of_many_that_begin_alike_the_longest_is_found(void **state)
{
    struct arena arena = {0};
    uint32_t seed = 88555077;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct str secrets[12], text;
        const size_t count = 1 + seed % ARRAY_LEN(secrets);

        for (size_t i = 0; i < count; i++) {
            secrets[i] = random_text(&arena, &seed, 4 + (seed >> 8) % 9);
            assert_true(secret_add(secrets[i]));
        }
        text = random_text(&arena, &seed, 60);
        assert_string_equal(secret_masked(&arena, text).data,
                            masked_slowly(&arena, text, secrets, count));
        secret_clear();
        assert_string_equal(secret_masked(&arena, text).data, text.data);
    }
    arena_release(&arena);
}

static void thousands_are_masked_and_forgotten(void **state)
{
    (void)state;
    for (int pass = 0; pass < 2; pass++) /* the second time they are known */
        for (unsigned i = 0; i < 5000; i++) {
            char text[32];

            snprintf(text, sizeof(text), "tok_%08x", i * 2654435761U);
            assert_true(secret_add(str_c(text)));
        }
    for (unsigned i = 0; i < 5000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "<tok_%08x>", i * 2654435761U);
        assert_masked(text, "<***>");
    }
    assert_masked("tok_0000000g", "tok_0000000g");
    secret_clear();
    assert_false(secret_any());
    assert_masked("tok_00000000", "tok_00000000");
}

static void what_has_to_be_cut_is_masked_before(void **state)
{
    static const struct {
        const char *text, *copied; /* into eight bytes */
    } rows[] = {
        {"", ""},
        {"hunter2", "hunter2"}, /* all of it is there still when it is masked at last */
        {"to hunter2", "to ***"},
        {"hunter2 123456", "*** 123"},
        {"12345hunter2", "12345**"},
        {"12345678", "1234567"},
        {"123456\xc3\xa9", "123456"},
    };

    (void)state;
    secret_add(STR("hunter2"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char copy[8];

        secret_copy(copy, sizeof(copy), str_c(rows[i].text));
        assert_string_equal(copy, rows[i].copied);
    }
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
        cmocka_unit_test_teardown(encoders_differ_and_all_are_known, forget),
        cmocka_unit_test_teardown(base64url_is_masked_as_well, forget),
        cmocka_unit_test_teardown(a_key_of_many_lines_is_masked_line_for_line, forget),
        cmocka_unit_test_teardown(secrets_that_overlap_leave_nothing_of_either, forget),
        cmocka_unit_test_teardown(a_part_ends_before_a_secret_or_behind_it, forget),
        cmocka_unit_test_teardown(what_has_to_be_cut_is_masked_before, forget),
        cmocka_unit_test_teardown(it_is_told_whether_there_is_one, forget),
        cmocka_unit_test_teardown(of_many_that_begin_alike_the_longest_is_found, forget),
        cmocka_unit_test_teardown(thousands_are_masked_and_forgotten, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
