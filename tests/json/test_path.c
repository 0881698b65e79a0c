#include "json/path/path.h"

#include "tests/test.h"

static void what_is_no_rfc_9535_is_refused_where_it_stands_with_a_hint(void **state)
{
    static const struct {
        const char *query;
        size_t offset;
        const char *want;
    } rows[] = {
        {"", 0, "found the end, expected \"$\""},
        {"a", 0, "expected \"$\""},
        {"/a/b", 0, "found a JSON Pointer"},
        {"$.", 2, "found the end, expected a name or *"},
        {"$.a ", 3, "not even a blank"},
        {"$.a-b", 3, "['...-...']"},
        {"$.[0]", 1, "no \".\" stands before \"[\""},
        {"$[name]", 2, "a name in brackets is quoted"},
        {"$[(@.length-1)]", 2, "the last element is [-1]"},
        {"$.length()", 2, "functions stand in filters only"},
        {"$['a", 2, "the string does not end"},
        {"$[01]", 2, "no leading zeros"},
        {"$[-0]", 2, "not -0"},
        {"$[9007199254740992]", 2, "within -(2^53-1) and 2^53-1"},
        {"$[?@.a =~ /x/]", 7, "match(@.a, 'regex')"},
        {"$[?@.a == 1 and @.b]", 12, "write &&"},
        {"$[?(@.a == 1 OR @.b)]", 13, "write ||"},
        {"$[?@.a == 1 & @.b]", 12, "write &&"},
        {"$[?@.a == 1 == true]", 12, "join them"},
        {"$[?@.a = 1]", 7, "equality is =="},
        {"$[?@.a === 1]", 7, "equality is =="},
        {"$[?@.a in [1]]", 7, "write @.a == 1 || @.a == 2"},
        {"$[?@.a and @.b]", 7, "write &&"},
        {"$[?lenght(@.a) > 1]", 3, "did you mean length()?"},
        {"$[?length(@.*) > 1]", 10, "length() takes a value"},
        {"$[?count(1) > 1]", 9, "count() takes a query"},
        {"$[?length(@.a)]", 3, "compare it with something"},
        {"$[?match(@.a, 'x') == true]", 3, "nothing to compare"},
        {"$[?@.* == 1]", 3, "may give several nodes"},
        {"$[?!@.a == 1]", 3, "needs parentheses"},
        {"$[?1]", 3, "a literal alone is no condition"},
        {"$[?@.a", 6, "expected \",\" or \"]\""},
        {"@.a", 0, "a query starts with \"$\""},
        {" $", 0, "not even a blank"},
        {".a", 0, "$.a.b"},
        {"$.0", 2, "an element is written in brackets"},
        {"$.'a'", 2, "stands in brackets: ['name']"},
        {"$.@type", 2, "['@name']"},
        {"$...a", 3, "three dots"},
        {"$.a~", 3, "--paths"},
        {"$.a^", 3, "no parent"},
        {"$.a:b", 3, "['a:b']"},
        {"$.?(@.a)", 2, "a filter stands in brackets"},
        {"$[]", 2, "everything is [*]"},
        {"$[last]", 2, "[-1]"},
        {"$[#-1]", 2, "[-1]"},
        {"$[@.a]", 2, "a filter starts with \"?\""},
        {"$[?@.a == [1]]", 10, "an array cannot stand in a filter"},
        {"$[?@.a == {}]", 10, "an object cannot stand in a filter"},
        {"$[?@.a == True]", 10, "the literals are true, false and null"},
        {"$[?not @.a]", 3, "not is written \"!\""},
        {"$[?a == 1]", 3, "is written @.name"},
        {"$[?@.a == undefined]", 10, "[?!@.a]"},
        {"$[?@.a == .5]", 10, "digits before the point"},
        {"$[?@.a <> 1]", 7, "inequality is !="},
        {"$[?@.a & @.b]", 7, "write &&"},
        {"$[?@.a + 1 > 2]", 7, "no arithmetic"},
        {"$[?@.a contains 'x']", 7, "search(@.a, 'text')"},
        {"$['\\x']", 3, "found an escape that JSON does not have"},
        {"$[\"\\'\"]", 3, "own quote"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct path_query *q = NULL;
        struct err err = {0};
        size_t offset = 999;

        if (path_compile(&q, str_c(rows[i].query), &offset, &err) == 0)
            fail_msg("accepted %s", rows[i].query);
        assert_contains(err.text, rows[i].want);
        if (offset != rows[i].offset)
            fail_msg("%s: at %zu, %s", rows[i].query, offset, err.text);
    }
}

static void only_names_and_indexes_are_singular(void **state)
{
    static const struct {
        const char *query;
        bool singular;
    } rows[] = {{"$", true},       {"$.a[0]['b'][-1]", true}, {"$.*", false},    {"$..a", false},
                {"$[0,1]", false}, {"$[0:1]", false},         {"$[?@.a]", false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct path_query *q = NULL;

        assert_int_equal(path_compile(&q, str_c(rows[i].query), NULL, NULL), 0);
        assert_int_equal(path_is_singular(q), rows[i].singular);
        path_free(q);
    }
}

static void exact_numbers_are_compared_in_filters(void **state)
{
    struct json_doc *doc = NULL;
    struct path_query *q = NULL;
    struct path_nodes nodes = {0};

    (void)state;
    json_doc_parse(&doc,
                   STR("[18446744073709551615, 18446744073709551616, 1.8446744073709551615e19]"),
                   "d", 0, NULL);
    assert_int_equal(path_compile(&q, STR("$[?@ == 18446744073709551615]"), NULL, NULL), 0);
    assert_int_equal(path_select(q, json_doc_root(doc), &nodes, NULL), 0);
    assert_int_equal(nodes.count, 2);
    assert_int_equal(json_ref_start(path_node_ref(&nodes, 1)).column, 46);
    path_nodes_release(&nodes);
    path_free(q);
    json_doc_free(doc);
}

static void what_cannot_be_decided_is_an_error(void **state)
{
    struct json_doc *doc = NULL;
    struct path_query *q = NULL;
    struct path_nodes nodes = {0};
    struct err err = {0};

    (void)state;
    json_doc_parse(&doc, STR("[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"]"), "d", 0, NULL);
    assert_int_equal(path_compile(&q, STR("$[?!match(@, '(a+)+')]"), NULL, NULL), 0);
    assert_int_equal(path_select(q, json_doc_root(doc), &nodes, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_contains(err.text, "gave up");
    assert_int_equal(nodes.count, 0);
    path_nodes_release(&nodes);
    path_free(q);
    json_doc_free(doc);
}

static void nesting_is_limited(void **state)
{
    struct buf b = {0};
    struct path_query *q = NULL;
    struct err err = {0};

    (void)state;
    buf_add_c(&b, "$");
    for (int i = 0; i < 200; i++)
        buf_add_c(&b, "[?(@");
    assert_int_equal(path_compile(&q, buf_str(&b), NULL, &err), -1);
    assert_contains(err.text, "nested deeper than 128");
    buf_release(&b);
}

static void names_of_normalized_paths_are_escaped(void **state)
{
    struct buf b = {0};

    (void)state;
    path_add_name(&b, STR("a'\\\n\0\x1f\"\xc3\xa9"));
    assert_string_equal(b.data, "['a\\'\\\\\\n\\u0000\\u001f\"\xc3\xa9']");
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_rfc_9535_is_refused_where_it_stands_with_a_hint),
        cmocka_unit_test(only_names_and_indexes_are_singular),
        cmocka_unit_test(exact_numbers_are_compared_in_filters),
        cmocka_unit_test(what_cannot_be_decided_is_an_error),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(names_of_normalized_paths_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
