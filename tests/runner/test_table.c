#include "runner/table.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

enum { LONG = 1500 }; /* rows: long enough to be kept as text */

/* Rows whose names, ids and payloads need everything a row may hold. */
static void add_rows(struct buf *out, size_t count, const char *member)
{
    buf_add_c(out, "[");
    for (size_t i = 0; i < count; i++)
        buf_printf(
            out,
            "%s\n {\"id\":\"r%zu\", \"deep\":{\"list\":[null,true,-1.5e3,\"\\u0000\\\"\xc3\xa9\"]},"
            "\"n\":%zu%s}",
            i ? "," : "", i, i, member);
    buf_add_c(out, "]");
}

/* The payload and the name of a row are what they are in a table too short to be packed. */
static void assert_row(const struct support_case *c, size_t i)
{
    struct compiled *compiled = NULL;
    struct faults faults = {0};
    char name[32], payload[128];

    snprintf(name, sizeof(name), "c [r%zu]", i);
    snprintf(payload, sizeof(payload),
             "{\"n\":%zu,\"deep\":{\"list\":[null,true,-1500.0,\"\\u0000\\\"\xc3\xa9\"]}}", i);
    assert_int_equal(
        compile_item(&compiled, &c->set, &c->set.items[i], &c->config, json_null(), &faults), 0);
    assert_string_equal(c->set.items[i].name, name);
    assert_string_equal(buf_c(&compiled->payload), payload);
    compiled_free(compiled);
    faults_release(&faults);
}

static void rows_of_a_long_table_are_what_those_of_a_short_one_are(void **state)
{
    (void)state;
    for (size_t count = 3; count <= LONG; count += LONG - 3) {
        CLEANUP(buf_release) struct buf text = {0};
        struct support_case c;

        buf_add_c(&text, "{\"function\":\"f\",\"cases\":[{\"name\":\"c\",\"table\":");
        add_rows(&text, count, "");
        buf_add_c(&text, ",\"payload\":{\"n\":\"{{n}}\",\"deep\":\"{{row.deep}}\"}}]}");
        support_case_open(&c, buf_c(&text));
        assert_int_equal(c.set.item_count, count);
        for (size_t i = 0; i<count; i += count> 3 ? 499 : 1)
            assert_row(&c, i);
        support_case_close(&c);
    }
}

static void a_long_table_leaves_its_document(void **state)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct faults faults = {0};
    struct json_doc *doc = NULL;
    struct table *table;
    json_t *row;

    (void)state;
    add_rows(&text, LONG, "");
    assert_int_equal(json_doc_parse(&doc, buf_str(&text), "d", 0, NULL), 0);
    table = table_read(doc, json_doc_root(doc), &faults);
    assert_int_equal(table_count(table), LONG);
    assert_int_equal(json_array_size(json_doc_root(doc).value), 0);
    assert_null(json_child_first(json_doc_root(doc)).ref.value);
    assert_null(json_ref_element(json_doc_root(doc), 0).value);
    json_doc_free(doc);

    row = table_row(table, LONG - 1);
    assert_int_equal(json_integer_value(json_object_get(row, "n")), LONG - 1);
    json_decref(row);
    assert_null(table_row(table, LONG));
    table_free(table);
    faults_release(&faults);
}

/* 2^63 is found by the address of its value, which must then stay taken. */
static void a_table_with_numbers_of_an_exact_spelling_stays(void **state)
{
    CLEANUP(buf_release) struct buf text = {0};
    struct faults faults = {0};
    struct json_doc *doc = NULL;
    struct table *table;
    struct str spelling;
    json_t *row;

    (void)state;
    add_rows(&text, LONG, ",\"big\":9223372036854775808");
    assert_int_equal(json_doc_parse(&doc, buf_str(&text), "d", 0, NULL), 0);
    table = table_read(doc, json_doc_root(doc), &faults);
    assert_int_equal(json_array_size(json_doc_root(doc).value), LONG);
    row = table_row(table, 7);
    spelling = json_doc_lexeme(doc, json_object_get(row, "big"));
    assert_true(str_eq_c(spelling, "9223372036854775808"));
    json_decref(row);
    table_free(table);
    json_doc_free(doc);
    faults_release(&faults);
}

static void what_is_no_row_is_told_in_a_long_table_too(void **state)
{
    CLEANUP(buf_release) struct buf text = {0}, told = {0};
    struct faults faults = {0};
    struct json_doc *doc = NULL;

    (void)state;
    add_rows(&text, LONG, "");
    text.len--;
    buf_add_c(&text, ",\n 7]");
    assert_int_equal(json_doc_parse(&doc, buf_str(&text), "d", 0, NULL), 0);
    assert_null(table_read(doc, json_doc_root(doc), &faults));
    support_faults(&told, &faults);
    assert_string_equal(buf_c(&told), "1502:2: a row of a table is an object, found a number\n");
    json_doc_free(doc);
    faults_release(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_long_table_are_what_those_of_a_short_one_are),
        cmocka_unit_test(a_long_table_leaves_its_document),
        cmocka_unit_test(a_table_with_numbers_of_an_exact_spelling_stays),
        cmocka_unit_test(what_is_no_row_is_told_in_a_long_table_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
