#include "base/arena.h"

#include "tests/test.h"

static void what_it_hands_out_is_zeroed_aligned_and_apart(void **state)
{
    struct arena a = {0};
    char *last = NULL;

    (void)state;
    for (size_t size = 1; size < 3000; size += 7) {
        char *p = arena_alloc(&a, size);

        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0x5a, size);
        assert_ptr_not_equal(p, last);
        last = p;
    }
    arena_release(&a);
}

static void it_is_clean_again_after_a_reset(void **state)
{
    struct arena a = {0};

    (void)state;
    memset(arena_alloc(&a, 100000), 0xff, 100000);
    arena_reset(&a);
    for (int i = 0; i < 50; i++)
        assert_int_equal(((char *)arena_alloc(&a, 1000))[999], 0);
    arena_release(&a);
    arena_release(&a);
}

static void what_was_adopted_lives_with_its_new_owner(void **state)
{
    struct arena a = {0}, b = {0};
    char *mine = arena_dup(&a, "mine"), *theirs;

    (void)state;
    arena_alloc(&b, 5000);
    theirs = arena_dup(&b, "theirs");
    arena_adopt(&a, &b);
    assert_null(b.chunks);
    arena_release(&b);
    for (int i = 0; i < 50; i++)
        memset(arena_alloc(&a, 300), 0xff, 300);
    assert_string_equal(mine, "mine");
    assert_string_equal(theirs, "theirs");
    arena_adopt(&b, &a); /* into an empty one */
    assert_string_equal(theirs, "theirs");
    arena_release(&a);
    arena_release(&b);
}

static void strings_keep_their_length_and_nul(void **state)
{
    struct arena a = {0};
    const struct str s = arena_str(&a, STR("a\0b"));

    (void)state;
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.data, "a\0b", 4);
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    assert_null(arena_dup(&a, NULL));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_hands_out_is_zeroed_aligned_and_apart),
        cmocka_unit_test(it_is_clean_again_after_a_reset),
        cmocka_unit_test(what_was_adopted_lives_with_its_new_owner),
        cmocka_unit_test(strings_keep_their_length_and_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
