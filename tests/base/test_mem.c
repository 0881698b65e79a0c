#include "base/mem.h"

#include "tests/test.h"

static void secrets_are_the_same_when_every_byte_is(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"", "", true},
        {"token", "token", true},
        {"token", "Token", false},
        {"token", "tokem", false},
        {"a\x80", "a\x81", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(mem_same_secret(rows[i].a, rows[i].b, strlen(rows[i].a)), rows[i].same);
    assert_true(mem_same_secret(NULL, NULL, 0));
}

static void a_wiped_secret_is_gone_and_nothing_else(void **state)
{
    char text[] = "a secret.";

    (void)state;
    mem_wipe(text, 8);
    assert_memory_equal(text, "\0\0\0\0\0\0\0\0.", sizeof(text));
    mem_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_the_same_when_every_byte_is),
        cmocka_unit_test(a_wiped_secret_is_gone_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
