#include "runner/select.h"

#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

static const char cases[] =
    "{\"suite\":\"shop\",\n"
    "\"setup\":[{\"name\":\"up\"}],\n"
    "\"cases\":[\n"
    "{\"name\":\"one\",\"tags\":[\"fast\"]},\n"
    "{\"name\":\"two\",\"tags\":[\"slow\",\"odd\"],\n \"needs\":[\"three\"]},\n"
    "{\"name\":\"three\",\"needs\":[\"four\"]},\n"
    "{\"name\":\"four\"},\n"
    "{\"name\":\"rows\",\"table\":[{\"id\":\"x\"},{\"id\":\"y\"}]}],\n"
    "\"teardown\":[{\"name\":\"down\"}]}";

static char *chosen(const struct testset *set, const struct select_wish *wish)
{
    struct buf names = {0};
    size_t *order, count;
    struct err err = {0};

    if (select_items(set, wish, &order, &count, &err) < 0) {
        buf_add_c(&names, err.text);
        return buf_steal(&names);
    }
    for (size_t i = 0; i < count; i++)
        buf_printf(&names, "%s%s", i ? "," : "", set->items[order[i]].name);
    free(order);
    return buf_steal(&names);
}

static void what_is_asked_for_brings_what_it_needs(void **state)
{
    static const char *const fast[] = {"fast"}, *const many[] = {"fast", "odd"},
                             *const none[] = {"no"};
    struct support_case c;
    struct select_line line = {NULL, 6}, beyond = {NULL, 99};
    const struct {
        struct select_wish wish;
        const char *want;
    } rows[] = {
        {{0}, "up,one,two,three,four,rows [x],rows [y],down"},
        {{.tags = fast, .tag_count = 1}, "up,one,down"},
        {{.tags = many, .tag_count = 2}, "up,one,two,three,four,down"},
        {{.tags = none, .tag_count = 1}, ""},
        {{.filter = "^shop > rows \\[y\\]$"}, "up,rows [y],down"},
        {{.filter = "up"}, ""}, /* setup alone tests nothing */
        {{.filter = "three"}, "up,three,four,down"},
        {{.filter = "("}, "--filter: missing closing parenthesis"},
        {{.lines = &line, .line_count = 1}, "up,two,three,four,down"},
        {{.lines = &beyond, .line_count = 1}, ""},
        {{.filter = "two", .tags = fast, .tag_count = 1}, ""},
    };

    (void)state;
    support_case_open(&c, cases);
    line.file = beyond.file = c.file;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(mem_freep) char *got = chosen(&c.set, &rows[i].wish);

        if (strcmp(got, rows[i].want) != 0)
            fail_msg("row %zu: %s", i, got);
    }
    support_case_close(&c);
}

static void a_seed_is_an_order(void **state)
{
    const struct select_wish one = {.shuffle = true, .seed = 1}, two = {.shuffle = true, .seed = 2};
    CLEANUP(mem_freep) char *first = NULL, *again = NULL, *other = NULL;
    struct support_case c;

    (void)state;
    support_case_open(&c, cases);
    first = chosen(&c.set, &one);
    again = chosen(&c.set, &one);
    other = chosen(&c.set, &two);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_int_equal(strlen(first), strlen(other));
    support_case_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for_brings_what_it_needs),
        cmocka_unit_test(a_seed_is_an_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
