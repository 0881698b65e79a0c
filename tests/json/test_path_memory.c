/* Selecting takes no memory once its nodelist is warm. */
#include "json/path/path.h"

#include "tests/json/allocations.h"
#include "tests/test.h"

static void a_warm_selection_allocates_nothing(void **state)
{
    static const struct {
        const char *query;
        size_t nodes;
    } rows[] = {
        {"$.items[1].sku", 1},
        {"$..sku", 3},
        {"$.items[?@.n > 1 && @.c == 'EUR'].sku", 2},
        {"$.items[?match(@.sku, 'S-[0-9]')]", 3},
        {"$.items[?count(@.*) == 3]", 3},
        {"$.items[?length(@.sku) == length('abc')]", 3},
        {"$.items[?@.*]", 3},
        {"$.items[?value(@..n) == 2.0]", 1},
        {"$.items[?count(@[?@ == 'EUR']) == 1]", 2},
        {"$.items[::-1]", 3},
    };
    struct json_doc *doc = NULL;

    (void)state;
    json_doc_parse(&doc,
                   STR("{\"items\":[{\"sku\":\"S-1\",\"n\":1,\"c\":\"USD\"},"
                       "{\"sku\":\"S-2\",\"n\":2,\"c\":\"EUR\"},"
                       "{\"sku\":\"S-3\",\"n\":3,\"c\":\"EUR\"}]}"),
                   "d", 0, NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct path_query *q = NULL;
        struct path_nodes nodes = {0};

        allocations = 0;
        assert_int_equal(path_compile(&q, str_c(rows[i].query), NULL, NULL), 0);
        assert_true(allocations > 0); /* they are counted indeed */
        path_select(q, json_doc_root(doc), &nodes, NULL);
        allocations = 0;
        assert_int_equal(path_select(q, json_doc_root(doc), &nodes, NULL), 0);
        assert_int_equal(nodes.count, rows[i].nodes);
        if (allocations)
            fail_msg("%s: %zu allocations", rows[i].query, allocations);
        path_nodes_release(&nodes);
        path_free(q);
    }
    json_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_warm_selection_allocates_nothing)};

    count_those_of_jansson();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
