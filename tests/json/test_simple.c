/* Patterns without an engine decide as the engine does, or ask it. */
#include "json/schema/simple.h"

#include "json/pattern.h"
#include "tests/test.h"

static const char *const subjects[] = {
    "",
    "a",
    "ab",
    "abc",
    "aab",
    "SKU-00042",
    "SKU-0004",
    "SKU-000421",
    "https://x",
    "https:/x",
    "x@y",
    "x@",
    "@y",
    "x@y@z",
    "x y@z",
    "2024-05-17T09:31:22Z",
    "2024-05-17T09:31:22.481Z",
    "2024-05-17T09:31:22.Z",
    "PT",
    "PTT",
    "pt",
    "a-b",
    "a\nb",
    "a\n",
    "\xc3\xa9@y",
    "x@\xc2\xa0y",
    "x@\xc3\xa9",
    "a_b",
    "12",
    "1234",
    "a.b",
    "aXb",
    "abcd",
    "abx",
    "[",
    "]",
    "-",
    "a]",
    "abab",
};

static const char *const patterns[] = {
    "^a",
    "^ab?$",
    "^a+b$",
    "^a*b$",
    "^a{2}b$",
    "^SKU-[0-9]{5}$",
    "^https://",
    "^[^@\\s]+@[^@\\s]+$",
    "^[A-Z]{2}$",
    "^[A-Za-z0-9-]+$",
    "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?Z$",
    "^\\d+$",
    "^\\w+$",
    "^[a-c]{1,3}$",
    "^[^a]",
    "^a\\.b$",
    "^a.b$",
    "^a{1,}$",
    "^a\\sb$",
    "^",
    "^$",
    "^[-a]+$",
    "^[\\w-]+$",
    "^ab(?:cd)?",
    "^ab(?:cd)?$",
    "^a?a$",
    "^[ab]+b$",
    "^(?:ab)?ab$",
    "^[\\]]$",
    "^x[^\\d]",
    "a$",
    "^a|b$",
    "^(ab)+$",
    "^[a-z&&[b]]$",
    "^a*?b",
    "^a{0}b",
    "^a{2,1}",
};

static void simple_patterns_decide_as_the_engine_does(void **state)
{
    size_t simple_ones = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        struct arena arena = {0};
        struct pattern *p = NULL;
        const struct simple *s;

        if (pattern_compile(&p, str_c(patterns[i]), PATTERN_ECMA, 0, NULL, NULL) < 0)
            continue; /* only what compiles is asked about */
        s = simple_compile(&arena, str_c(patterns[i]));
        simple_ones += s != NULL;
        for (size_t k = 0; s && k < ARRAY_LEN(subjects); k++) {
            const enum simple_result got = simple_match(s, str_c(subjects[k]));
            const bool want = pattern_match(p, str_c(subjects[k])) == PATTERN_MATCH;

            if (got != SIMPLE_ASK && (got == SIMPLE_MATCH) != want)
                fail_msg("%s on \"%s\": %d, the engine says %d", patterns[i], subjects[k], got,
                         want);
        }
        pattern_free(p);
        arena_release(&arena);
    }
    assert_true(simple_ones > 20);
}

static void what_is_in_doubt_is_left_to_the_engine(void **state)
{
    static const char *const rows[] = {"a$",         "^a|b$", "^(ab)+$", "^a?a$",       "^[ab]+b$",
                                       "^ab(?:cd)?", "^a*?b", "^a.b$",   "^(?:ab)?ab$", "^\\bx"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (simple_compile(&arena, str_c(rows[i])))
            fail_msg("%s is taken for simple", rows[i]);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_patterns_decide_as_the_engine_does),
        cmocka_unit_test(what_is_in_doubt_is_left_to_the_engine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
