#include "json/pattern.h"

#include "base/clock.h"
#include "tests/test.h"

static enum pattern_result match(enum pattern_dialect dialect, unsigned flags, struct str source,
                                 struct str subject)
{
    struct pattern *p = NULL;
    struct err err = {0};
    enum pattern_result r;

    if (pattern_compile(&p, source, dialect, flags, NULL, &err) < 0)
        fail_msg("%.*s: %s", STR_ARG(source), err.text);
    r = pattern_match(p, subject);
    pattern_free(p);
    return r;
}

static void ecma_patterns_mean_what_ecma_262_says(void **state)
{
    static const struct {
        struct str pattern, subject;
        bool matches;
    } rows[] = {
        {STR_INIT("^abc$"), STR_INIT("abc\n"), false},
        {STR_INIT("^\\d$"), STR_INIT("\xdf\xad"), false},
        {STR_INIT("^\\w$"), STR_INIT("\xc3\xa9"), false},
        {STR_INIT("^\\s$"), STR_INIT("\xef\xbb\xbf"), true},
        {STR_INIT("^\\s$"), STR_INIT("\xe2\x80\xa8"), true},
        {STR_INIT("^\\s$"), STR_INIT("\xc2\x85"), false},
        {STR_INIT("^\\S$"), STR_INIT("\xc2\xa0"), false},
        {STR_INIT("^[\\S\\n]$"), STR_INIT("\n"), true},
        {STR_INIT("^[^\\S]$"), STR_INIT(" "), true},
        {STR_INIT("^.$"), STR_INIT("\r"), false},
        {STR_INIT("^.$"), STR_INIT("\xe2\x80\xa9"), false},
        {STR_INIT("^.$"), STR_INIT("\xf0\x9f\x90\xb2"), true},
        {STR_INIT("^\\u{1F432}*$"), STR_INIT("\xf0\x9f\x90\xb2\xf0\x9f\x90\xb2"), true},
        {STR_INIT("^\\ud83d\\udc32$"), STR_INIT("\xf0\x9f\x90\xb2"), true},
        {STR_INIT("^\\x41\\cC\\0$"), STR_INIT("A\x03\0"), true},
        {STR_INIT("^\\p{Letter}\\P{gc=Lu}\\p{Script=Greek}$"), STR_INIT("aa\xce\xb1"), true},
        {STR_INIT("^[\\p{Lowercase_Letter}\\d]+$"), STR_INIT("a1"), true},
        {STR_INIT("^a{,2}$"), STR_INIT("a{,2}"), true},
        {STR_INIT("^{a}]$"), STR_INIT("{a}]"), true},
        {STR_INIT("[]"), STR_INIT("x"), false},
        {STR_INIT("^[^]$"), STR_INIT("\n"), true},
        {STR_INIT("^[[:alpha:]]$"), STR_INIT(":]"), true},
        {STR_INIT("[^\\*\\?\\&\\%]"), STR_INIT("a"), true},
        {STR_INIT("^(?<a>x)\\k<a>\\1$"), STR_INIT("xxx"), true},
        {STR_INIT("^(?:(a)|b)\\1$"), STR_INIT("b"), true},
        {STR_INIT("(?<=a)b(?!c)"), STR_INIT("abd"), true},
        {STR_INIT("^[\\w-.]+$"), STR_INIT("a-b.c"), true},
        {STR_INIT("^[\\w-.]+$"), STR_INIT("a,b"), false},
        {STR_INIT("^[\\s-a]+$"), STR_INIT("a -"), true},
        {STR_INIT("^[\\s-a]+$"), STR_INIT("b"), false},
        {STR_INIT("^[.-\\d]+$"), STR_INIT("1-."), true},
        {STR_INIT("^[.-\\d]+$"), STR_INIT("/"), false},
        {STR_INIT("^[a-]b$"), STR_INIT("-b"), true},
        {STR_INIT("^\\v[\\b]$"), STR_INIT("\x0b\x08"), true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (match(PATTERN_ECMA, 0, rows[i].pattern, rows[i].subject) !=
            (rows[i].matches ? PATTERN_MATCH : PATTERN_NO_MATCH))
            fail_msg("row %zu: %s", i, rows[i].pattern.data);
    }
}

static void what_a_dialect_does_not_have_is_refused_where_it_stands(void **state)
{
    static const struct {
        enum pattern_dialect dialect;
        const char *pattern, *want;
        size_t offset;
    } rows[] = {
        {PATTERN_ECMA, "a(?i)b", "ECMA-262 has no group (?i", 1},
        {PATTERN_ECMA, "a\\Z", "ECMA-262 has no escape \\Z", 1},
        {PATTERN_ECMA, "\\a", "ECMA-262 has no escape \\a", 0},
        {PATTERN_ECMA, "(*UCP)a", "ECMA-262 has no verbs", 0},
        {PATTERN_ECMA, "ab++", "ECMA-262 has no possessive quantifiers", 3},
        {PATTERN_ECMA, "x[a", "] is missing", 1},
        {PATTERN_ECMA, "\\p{Nope}", "", 0},
        {PATTERN_ECMA, "\\u12", "\\u needs four hex digits", 0},
        {PATTERN_ECMA, ".(", "missing closing parenthesis", 2},
        {PATTERN_ECMA, "a\\", "a backslash at the end", 1},
        {PATTERN_ECMA, "a{2}{3}", "a quantifier cannot follow a quantifier", 4},
        {PATTERN_ECMA, "a**", "a quantifier cannot follow a quantifier", 2},
        {PATTERN_ECMA, "a+???", "a quantifier cannot follow a quantifier", 3},
        {PATTERN_ECMA, "x\\ud800", "half of a surrogate pair", 1},
        {PATTERN_ECMA, "(?<=a+)b", "lookbehind assertion is not fixed length", 0},
        {PATTERN_ECMA, "(?P<a>b)", "ECMA-262 has no group (?P", 0},
        {PATTERN_ECMA, "(?>a)", "ECMA-262 has no group (?>", 0},
        {PATTERN_ECMA, "(?#a)", "ECMA-262 has no group (?#", 0},
        {PATTERN_ECMA, "(?R)", "ECMA-262 has no group (?R", 0},
        {PATTERN_ECMA, "\\Aa", "ECMA-262 has no escape \\A", 0},
        {PATTERN_ECMA, "a\\z", "ECMA-262 has no escape \\z", 1},
        {PATTERN_ECMA, "\\Ga", "ECMA-262 has no escape \\G", 0},
        {PATTERN_ECMA, "a\\Kb", "ECMA-262 has no escape \\K", 1},
        {PATTERN_ECMA, "\\R", "ECMA-262 has no escape \\R", 0},
        {PATTERN_ECMA, "\\X", "ECMA-262 has no escape \\X", 0},
        {PATTERN_ECMA, "[\\h]", "ECMA-262 has no escape \\h", 1},
        {PATTERN_ECMA, "\\Qa\\E", "ECMA-262 has no escape \\Q", 0},
        {PATTERN_ECMA, "(*NO_JIT)a", "ECMA-262 has no verbs", 0},
        {PATTERN_ECMA, "(*LIMIT_MATCH=1)a", "ECMA-262 has no verbs", 0},
        {PATTERN_IREGEXP, "[a-z-9]", "- in a class must be written \\-", 4},
        {PATTERN_IREGEXP, "[a-\\p{L}]", "a range in a class ends in a character", 3},
        {PATTERN_IREGEXP, "[[a]", "[ in a class must be written \\[", 1},
        {PATTERN_IREGEXP, "[a", "] is missing", 0},
        {PATTERN_IREGEXP, "[]", "no empty class", 0},
        {PATTERN_IREGEXP, "a\\d", "I-Regexp has no escape \\d", 1},
        {PATTERN_IREGEXP, "a*?", "I-Regexp has no lazy quantifiers", 2},
        {PATTERN_IREGEXP, "(?:a)", "I-Regexp has no (?...)", 0},
        {PATTERN_IREGEXP, "\\p{Letter}", "is no Unicode property of I-Regexp", 3},
        {PATTERN_PCRE2, "a(b", "missing closing parenthesis", 3},
        {PATTERN_PCRE2, "*a", "quantifier does not follow a repeatable item", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pattern *p = NULL;
        struct err err = {0};
        size_t offset = 99;

        if (pattern_compile(&p, str_c(rows[i].pattern), rows[i].dialect, 0, &offset, &err) == 0)
            fail_msg("accepted %s", rows[i].pattern);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_contains(err.text, rows[i].want);
        if (i != 6)
            assert_int_equal(offset, rows[i].offset);
    }
}

static void i_regexp_dots_and_anchors_are_rfc_9485s(void **state)
{
    (void)state;
    assert_int_equal(match(PATTERN_IREGEXP, PATTERN_FULL, STR("a.c"),
                           STR("a\xe2\x80\xa8"
                               "c")),
                     PATTERN_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, PATTERN_FULL, STR("a.c"), STR("a\rc")),
                     PATTERN_NO_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, PATTERN_FULL, STR("ab"), STR("xab")), PATTERN_NO_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, PATTERN_FULL, STR("a|ab"), STR("ab")), PATTERN_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, 0, STR("^ab$"), STR("ab")), PATTERN_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, 0, STR("b"), STR("xab")), PATTERN_MATCH);
    assert_int_equal(match(PATTERN_IREGEXP, PATTERN_FULL, STR("[-a-c\\-\\p{Nd}-]+"), STR("b-7")),
                     PATTERN_MATCH);
    assert_int_equal(
        match(PATTERN_IREGEXP, PATTERN_FULL, STR("[\xc3\xa0-\xc3\xa9]"), STR("\xc3\xa5")),
        PATTERN_MATCH);
}

static void what_pcre2_cannot_carry_out_may_still_be_ecma(void **state)
{
    (void)state;
    assert_true(pattern_is_ecma(STR("(?<=a+)b")));
    assert_true(pattern_is_ecma(STR("^a$")));
    assert_false(pattern_is_ecma(STR("(?<=a+b")));
    assert_false(pattern_is_ecma(STR("a(?i)b")));
}

static void groups_are_told_with_their_names(void **state)
{
    struct pattern *p = NULL;
    struct pattern_span g[8];
    size_t n = ARRAY_LEN(g);

    (void)state;
    assert_int_equal(
        pattern_compile(&p, STR("(?<year>\\d{4})(-x)?-(\\d\\d)"), PATTERN_PCRE2, 0, NULL, NULL), 0);
    assert_int_equal(pattern_match_at(p, STR("on 2026-11"), 1, g, &n), PATTERN_MATCH);
    assert_int_equal(n, 4);
    assert_int_equal(g[0].start, 3);
    assert_int_equal(g[1].end, 7);
    assert_false(g[2].set);
    assert_int_equal(g[3].start, 8);
    assert_string_equal(pattern_group_name(p, 1), "year");
    assert_null(pattern_group_name(p, 2));
    pattern_free(p);
}

static void a_catastrophe_gives_up_with_and_without_the_jit(void **state)
{
    struct pattern *p = NULL;

    (void)state;
    assert_int_equal(pattern_compile(&p, STR("^(a+)+$"), PATTERN_ECMA, 0, NULL, NULL), 0);
    assert_int_equal(pattern_match(p, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")),
                     PATTERN_GAVE_UP);
    for (int i = 0; i < 600; i++)
        assert_int_equal(pattern_match(p, STR("aaa")), PATTERN_MATCH);
    assert_int_equal(pattern_match(p, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")),
                     PATTERN_GAVE_UP);
    pattern_free(p);
}

/* The JIT's own stack holds about 30 KB of this: the interpreter must have the last word. */
static void a_long_subject_does_not_turn_into_no_match(void **state)
{
    struct pattern *p = NULL;
    const size_t len = 200000;
    char *text = malloc(len);

    (void)state;
    memset(text, 'a', len);
    assert_int_equal(pattern_compile(&p, STR("^(a|b)*$"), PATTERN_PCRE2, 0, NULL, NULL), 0);
    for (int i = 0; i < 600; i++)
        pattern_match(p, STR("ab"));
    assert_int_not_equal(pattern_match(p, (struct str){text, len}), PATTERN_NO_MATCH);
    assert_int_equal(pattern_match(p, (struct str){text, 30000}), PATTERN_MATCH);
    pattern_free(p);
    free(text);
}

/* Six megabytes, the size of the largest response, at what takes long without a count of all work.
 */
static void the_largest_response_is_matched_in_bounded_time(void **state)
{
    static const struct {
        const char *pattern;
        enum pattern_result want;
        bool ends_in_x; /* the subject is 1111...1, or 1111...1x */
    } rows[] = {
        {"\\d+[yz]", PATTERN_GAVE_UP, false}, {"^(a|1)*$", PATTERN_GAVE_UP, false},
        {"(1+)+$", PATTERN_GAVE_UP, true},    {"(.*)*z|y", PATTERN_GAVE_UP, false},
        {"1{1,9}x$", PATTERN_MATCH, true},    {"^\\d+x$", PATTERN_MATCH, true},
        {"[^1]", PATTERN_MATCH, true},        {"zz", PATTERN_NO_MATCH, true},
        {"^[0-9]*$", PATTERN_MATCH, false},
    };
    const size_t len = 6 << 20;
    char *text = malloc(len);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pattern *p = NULL;
        const int64_t start = clock_mono_us();

        memset(text, '1', len);
        text[len - 1] = rows[i].ends_in_x ? 'x' : '1';
        assert_int_equal(pattern_compile(&p, str_c(rows[i].pattern), PATTERN_PCRE2, 0, NULL, NULL),
                         0);
        if (pattern_match(p, (struct str){text, len}) != rows[i].want)
            fail_msg("%s", rows[i].pattern);
        if (getenv("SMOKEGATE_TIMES"))
            print_message("%s: %lld us\n", rows[i].pattern, (long long)(clock_mono_us() - start));
        pattern_free(p);
    }
    free(text);
}

static void the_cache_keeps_dialects_apart(void **state)
{
    struct pattern_cache *c = pattern_cache_new();
    struct pattern *a = pattern_cache_get(c, STR("^a$"), PATTERN_ECMA, 0, NULL, NULL);

    (void)state;
    assert_ptr_equal(a, pattern_cache_get(c, STR("^a$"), PATTERN_ECMA, 0, NULL, NULL));
    assert_ptr_not_equal(a, pattern_cache_get(c, STR("^a$"), PATTERN_PCRE2, 0, NULL, NULL));
    assert_ptr_not_equal(a,
                         pattern_cache_get(c, STR("^a$"), PATTERN_ECMA, PATTERN_FULL, NULL, NULL));
    assert_null(pattern_cache_get(c, STR("("), PATTERN_ECMA, 0, NULL, NULL));
    pattern_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecma_patterns_mean_what_ecma_262_says),
        cmocka_unit_test(what_a_dialect_does_not_have_is_refused_where_it_stands),
        cmocka_unit_test(i_regexp_dots_and_anchors_are_rfc_9485s),
        cmocka_unit_test(groups_are_told_with_their_names),
        cmocka_unit_test(a_catastrophe_gives_up_with_and_without_the_jit),
        cmocka_unit_test(a_long_subject_does_not_turn_into_no_match),
        cmocka_unit_test(what_pcre2_cannot_carry_out_may_still_be_ecma),
        cmocka_unit_test(the_largest_response_is_matched_in_bounded_time),
        cmocka_unit_test(the_cache_keeps_dialects_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
