#include "runner/csv.h"

#include "base/mem.h"
#include "tests/runner/support.h"
#include "tests/test.h"

static struct csv *read_text(struct str text, struct faults *faults)
{
    struct buf copy = {0};
    struct csv *csv;

    buf_add_str(&copy, text);
    csv = csv_read(&copy, "t.csv", faults);
    assert_null(copy.data); /* it was taken */
    return csv;
}

static void rows_are_what_rfc_4180_says(void **state)
{
    static const struct {
        const char *text, *rows[3];
    } rows[] = {
        {"a,b\n1,2\n", {"{\"a\":\"1\",\"b\":\"2\"}"}},
        {"a,b\r\n1,2\r\n3,4", {"{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"3\",\"b\":\"4\"}"}},
        {"\xEF\xBB\xBF\"a\"\n\xC3\xA9\n", {"{\"a\":\"\xC3\xA9\"}"}},
        {"a,b\n\"x, \"\"y\"\"\",\"two\r\nlines\"\nlast,\n",
         {"{\"a\":\"x, \\\"y\\\"\",\"b\":\"two\\r\\nlines\"}", "{\"a\":\"last\",\"b\":\"\"}"}},
        {"a\n\n 1 \n\"\"", {"{\"a\":\"\"}", "{\"a\":\" 1 \"}", "{\"a\":\"\"}"}},
        {"b,a\n1,2\n", {"{\"b\":\"1\",\"a\":\"2\"}"}},
        {"a\nx\"y\n", {"{\"a\":\"x\\\"y\"}"}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct faults faults = {0};
        struct csv *csv = read_text(str_c(rows[i].text), &faults);
        size_t n = 0;

        assert_non_null(csv);
        for (; n < 3 && rows[i].rows[n]; n++) {
            json_t *row = csv_row(csv, n), *again = csv_row(csv, n);
            char *text = json_dumps(row, JSON_COMPACT);

            assert_string_equal(text, rows[i].rows[n]);
            assert_true(json_equal(row, again));
            json_decref(row);
            json_decref(again);
            free(text);
        }
        assert_int_equal(csv_count(csv), n);
        assert_null(csv_row(csv, n));
        csv_free(csv);
        faults_release(&faults);
    }
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    static const struct {
        struct str text;
        const char *told;
    } rows[] = {
        {STR_INIT(""), "1:0: column 1 has no name\n"},
        {STR_INIT("a,b\n"), "1:0: a table wants at least one row below its header\n"},
        {STR_INIT("a,,b\n1,2,3\n"), "1:0: column 2 has no name\n"},
        {STR_INIT("a,b,a\n1,2,3\n"), "1:0: two columns are called \"a\"\n"},
        {STR_INIT("a,b\n1,2\n3\n"), "3:0: a row of 1 cell under a header of 2\n"},
        {STR_INIT("a,b\n\"1\n\n\",2\n3,4,5\n"), "5:0: a row of 3 cells under a header of 2\n"},
        {STR_INIT("a\n1\n\"open\n\n\n"), "3:0: a quoted cell without its closing quote\n"},
        {STR_INIT("a\n\"1\" 2\n"), "2:0: text behind a quoted cell\n"},
        {STR_INIT("a\n1\r2\n"), "2:0: a carriage return that ends no line: quote the cell\n"},
        {STR_INIT("a\n1\n\xff\n"), "3:0: a cell that is not UTF-8\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf told = {0};
        struct faults faults = {0};

        assert_null(read_text(rows[i].text, &faults));
        support_faults(&told, &faults);
        assert_string_equal(buf_c(&told), rows[i].told);
        faults_release(&faults);
    }
}

static void a_thousand_columns_are_the_most(void **state)
{
    (void)state;
    for (int columns = 1000; columns <= 1001; columns++) {
        CLEANUP(buf_release) struct buf text = {0}, told = {0};
        struct faults faults = {0};
        struct csv *csv;

        for (int i = 0; i < columns; i++)
            buf_printf(&text, "%sc%d", i ? "," : "", i);
        buf_putc(&text, '\n');
        for (int i = 1; i < columns; i++)
            buf_putc(&text, ',');
        csv = read_text(buf_str(&text), &faults);
        support_faults(&told, &faults);
        assert_int_equal(csv != NULL, columns == 1000);
        assert_string_equal(buf_c(&told), csv ? "" : "1:0: more than 1000 columns\n");
        csv_free(csv);
        faults_release(&faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_what_rfc_4180_says),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(a_thousand_columns_are_the_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
