#include "cli/term.h"

#include "tests/test.h"

static void terminal_controls_become_visible(void **state)
{
    static const struct {
        struct str in;
        const char *want;
    } rows[] = {
        {STR_INIT("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n\tx"),
         "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n\tx"},
        {STR_INIT("\x1b[31mred\x07"), "\\u{1b}[31mred\\u{7}"},
        {STR_INIT("a\rb\0c\x7f"), "a\\u{d}b\\u{0}c\\u{7f}"},
        {STR_INIT("\xc2\x9b"
                  "31m"),
         "\\u{9b}31m"}, /* C1: an 8-bit CSI */
        {STR_INIT("\xe2\x80\xae"
                  "gpj"),
         "\\u{202e}gpj"}, /* right-to-left override */
        {STR_INIT("\xff\xc0\xaf\xed\xa0\x80"), "\\xff\\xc0\\xaf\\xed\\xa0\\x80"},
        {STR_INIT("cut \xe2\x82"), "cut \\xe2\\x82"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = {0};

        term_safe(&b, rows[i].in);
        assert_string_equal(b.data, rows[i].want);
        buf_release(&b);
    }
}

static const char *const *fake_env;

static const char *look_up(const char *name)
{
    for (size_t i = 0; fake_env[i]; i += 2)
        if (strcmp(fake_env[i], name) == 0)
            return fake_env[i + 1];
    return NULL;
}

static void colour_follows_the_conventions(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const forced[] = {"CLICOLOR_FORCE", "1", NULL};
    static const char *const both[] = {"CLICOLOR_FORCE", "1", "NO_COLOR", "1", NULL};
    static const char *const empty_no[] = {"CLICOLOR_FORCE", "1", "NO_COLOR", "", NULL};
    static const char *const zero[] = {"FORCE_COLOR", "0", "TERM", "dumb", NULL};

    (void)state;
    fake_env = none;
    term_init(TERM_ALWAYS, look_up);
    assert_true(term_colored(stdout));
    fake_env = forced;
    term_init(TERM_AUTO, look_up);
    assert_true(term_colored(stderr));
    term_init(TERM_NEVER, look_up);
    assert_false(term_colored(stderr));
    fake_env = both;
    term_init(TERM_AUTO, look_up);
    assert_false(term_colored(stdout));
    fake_env = empty_no;
    term_init(TERM_AUTO, look_up);
    assert_true(term_colored(stdout));
    fake_env = zero;
    term_init(TERM_AUTO, look_up);
    assert_false(term_colored(stdout));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_controls_become_visible),
        cmocka_unit_test(colour_follows_the_conventions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
