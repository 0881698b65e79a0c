#include "json/reader.h"

#include "tests/test.h"

/* The document of RFC 6901, section 5, and what its pointers name. */
static const char rfc_document[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4, "
    "\"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";

static void pointers_of_the_rfc_name_what_it_says(void **state)
{
    static const struct {
        const char *pointer, *source;
    } rows[] = {{"", rfc_document},    {"/foo", "[\"bar\", \"baz\"]"},
                {"/foo/0", "\"bar\""}, {"/", "0"},
                {"/a~1b", "1"},        {"/c%d", "2"},
                {"/e^f", "3"},         {"/g|h", "4"},
                {"/i\\j", "5"},        {"/k\"l", "6"},
                {"/ ", "7"},           {"/m~0n", "8"}};
    struct json_doc *doc = NULL;

    (void)state;
    assert_int_equal(json_doc_parse(&doc, str_c(rfc_document), "d", 0, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct json_ref ref = json_ref_pointer(json_doc_root(doc), str_c(rows[i].pointer));
        struct str found;

        if (!ref.value)
            fail_msg("%s names nothing", rows[i].pointer);
        found = str_slice(json_doc_text(doc), json_ref_start(ref).offset, json_ref_end(ref).offset);
        if (!str_eq_c(found, rows[i].source))
            fail_msg("%s names %.*s", rows[i].pointer, STR_ARG(found));
    }
    json_doc_free(doc);
}

static void what_is_no_pointer_or_not_there_names_nothing(void **state)
{
    static const char *const pointers[] = {
        "foo",
        "#/foo",
        "/foo/2",
        "/foo/00",
        "/foo/01",
        "/foo/-",
        "/foo/-1",
        "/foo/1e0",
        "/foo/ 1",
        "/foo/1 ",
        "/foo/",
        "/bar",
        "/foo/0/",
        "/m~n",
        "/m~2n",
        "/m~",
        "/a/b",
        "//",
        "/foo/18446744073709551616",
        "/foo/4294967296",
    };
    struct json_doc *doc = NULL;

    (void)state;
    assert_int_equal(json_doc_parse(&doc, str_c(rfc_document), "d", 0, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(pointers); i++)
        if (json_ref_pointer(json_doc_root(doc), str_c(pointers[i])).value)
            fail_msg("%s names something", pointers[i]);
    json_doc_free(doc);
}

/* "~01" is "~1": "~1" is undone before "~0" (section 4). Keys may hold NUL and escapes. */
static void escapes_are_undone_in_the_rfcs_order(void **state)
{
    struct json_doc *doc = NULL;

    (void)state;
    assert_int_equal(
        json_doc_parse(&doc, STR("{\"~1\": 1, \"/\": 2, \"a\\u0000b\": 3, \"\\u00e9\": [[4]]}"),
                       "d", 0, NULL),
        0);
    assert_int_equal(json_integer_value(json_ref_pointer(json_doc_root(doc), STR("/~01")).value),
                     1);
    assert_int_equal(json_integer_value(json_ref_pointer(json_doc_root(doc), STR("/~1")).value), 2);
    assert_int_equal(json_integer_value(json_ref_pointer(json_doc_root(doc), STR("/a\0b")).value),
                     3);
    assert_int_equal(
        json_integer_value(json_ref_pointer(json_doc_root(doc), STR("/\xc3\xa9/0/0")).value), 4);
    json_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_of_the_rfc_name_what_it_says),
        cmocka_unit_test(what_is_no_pointer_or_not_there_names_nothing),
        cmocka_unit_test(escapes_are_undone_in_the_rfcs_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
