/* The line in an alias's description, read and written. */
#include "tests/test.h"

#include <stdio.h>

#include "promote/mark.h"

static const char whole[] = "lsp1 p=01J9ZZZZZZZZZZZZZZZZZZZZZZ s=staged o=11 n=12 "
                            "h=0123456789abcdef x=1767225600 k=$LATEST w=9a3f0201";

static void a_line_is_read_and_written_again(void **state)
{
    char out[LAMBDA_DESCRIPTION_SIZE];
    struct mark m;
    struct str text;
    struct err err = {0};

    (void)state;
    assert_int_equal(mark_parse(str_c(whole), &m, &text, &err), 0);
    assert_int_equal(m.state, MARK_STAGED);
    assert_string_equal(m.old_version, "11");
    assert_string_equal(m.new_version, "12");
    assert_string_equal(m.before, "$LATEST");
    assert_string_equal(m.hash, "0123456789abcdef");
    assert_string_equal(m.writer, "9a3f0201");
    assert_int_equal(m.expires_s, 1767225600);
    assert_int_equal(text.len, 0);
    assert_int_equal(mark_format(&m, text, out, &err), 0);
    assert_string_equal(out, whole);
}

static void the_users_text_is_kept(void **state)
{
    static const char *const rows[][2] = {
        /* description, the user's part */
        {"", ""},
        {"our Live alias", "our Live alias"},
        {"lsp2 p=x s=staged", "lsp2 p=x s=staged"},
        {"lsp1 p=A s=live o=- n=1 h=- x=0 | hands off | really", "hands off | really"},
        {"lsp1 p=A s=live o=- n=1 h=- x=0 | \303\266", "\303\266"},
        {"lsp1", "lsp1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char out[LAMBDA_DESCRIPTION_SIZE], twice[LAMBDA_DESCRIPTION_SIZE];
        struct mark m, again;
        struct str text, kept;
        struct err err = {0};

        assert_int_equal(mark_parse(str_c(rows[i][0]), &m, &text, &err), 0);
        assert_true(str_eq_c(text, rows[i][1]));
        m = (struct mark){.state = MARK_PASSED, .promotion = "B", .new_version = "7"};
        assert_int_equal(mark_format(&m, text, out, &err), 0);
        assert_int_equal(mark_parse(str_c(out), &again, &kept, &err), 0);
        assert_int_equal(mark_format(&again, kept, twice, &err), 0);
        assert_string_equal(twice, out);
        assert_true(str_eq_c(kept, rows[i][1]));
    }
}

static void what_begins_as_ours_and_is_not_is_refused(void **state)
{
    static const char *const rows[] = {
        "lsp1 ",
        "lsp1 p=A",                            /* no state */
        "lsp1 s=live",                         /* no id */
        "lsp1 p=A s=lively",                   /* an unknown state */
        "lsp1 p=A s=live o=x",                 /* no version */
        "lsp1 p=A s=live x=-1",                /* no time */
        "lsp1 p=A s=live x=",                  /* nothing */
        "lsp1 p=A s=live junk",                /* no field */
        "lsp1 p=- s=live",                     /* no id */
        "lsp1 p=A s=live h=01234567890123456", /* too long */
        "lsp1 p=A/B s=live",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mark m;
        struct err err = {0};

        if (mark_parse(str_c(rows[i]), &m, NULL, &err) == 0)
            fail_msg("\"%s\" was read", rows[i]);
        assert_int_equal(err.kind, ERR_REFUSED);
        assert_contains(err.text, "begins as smokegate's");
    }
}

static void a_hint_is_read_where_it_is_one_and_left_out_where_there_is_no_room(void **state)
{
    static const char revision[] = "0b9d7f4e-5a3c-4c1e-9f8e-0123456789ab";
    static const char *const no_hints[] = {"-",
                                           "a-b",
                                           "a-b/",
                                           "a-b/0123456789abcdef",
                                           "a-b/0123456789abcdef/",
                                           "a-b/0123456789abcdef/-",
                                           "a-b/0123456789abcdef/x",
                                           "a-b/0123456789abcdef/1/2",
                                           "/0123456789abcdef/1",
                                           "a-b/0123456789abcde/1",
                                           "a-b/0123456789abcdef0/1",
                                           "a-b/0123/56789abcdef/1",
                                           "a\"b/0123456789abcdef/1",
                                           "\303\266/0123456789abcdef/1",
                                           "0123456789012345678901234567890123456789"
                                           "0123456789012345678901234567890123456789"
                                           "/0123456789abcdef/1"};
    char out[LAMBDA_DESCRIPTION_SIZE], text[200];
    struct mark m = {.state = MARK_LIVE, .promotion = "A", .new_version = "2"};
    struct err err = {0};
    size_t n;

    (void)state;
    snprintf(m.neighbour, sizeof(m.neighbour), "%s", revision);
    snprintf(m.neighbour_hash, sizeof(m.neighbour_hash), "0123456789abcdef");
    snprintf(m.neighbour_old, sizeof(m.neighbour_old), "11");
    assert_int_equal(mark_format(&m, STR("mine"), out, &err), 0);
    assert_string_equal(out, "lsp1 p=A s=live o=- n=2 h=- x=0 k=- w=- "
                             "r=0b9d7f4e-5a3c-4c1e-9f8e-0123456789ab/0123456789abcdef/11 | mine");
    m.neighbour[0] = m.neighbour_hash[0] = m.neighbour_old[0] = '\0';
    assert_int_equal(mark_parse(str_c(out), &m, NULL, &err), 0);
    assert_string_equal(m.neighbour, revision);
    assert_string_equal(m.neighbour_hash, "0123456789abcdef");
    assert_string_equal(m.neighbour_old, "11");

    n = strlen(out) - strlen("mine");
    memset(text, 'x', sizeof(text));
    assert_int_equal(mark_format(&m, ((struct str){text, MARK_DESCRIPTION_MAX - n}), out, &err), 0);
    assert_non_null(strstr(out, " r="));
    assert_int_equal(strlen(out), MARK_DESCRIPTION_MAX);
    assert_int_equal(mark_format(&m, ((struct str){text, MARK_DESCRIPTION_MAX - n + 1}), out, &err),
                     0);
    assert_null(strstr(out, " r="));

    for (size_t i = 0; i < ARRAY_LEN(no_hints); i++) {
        snprintf(text, sizeof(text), "lsp1 p=A s=live o=- n=2 h=- x=0 k=- w=- r=%s", no_hints[i]);
        assert_int_equal(mark_parse(str_c(text), &m, NULL, &err), 0);
        assert_string_equal(m.neighbour, "");
    }
}

static void fields_of_a_newer_release_are_ignored(void **state)
{
    struct mark m;
    struct err err = {0};

    (void)state;
    assert_int_equal(mark_parse(STR("lsp1 p=A s=canary z=anything/at:all n=3"), &m, NULL, &err), 0);
    assert_int_equal(m.state, MARK_CANARY);
    assert_string_equal(m.new_version, "3");
}

static void a_description_that_would_be_too_long_is_refused(void **state)
{
    const struct mark m = {.state = MARK_CLAIMED, .promotion = "A"};
    char text[300], out[LAMBDA_DESCRIPTION_SIZE];
    size_t longest = 0;
    struct err err = {0};

    (void)state;
    memset(text, 'u', sizeof(text));
    while (mark_format(&m, (struct str){text, longest + 1}, out, &err) == 0) {
        longest++;
        assert_true(strlen(out) <= MARK_DESCRIPTION_MAX);
    }
    assert_true(longest > 100);
    mark_format(&m, (struct str){text, longest}, out, NULL);
    assert_int_equal(strlen(out), MARK_DESCRIPTION_MAX);
    assert_contains(err.text, "shorten it");
}

static void open_and_undoing(void **state)
{
    static const struct {
        enum mark_state state;
        int64_t expires;
        bool open, undoing;
    } rows[] = {
        {MARK_NONE, 0, false, false}, {MARK_CLAIMED, 5, true, false}, {MARK_STAGED, 5, true, false},
        {MARK_LIVE, 5, true, false},  {MARK_LIVE, 0, false, false},   {MARK_RB, 0, false, false},
        {MARK_RB, 5, true, true},     {MARK_UNDO, 5, true, true},     {MARK_RESTORE, 5, true, true},
        {MARK_UNDO, 0, false, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct mark m = {.state = rows[i].state, .expires_s = rows[i].expires};

        assert_int_equal(mark_is_open(&m), rows[i].open);
        assert_int_equal(mark_is_undoing(&m), rows[i].undoing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_read_and_written_again),
        cmocka_unit_test(the_users_text_is_kept),
        cmocka_unit_test(what_begins_as_ours_and_is_not_is_refused),
        cmocka_unit_test(a_hint_is_read_where_it_is_one_and_left_out_where_there_is_no_room),
        cmocka_unit_test(fields_of_a_newer_release_are_ignored),
        cmocka_unit_test(a_description_that_would_be_too_long_is_refused),
        cmocka_unit_test(open_and_undoing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
