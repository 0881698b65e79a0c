#include "json/reader.h"

#include "base/buf.h"

#include <float.h>

#include "tests/test.h"

static struct json_doc *parse(const char *text, unsigned flags)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, str_c(text), "t.json", flags, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static void what_is_wrong_is_said_with_line_and_column(void **state)
{
    static const char *const rows[][2] = {
        {"", "t.json:1:1: found the end, expected a value"},
        {"{\n  \"a\": tru\n}", "t.json:2:8: found \"tru\", expected a value"},
        {"{\"a\" 1}", "t.json:1:6: found \"1\", expected \":\" after the key"},
        {"{\"a\":1,}", "t.json:1:8: found \"}\", expected a key in double quotes"},
        {"{'a':1}", "t.json:1:2: found a single quote, expected a key in double quotes"},
        {"[1,]", "t.json:1:4: found \"]\", expected a value: a comma may not stand before ]"},
        {"[1 2]", "t.json:1:4: found \"2\", expected \",\" or \"]\""},
        {"[01]", "t.json:1:3: found \"1\", expected no digit after a leading 0"},
        {"[-]", "t.json:1:3: found \"]\", expected a digit"},
        {"[1.]", "t.json:1:4: found \"]\", expected a digit after the point"},
        {"[1e+]", "t.json:1:5: found \"]\", expected a digit of the exponent"},
        {"1 2", "t.json:1:3: found \"2\", expected the end of the document"},
        {"\"a", "t.json:1:3: the string does not end"},
        {"\"a\nb\"",
         "t.json:1:3: found a control character in a string; write it as \\u00XX, \\n or \\t"},
        {"\"\\x\"", "t.json:1:2: found an escape that JSON does not have; \\\\ is a backslash"},
        {"\"\\u12g4\"", "t.json:1:2: found \\u without four hex digits"},
        {"\"\\ud800\"", "t.json:1:2: found half of a surrogate pair"},
        {"\"\\udc00\\ud800\"", "t.json:1:2: found half of a surrogate pair"},
        {"\"\xc3\xa9\xff\"", "t.json:1:3: found bytes that are not UTF-8"},
        {"\"\xed\xa0\x80\"", "t.json:1:2: found bytes that are not UTF-8"},
        {"\xef\xbb\xbf{}", "t.json:1:1: found a byte order mark, expected a value; save the file "
                           "as UTF-8 without BOM"},
        {"{\"a\":1,\n\"b\":2,\n \"\\u0061\":3}",
         "t.json:3:2: the key \"a\" is there twice, first at 1:2"},
        {"NaN", "t.json:1:1: found \"NaN\", expected a value"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *doc = NULL;
        struct err err = {0};

        if (json_doc_parse(&doc, str_c(rows[i][0]), "t.json", 0, &err) == 0)
            fail_msg("accepted %s", rows[i][0]);
        assert_string_equal(err.text, rows[i][1]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(doc);
    }
}

/* Everything jansson accepts gives the same tree. */
static void trees_are_equal_to_janssons(void **state)
{
    static const char *const texts[] = {
        "null",
        "true",
        " [ ] ",
        "{}",
        "\"\"",
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1.0",
        "1e2",
        "1E-2",
        "-0.0",
        "0.1",
        "123456.789e-3",
        "2.5e22",
        "1e23",
        "1e308",
        "4.9e-324",
        "1.7976931348623157e308",
        "0.30000000000000004",
        "100000000000000000000.5",
        "[1,[2,[3,{\"a\":[]}]],\"x\"]",
        "{\"b\":1,\"a\":{\"c\":null},\"\":false}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
        "\"a\\u0000b\"",
        "\"\xf0\x9f\x98\x80 eight bytes and more \\n and on\"",
        "[\r\n\t 1 , 2 ]",
        "12345678901234567e0",
        "0.000000000000000000000000000000000000000001",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_t *want = json_loads(texts[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        struct json_doc *doc = parse(texts[i], 0);

        assert_non_null(want);
        if (!json_equal(want, json_doc_root(doc).value))
            fail_msg("%s", texts[i]);
        json_decref(want);
        json_doc_free(doc);
    }
}

static void numbers_beyond_int64_and_double_keep_their_spelling(void **state)
{
    static const struct {
        const char *text, *lexeme;
        double value;
    } rows[] = {
        {"9223372036854775808", "9223372036854775808", 9223372036854775808.0},
        {"-9223372036854775809", "-9223372036854775809", -9223372036854775808.0},
        {"12345678910111213141516", "12345678910111213141516", 12345678910111213141516.0},
        {"1e400", "1e400", DBL_MAX},
        {"-1e400", "-1e400", -DBL_MAX},
        {"1e-400", "1e-400", 0},
        {"0.10000000000000000001", "0.10000000000000000001", 0.1},
        {"0.1", "", 0.1},
        {"1.5000000000000000000000", "", 1.5},
        {"0e999999999", "", 0},
        {"9223372036854775807", "", 9223372036854775807.0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *doc = parse(rows[i].text, 0);
        json_t *number = json_doc_root(doc).value;
        const struct str lexeme = json_doc_lexeme(doc, number);

        if (!str_eq_c(lexeme, rows[i].lexeme))
            fail_msg("%s: \"%.*s\"", rows[i].text, STR_ARG(lexeme));
        assert_true(json_number_value(number) == rows[i].value);
        json_doc_free(doc);
    }
}

static void every_value_knows_where_it_stands(void **state)
{
    struct json_doc *doc =
        parse("{\n  \"\xc3\xa9\": [ true, {\"x\": 1.5} ],\n  \"b/c\": \"a\\u00e9\\nz\"\n}\n", 0);
    const struct json_ref root = json_doc_root(doc);
    struct json_ref r = json_ref_pointer(root, STR("/\xc3\xa9/1/x"));
    struct json_pos pos;

    (void)state;
    assert_true(json_is_real(r.value));
    pos = json_ref_start(r);
    assert_int_equal(pos.line, 2);
    assert_int_equal(pos.column, 22);
    assert_int_equal(json_ref_end(r).column, 25);
    assert_int_equal(json_ref_key(r).column, 17);
    r = json_ref_pointer(root, STR("/b~1c"));
    assert_int_equal(json_ref_start(r).line, 3);
    assert_int_equal(json_ref_start(r).column, 10);
    assert_int_equal(json_ref_inside(r, 0).column, 11);
    assert_int_equal(json_ref_inside(r, 1).column,
                     12); /* the escape of e acute: two bytes of content */
    assert_int_equal(json_ref_inside(r, 2).column, 12);
    assert_int_equal(json_ref_inside(r, 3).column, 18);
    assert_int_equal(json_ref_inside(r, 4).column, 20);
    assert_null(json_ref_pointer(root, STR("/b~2c")).value);
    assert_null(json_ref_pointer(root, STR("/\xc3\xa9/01")).value);
    assert_null(json_ref_pointer(root, STR("x")).value);
    assert_ptr_equal(json_ref_pointer(root, STR("")).value, root.value);
    json_doc_free(doc);
}

static void duplicates_of_a_response_are_listed_and_the_last_counts(void **state)
{
    struct json_doc *doc = parse(
        "{\"a\":1,\"b\":12345678901234567890,\"a\":{\"c\":2},\n\"b\":1e400}", JSON_READ_DUPLICATES);
    const struct json_ref root = json_doc_root(doc);
    struct str key;
    size_t members = 0;

    (void)state;
    assert_int_equal(json_doc_duplicate_count(doc), 2);
    assert_int_equal(json_doc_duplicate(doc, 1, &key).line, 2);
    assert_true(str_eq_c(key, "b"));
    assert_int_equal(json_integer_value(json_ref_pointer(root, STR("/a/c")).value), 2);
    assert_int_equal(json_ref_start(json_ref_pointer(root, STR("/a/c"))).column, 42);
    for (struct json_child c = json_child_first(root); c.ref.value; c = json_child_next(c)) {
        if (str_eq_c(c.key, "b"))
            assert_int_equal(json_ref_start(c.ref).line, 2);
        members++;
    }
    assert_int_equal(members, 2);
    assert_true(str_eq_c(json_doc_lexeme(doc, json_ref_member_c(root, "b").value), "1e400"));
    json_doc_free(doc);
}

static void children_come_in_document_order_with_keys(void **state)
{
    struct json_doc *doc = parse("{\"z\": [10, [], 20], \"a\\u0000b\": {}, \"\": 7}", 0);
    static const char *const want[] = {"z", "a", ""};
    size_t i = 0;

    (void)state;
    for (struct json_child c = json_child_first(json_doc_root(doc)); c.ref.value;
         c = json_child_next(c), i++)
        assert_memory_equal(c.key.data, want[i], strlen(want[i]));
    assert_int_equal(i, 3);
    assert_non_null(json_ref_member(json_doc_root(doc), STR("a\0b")).value);
    i = 0;
    for (struct json_child c = json_child_first(json_ref_member_c(json_doc_root(doc), "z"));
         c.ref.value; c = json_child_next(c), i++)
        assert_int_equal(c.at, i);
    assert_int_equal(i, 3);
    json_doc_free(doc);
}

static void depth_is_limited_but_all_of_it_is_usable(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1) + 1];
    struct json_doc *doc = NULL;
    struct err err = {0};

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(json_doc_parse(&doc, str_c(text), "t", 0, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_contains(err.text, "deeper than 512");
    assert_int_equal(json_doc_parse(&doc, (struct str){text + 1, 2 * JSON_DEPTH_MAX}, "t", 0, &err),
                     0);
    json_doc_free(doc);
}

static void a_text_cut_anywhere_is_refused(void **state)
{
    static const char whole[] =
        "{\"key\": [1.5e3, -20, \"a\\u00e9\\n\", true, null], \"\xe2\x82\xac\": {}}";

    (void)state;
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        char *part = malloc(n + 1); /* its own block, so that a sanitizer sees every overrun */
        struct json_doc *doc = NULL;

        memcpy(part, whole, n);
        assert_int_equal(json_doc_parse(&doc, (struct str){part, n}, "t", 0, NULL), -1);
        free(part);
    }
}

/* Each further duplicate must not cost a walk over all members before it. */
static void a_million_duplicates_are_read_and_walked_in_linear_time(void **state)
{
    struct buf text = {0};
    struct json_doc *doc = NULL;
    struct json_child c;
    size_t count = 0;

    (void)state;
    buf_add_c(&text, "{");
    for (int i = 0; i < 1000000; i++)
        buf_add_c(&text, "\"a\":1,");
    buf_add_c(&text, "\"a\":2,\"b\":1e400}");
    assert_int_equal(json_doc_parse(&doc, buf_str(&text), "d", JSON_READ_DUPLICATES, NULL), 0);
    assert_int_equal(json_doc_duplicate_count(doc), 1000000);
    for (c = json_child_first(json_doc_root(doc)); c.ref.value; c = json_child_next(c))
        count++;
    assert_int_equal(count, 2);
    assert_int_equal(json_integer_value(json_ref_member_c(json_doc_root(doc), "a").value), 2);
    json_doc_free(doc);
    buf_release(&text);
}

/* Minified files are one line: its start must not be counted from for every position. */
static void columns_of_a_line_of_a_megabyte_are_counted_in_linear_time(void **state)
{
    enum { ELEMENTS = 200000, BYTES = 5, CODE_POINTS = 4 }; /* "é", with two bytes of UTF-8 */
    struct buf text = {0};
    struct json_doc *doc = NULL;
    struct json_child c;

    (void)state;
    buf_add_c(&text, "[[],\n [");
    for (int i = 0; i < ELEMENTS; i++)
        buf_add_c(&text, i ? ",\"\xc3\xa9\"" : "\"\xc3\xa9\"");
    buf_add_c(&text, "]]");
    assert_int_equal(json_doc_parse(&doc, buf_str(&text), "d", 0, NULL), 0);
    c = json_child_first(json_ref_element(json_doc_root(doc), 1));
    for (unsigned i = 0; c.ref.value; c = json_child_next(c), i++) {
        struct json_pos pos = json_ref_start(c.ref);

        assert_int_equal(pos.line, 2);
        assert_int_equal(pos.column, 3 + i * CODE_POINTS);
        assert_int_equal(pos.offset, 7 + i * BYTES);
    }
    assert_int_equal(json_ref_end(json_doc_root(doc)).column, 2 + ELEMENTS * CODE_POINTS + 2);
    json_doc_free(doc);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_said_with_line_and_column),
        cmocka_unit_test(trees_are_equal_to_janssons),
        cmocka_unit_test(numbers_beyond_int64_and_double_keep_their_spelling),
        cmocka_unit_test(every_value_knows_where_it_stands),
        cmocka_unit_test(duplicates_of_a_response_are_listed_and_the_last_counts),
        cmocka_unit_test(children_come_in_document_order_with_keys),
        cmocka_unit_test(depth_is_limited_but_all_of_it_is_usable),
        cmocka_unit_test(a_text_cut_anywhere_is_refused),
        cmocka_unit_test(a_million_duplicates_are_read_and_walked_in_linear_time),
        cmocka_unit_test(columns_of_a_line_of_a_megabyte_are_counted_in_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
