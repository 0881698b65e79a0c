#include "base/neutral.h"

#include "tests/test.h"

static void commands_of_ci_systems_are_shown_and_not_obeyed(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"::set-output name=a::b", "\\u{3a}:set-output name=a::b"},
        {" \t::add-mask::x", " \t\\u{3a}:add-mask::x"},
        {"a\n\xc2\xa0::x::", "a\n\xc2\xa0\\u{3a}:x::"}, /* no-break space */
        {"\xe3\x80\x80 \xe2\x80\x83::x", "\xe3\x80\x80 \xe2\x80\x83\\u{3a}:x"},
        {"\xc3\xa4::x", "\xc3\xa4::x"},
        {"a\n::x::\n  ::y::", "a\n\\u{3a}:x::\n  \\u{3a}:y::"},
        {"a ::x::", "a ::x::"}, /* nobody looks there */
        {"std::string", "std::string"},
        {":", ":"},
        {"##[error]x", "\\u{23}#[error]x"},
        {"a ##vso[task.setvariable]b", "a \\u{23}#vso[task.setvariable]b"},
        {"##teamcity[x] ##teamcity[y]", "\\u{23}#teamcity[x] \\u{23}#teamcity[y]"},
        {"###vso[x]", "#\\u{23}#vso[x]"},
        {"## heading [1]", "## heading [1]"},
        {"##", "##"},
        {"##vso", "##vso"},
        {"\r::x::", "\\u{d}::x::"}, /* not the beginning of a line any more */
        {"\033[31m", "\\u{1b}[31m"},
        {"\xff::", "\\xff::"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        neutral_text(&out, str_c(rows[i].text));
        assert_string_equal(buf_c(&out), rows[i].want);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_of_ci_systems_are_shown_and_not_obeyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
