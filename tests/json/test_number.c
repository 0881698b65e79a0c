#include "json/number.h"

#include "json/equal.h"
#include "tests/test.h"

static struct json_doc *parse(const char *text)
{
    struct json_doc *doc = NULL;

    assert_int_equal(json_doc_parse(&doc, str_c(text), "t", 0, NULL), 0);
    return doc;
}

/* In ascending order; rows of one rank are equal. */
static void numbers_are_compared_by_exact_decimal_value(void **state)
{
    static const struct {
        int rank;
        const char *text;
    } rows[] = {
        {0, "-1e400"},
        {1, "-9223372036854775809"},
        {2, "-9223372036854775808"},
        {3, "-1.5"},
        {4, "-1e-400"},
        {5, "0"},
        {5, "-0.0"},
        {5, "0e5"},
        {6, "1e-400"},
        {7, "0.1"},
        {7, "1e-1"},
        {7, "0.100000000000000000000000"},
        {8, "0.10000000000000000001"},
        {9, "1"},
        {9, "1.0"},
        {9, "10e-1"},
        {10, "9007199254740992"},
        {11, "9007199254740993"},
        {11, "9007199254740993.0"},
        {12, "9223372036854775807"},
        {13, "9223372036854775808"},
        {13, "9223372036854775808.0"},
        {14, "12345678910111213141516"},
        {15, "12345678910111213141517"},
        {16, "1e399"},
        {17, "1e400"},
        {17, "10e399"},
        {17, "0.1e401"},
        {18, "1e99999999999"},
        {19, "1e999999999999"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
            struct json_doc *a = parse(rows[i].text), *b = parse(rows[k].text);
            const int want = (rows[i].rank > rows[k].rank) - (rows[i].rank < rows[k].rank);
            const int got = number_compare(a, json_doc_root(a).value, b, json_doc_root(b).value);

            if ((got > 0) - (got < 0) != want)
                fail_msg("%s and %s: %d", rows[i].text, rows[k].text, got);
            json_doc_free(a);
            json_doc_free(b);
        }
}

static void counts_are_compared_with_numbers_of_documents(void **state)
{
    static const struct {
        const char *text;
        json_int_t count;
        int want;
    } rows[] = {{"2", 2, 0},
                {"2.0", 2, 0},
                {"2.5", 2, 1},
                {"1e400", 2, 1},
                {"-1", 0, -1},
                {"9223372036854775808", INT64_MAX, 1},
                {"9007199254740993.0", 9007199254740993, 0},
                {"0.99999999999999999999", 1, -1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *n = parse(rows[i].text);
        const int got = number_compare_integer(n, json_doc_root(n).value, rows[i].count);

        if ((got > 0) - (got < 0) != rows[i].want)
            fail_msg("%s and %lld: %d", rows[i].text, (long long)rows[i].count, got);
        json_doc_free(n);
    }
}

static void multiples_are_decimal_not_binary(void **state)
{
    static const struct {
        const char *number, *divisor;
        bool is;
    } rows[] = {
        {"0.0075", "0.0001", true},
        {"0.00751", "0.0001", false},
        {"1e308", "0.123456789", false},
        {"12391239123", "1e-8", true},
        {"1e308", "0.5", true},
        {"4.5", "1.5", true},
        {"35", "1.5", false},
        {"0", "0.01", true},
        {"-7", "2", false},
        {"-8", "2", true},
        {"0.3", "0.1", true},
        {"1.1", "0.1", true},
        {"1e400", "7", false},
        {"7e400", "7", true},
        {"1e999999999", "3", false},
        {"9223372036854775808", "2", true},
        {"1", "10", false},
        {"100", "10", true},
        {"0.1", "1e-400", true},
        {"0", "0", true},
        {"5", "0", false},
        {"24691357820222426283032", "12345678910111213141516", true},
        {"24691357820222426283033", "12345678910111213141516", false},
        {"-1.2345678910111213141516e90", "12345678910111213141516", true},
        {"1e99", "1267650600228229401496703205376", false}, /* 2^100 */
        {"1e100", "1267650600228229401496703205376", true},
        {"1e999999999", "1267650600228229401496703205376", true},
        {"1e999999999", "1267650600228229401496703205377", false},
        {"1.5", "12345678910111213141516", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *n = parse(rows[i].number), *d = parse(rows[i].divisor);

        if (number_is_multiple(n, json_doc_root(n).value, d, json_doc_root(d).value) != rows[i].is)
            fail_msg("%s of %s", rows[i].number, rows[i].divisor);
        json_doc_free(n);
        json_doc_free(d);
    }
}

static void closeness_is_decimal_too(void **state)
{
    static const struct {
        const char *number, *target, *tolerance;
        bool is;
    } rows[] = {
        {"0.4", "0.3", "0.1", true},
        {"19.981", "19.98", "0.001", true},
        {"19.9811", "19.98", "0.001", false},
        {"-0.1", "0.1", "0.2", true},
        {"-0.1", "0.1", "0.19999999999999999999", false},
        {"1e400", "1e400", "0", true},
        {"1e400", "1", "1e399", false},
        {"1e400", "1", "1e401", true},
        {"9007199254740993", "9007199254740992", "0.5", false},
        {"9007199254740993", "9007199254740992", "1", true},
        {"100", "99.5", "0.50", true},
        {"0", "0.000", "0", true},
        {"0", "5e-1", "0.5", true},
        {"1e99999999", "1", "2", false},
        {"1e-99999999", "1", "2", true},
        {"99", "100", "1", true},
        {"-5", "-5.5", "0.5", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *n = parse(rows[i].number), *l = NULL;
        struct buf limits = {0};

        buf_printf(&limits, "[%s,%s]", rows[i].target, rows[i].tolerance);
        l = parse(limits.data);
        if (number_is_close(n, json_doc_root(n).value, l, json_array_get(json_doc_root(l).value, 0),
                            json_array_get(json_doc_root(l).value, 1)) != rows[i].is)
            fail_msg("%s to %s by %s", rows[i].number, rows[i].target, rows[i].tolerance);
        json_doc_free(n);
        json_doc_free(l);
        buf_release(&limits);
    }
}

static void integers_have_no_fraction(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {{"1", true},
                {"1.0", true},
                {"1.5", false},
                {"1e400", true},
                {"1e-400", false},
                {"1.50e1", true},
                {"12345678910111213141516.5", false},
                {"0.0", true}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *n = parse(rows[i].text);

        if (number_is_integer(n, json_doc_root(n).value) != rows[i].is)
            fail_msg("%s", rows[i].text);
        json_doc_free(n);
    }
}

static void numbers_are_written_as_they_came(void **state)
{
    static const char *const texts[] = {"9.99",  "0.1", "12345678910111213141516",
                                        "1e400", "-5",  "0.30000000000000004"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json_doc *n = parse(texts[i]);
        struct buf out = {0};

        number_write(&out, n, json_doc_root(n).value);
        assert_string_equal(out.data, texts[i]);
        buf_release(&out);
        json_doc_free(n);
    }
}

static void values_are_equal_by_value(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":[2.0]}", "{\"b\":[2],\"a\":1.0}", true},
        {"[1,2]", "[2,1]", false},
        {"0", "false", false},
        {"[1]", "[true]", false},
        {"null", "false", false},
        {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
        {"\"1\"", "1", false},
        {"{}", "[]", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
        {"{\"a\":null}", "{\"b\":null}", false},
        {"18446744073709551615", "18446744073709551616", false},
        {"true", "true", true},
        {"-0.0", "0", true},
        {"9007199254740993", "9007199254740993.0", true},
        {"1e400", "10e399", true},
        {"9223372036854775808", "9223372036854775808.0", true},
        {"{\"a\\u0000b\":1}", "{\"a\\u0000b\":1.0}", true},
        {"{\"a\":[1,{\"b\":2}],\"c\":null}", "{\"c\":null,\"a\":[1e0,{\"b\":20e-1}]}", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *a = parse(rows[i].a), *b = parse(rows[i].b);

        if (json_equal_exact(a, json_doc_root(a).value, b, json_doc_root(b).value) != rows[i].equal)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
        if (rows[i].equal && json_hash(a, json_doc_root(a).value, true) !=
                                 json_hash(b, json_doc_root(b).value, true))
            fail_msg("%s and %s: equal, with different hashes", rows[i].a, rows[i].b);
        json_doc_free(a);
        json_doc_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_compared_by_exact_decimal_value),
        cmocka_unit_test(counts_are_compared_with_numbers_of_documents),
        cmocka_unit_test(multiples_are_decimal_not_binary),
        cmocka_unit_test(closeness_is_decimal_too),
        cmocka_unit_test(integers_have_no_fraction),
        cmocka_unit_test(numbers_are_written_as_they_came),
        cmocka_unit_test(values_are_equal_by_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
