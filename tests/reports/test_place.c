#include "reports/place.h"

#include "tests/test.h"

static void files_are_seen_from_the_root_of_the_repository(void **state)
{
    static const struct {
        const char *folder, *file, *want;
    } rows[] = {
        {"", "testcases/a.json", "testcases/a.json"},
        {"services/orders", "testcases/a.json", "services/orders/testcases/a.json"},
        {"services/orders", "./testcases//a.json", "services/orders/testcases/a.json"},
        {"services/orders", "../shared/a.json", "services/shared/a.json"},
        {"services/orders", "../../a.json", "a.json"},
        {"services/orders", "x/../a.json", "services/orders/a.json"},
        {"services/orders", "../../../a.json", "../../../a.json"}, /* out of it */
        {"", "../a.json", "../a.json"},
        {"services/orders", "/tmp/a.json", "/tmp/a.json"},
        {"services/orders", "", "services/orders"},
        {"a", "..a/..", "a"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        buf_add_c(&out, "file=");
        place_in_repository(&out, rows[i].folder, rows[i].file);
        assert_string_equal(buf_c(&out) + 5, rows[i].want);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_seen_from_the_root_of_the_repository),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
