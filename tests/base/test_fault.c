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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beyond_the_limit_faults_are_counted_not_kept),
        cmocka_unit_test(an_overlong_source_line_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
