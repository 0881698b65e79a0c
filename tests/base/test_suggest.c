#include "base/suggest.h"

#include "tests/test.h"

static void the_nearest_word_is_found_or_none(void **state)
{
    static const char *const words[] = {"payload", "expect", "timeout", "matches", "not_matches"};
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"paylod", "payload"},        {"expcet", "expect"}, {"TIMEOUT", "timeout"},
        {"match", "matches"},         {"zzz", NULL},        {"x", NULL},
        {"not_match", "not_matches"}, {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *got = suggest_nearest(str_c(rows[i].word), words, ARRAY_LEN(words));

        if (!rows[i].want)
            assert_null(got);
        else {
            assert_non_null(got);
            assert_string_equal(got, rows[i].want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_nearest_word_is_found_or_none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
