#include "runner/diff.h"

#include "base/mem.h"
#include "base/secret.h"
#include "runner/align.h"
#include "tests/test.h"

static void diff_of(struct buf *out, const char *expected, const char *actual)
{
    struct json_doc *e = NULL, *a = NULL;

    assert_int_equal(json_doc_parse(&e, str_c(expected), "e", 0, NULL), 0);
    assert_int_equal(json_doc_parse(&a, str_c(actual), "a", 0, NULL), 0);
    diff_values(out, e, json_doc_root(e).value, a, json_doc_root(a).value);
    json_doc_free(e);
    json_doc_free(a);
}

static void only_what_differs_is_told(void **state)
{
    static const struct {
        const char *expected, *actual, *diff;
    } rows[] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2.0],\"a\":1.0}", ""},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":3}", "- .b: 2\n+ .c: 3"},
        {"[1,2,3]", "[0,1,2,3]", "+ [0]: 0"},
        {"[1,2,3]", "[1,3]", "- [1]: 2"},
        {"[1,2,3,4]", "[4,1,2,3]", "+ [0]: 4\n- [3]: 4"},
        {"[{\"id\":1},{\"id\":2,\"x\":1}]", "[{\"id\":0},{\"id\":1},{\"id\":2,\"x\":2}]",
         "+ [0]: {\"id\":0}\n- [2].x: 1\n+ [2].x: 2"},
        {"[[1,2],[3]]", "[[1],[3]]", "- [0][1]: 2"},
        {"1", "\"1\"", "- 1\n+ \"1\""},
        {"{\"a b\":{\"\":1}}", "{\"a b\":{\"\":2}}", "- [\"a b\"][\"\"]: 1\n+ [\"a b\"][\"\"]: 2"},
        {"18446744073709551615", "18446744073709551616",
         "- 18446744073709551615\n+ 18446744073709551616"},
        {"{\"t\":\"a\\nb\\nc\"}", "{\"t\":\"a\\nc\\nd\"}",
         "- .t line 2: \"b\"\n+ .t line 3: \"d\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        diff_of(&out, rows[i].expected, rows[i].actual);
        if (strcmp(buf_c(&out), rows[i].diff) != 0)
            fail_msg("%s and %s:\n%s", rows[i].expected, rows[i].actual, buf_c(&out));
        buf_release(&out);
    }
}

#define SAID "what is known: what is known: what is known:"

/* Which would tell a part of one, and be masked no more. */
static void no_string_is_cut_within_a_secret(void **state)
{
    static const struct {
        const char *expected, *actual, *diff;
    } rows[] = {
        /* the same one before what differs, and behind it */
        {"\"" SAID " the-secret-that-nobody-is-to-see.1\"",
         "\"" SAID " the-secret-that-nobody-is-to-see.2\"",
         "- ...\"t is known: ***.1\"\n+ ...\"t is known: ***.2\""},
        {"\"1.the-secret-that-nobody-is-to-see " SAID "\"",
         "\"2.the-secret-that-nobody-is-to-see " SAID "\"",
         "- \"1.*** what is kno\"...\n+ \"2.*** what is kno\"..."},
        /* one that begins like another one */
        {"\"" SAID " the-secret-that-nobody-is-to-see\"",
         "\"" SAID " the-secret-that-nobody-may-know\"", "- \"" SAID " ***\"\n+ \"" SAID " ***\""},
        {"\"" SAID " the-secret-that-nobody-is-to-see\"", "\"" SAID " the-secret-that-is-none\"",
         "- ...\" what is known: ***\"\n+ ...\" what is known: the-secret-that-is-none\""},
    };

    (void)state;
    secret_add(STR("the-secret-that-nobody-is-to-see"));
    secret_add(STR("the-secret-that-nobody-may-know"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};

        diff_of(&out, rows[i].expected, rows[i].actual);
        if (strcmp(buf_c(&out), rows[i].diff) != 0)
            fail_msg("%s and %s:\n%s", rows[i].expected, rows[i].actual, buf_c(&out));
        buf_release(&out);
    }
    secret_clear();
}

static void a_long_diff_is_cut_and_counted(void **state)
{
    struct buf expected = {0}, out = {0};

    (void)state;
    buf_putc(&expected, '[');
    for (int i = 0; i < 300; i++)
        buf_printf(&expected, "%s%d", i ? "," : "", i);
    buf_putc(&expected, ']');
    diff_of(&out, expected.data, "[]");
    assert_contains(out.data, "- [199]: 199\nand 100 more lines");
    buf_release(&expected);
    buf_release(&out);
}

struct words {
    const char *a, *b;
};

static bool same_letters(const void *ctx, size_t i, size_t k)
{
    const struct words *w = ctx;

    return w->a[i] == w->b[k];
}

/* The longest common subsequence by trying everything. */
static size_t longest(const char *a, const char *b)
{
    size_t left, right;

    if (!*a || !*b)
        return 0;
    if (*a == *b)
        return 1 + longest(a + 1, b + 1);
    left = longest(a + 1, b);
    right = longest(a, b + 1);
    return left > right ? left : right;
}

static void as_many_as_possible_are_paired_in_order(void **state)
{
    static const char *const texts[] = {"",     "a",      "ab",     "ba",       "abcab",
                                        "bcab", "aabbcc", "cbabac", "abcbdabx", "bdcaba"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
            const struct words w = {texts[i], texts[k]};
            size_t pair[16], pairs = 0, last = 0;

            align_sequences(pair, strlen(w.a), strlen(w.b), same_letters, &w);
            for (size_t at = 0; at < strlen(w.a); at++) {
                if (pair[at] == ALIGN_NONE)
                    continue;
                assert_int_equal(w.a[at], w.b[pair[at]]);
                assert_true(!pairs || pair[at] > last);
                last = pair[at];
                pairs++;
            }
            if (pairs != longest(w.a, w.b))
                fail_msg("%s and %s: %zu pairs", w.a, w.b, pairs);
        }
}

struct numbers {
    const int *a, *b;
};

static bool same_numbers(const void *ctx, size_t i, size_t k)
{
    const struct numbers *n = ctx;

    return n->a[i] == n->b[k];
}

/* One taken out near the beginning, one changed, two put in near the end. */
static void long_sequences_are_paired_around_what_differs(void **state)
{
    enum { N = 100000 };
    int *a = mem_array(N, sizeof(*a)), *b = mem_array(N + 1, sizeof(*b));
    size_t *pair = mem_array(N, sizeof(*pair)), m = 0;
    const struct numbers n = {a, b};

    (void)state;
    for (int i = 0; i < N; i++)
        a[i] = i;
    for (int i = 0; i < N; i++) {
        if (i == N - 3) {
            b[m++] = -1;
            b[m++] = -2;
        }
        if (i != 2)
            b[m++] = i == N / 2 ? -3 : i;
    }
    assert_int_equal(m, N + 1);
    align_sequences(pair, N, m, same_numbers, &n);
    for (size_t i = 0; i < N; i++) {
        const size_t want = i == 2 || i == N / 2 ? ALIGN_NONE
                            : i < 2              ? i
                            : i < N - 3          ? i - 1
                                                 : i + 1;

        assert_int_equal(pair[i], want);
    }
    /* and nothing in common at all */
    for (size_t i = 0; i < m; i++)
        b[i] = -9;
    align_sequences(pair, N, m, same_numbers, &n);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pair[i], ALIGN_NONE);
    free(a);
    free(b);
    free(pair);
}

static void behind_a_long_stretch_that_differs_they_agree_again(void **state)
{
    enum { N = 10000, FROM = 100, TO = FROM + 20 * ALIGN_AHEAD };
    int *a = mem_array(N, sizeof(*a)), *b = mem_array(N, sizeof(*b));
    size_t *pair = mem_array(N, sizeof(*pair));
    const struct numbers n = {a, b};

    (void)state;
    for (int i = 0; i < N; i++) {
        a[i] = i ? i : -1; /* the ends differ, else they are paired beforehand */
        b[i] = i >= FROM && i < TO ? -i : i == 0 || i == N - 1 ? -2 : i;
    }
    align_sequences(pair, N, N, same_numbers, &n);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pair[i], i == 0 || i == N - 1 || (i >= FROM && i < TO) ? ALIGN_NONE : i);
    free(a);
    free(b);
    free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_told),
        cmocka_unit_test(no_string_is_cut_within_a_secret),
        cmocka_unit_test(a_long_diff_is_cut_and_counted),
        cmocka_unit_test(as_many_as_possible_are_paired_in_order),
        cmocka_unit_test(long_sequences_are_paired_around_what_differs),
        cmocka_unit_test(behind_a_long_stretch_that_differs_they_agree_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
