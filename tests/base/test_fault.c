#include "base/fault.h"

#include "tests/test.h"

static void beyond_the_limit_faults_are_counted_not_kept(void **state)
{
    struct faults f = {0};

    (void)state;
    for (unsigned i = 0; i < FAULTS_MAX + 5; i++)
        fault_hint(faults_add(&f, "a.json", i + 1, 1, "fault %u", i), "did you mean \"%u\"?", i);
    assert_int_equal(f.count, FAULTS_MAX);
    assert_int_equal(f.dropped, 5);
    assert_string_equal(f.items[7].text, "fault 7");
    assert_string_equal(f.items[7].hint, "did you mean \"7\"?");
    faults_release(&f);
    faults_release(&f);
}

static void an_overlong_source_line_is_left_out(void **state)
{
    struct faults f = {0};
    char line[500];

    (void)state;
    memset(line, 'x', sizeof(line));
    fault_source(faults_add(&f, NULL, 0, 0, "t"), (struct str){line, sizeof(line)});
    assert_null(f.items[0].source_line);
    fault_source(&f.items[0], STR("short"));
    assert_string_equal(f.items[0].source_line, "short");
    faults_release(&f);
}

static void they_are_told_as_one_reads(void **state)
{
    static const char *const want[] = {"before", "a",           "b",      "b again",
                                       "c",      "of a schema", "nowhere"};
    struct faults f = {0};

    (void)state;
    faults_add(&f, "z.json", 9, 9, "before");
    faults_add(&f, "s.json", 1, 1, "of a schema");
    faults_add(&f, "a.json", 3, 1, "c");
    faults_add(&f, "a.json", 2, 7, "b");
    faults_add(&f, NULL, 0, 0, "nowhere");
    faults_add(&f, "a.json", 2, 7, "b again");
    faults_add(&f, "a.json", 3, 1, "c");
    faults_add(&f, "a.json", 2, 7, "b again");
    faults_add(&f, "a.json", 2, 6, "a");
    faults_tidy(&f, 1, "a.json");
    assert_int_equal(f.count, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        assert_string_equal(f.items[i].text, want[i]);
    faults_release(&f);
}

static void what_is_repeated_pushes_nothing_out(void **state)
{
    struct faults f = {0};

    (void)state;
    for (unsigned i = 0; i < 3 * FAULTS_MAX; i++)
        faults_add(&f, "s.json", i % 2 + 1, 1, "of a schema");
    faults_add(&f, "a.json", 7, 1, "only here");
    faults_tidy(&f, 0, "a.json");
    assert_int_equal(f.dropped, 0);
    assert_int_equal(f.count, 3); /* two of the schema, said in turns, are said once each */
    assert_string_equal(f.items[0].text, "only here");
    faults_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beyond_the_limit_faults_are_counted_not_kept),
        cmocka_unit_test(they_are_told_as_one_reads),
        cmocka_unit_test(what_is_repeated_pushes_nothing_out),
        cmocka_unit_test(an_overlong_source_line_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
