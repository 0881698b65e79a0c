/* What would take long gives up, and what only looks so does not: none of these tests takes time.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "json/path/path.h"
#include "json/schema/schema.h"
#include "tests/test.h"

/* HEAD, then `count` times `each` with its number in place of "%d", with commas between, then TAIL.
 */
static char *list(const char *head, const char *each, size_t count, const char *tail)
{
    struct buf out = {0};
    struct str part = str_c(each);
    const size_t number = str_find(part, STR("%d"), 0);

    buf_add_c(&out, head);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_putc(&out, ',');
        if (number == (size_t)-1) {
            buf_add_str(&out, part);
            continue;
        }
        buf_add_str(&out, str_slice(part, 0, number));
        buf_printf(&out, "%zu", i);
        buf_add_str(&out, str_slice(part, number + 2, part.len));
    }
    buf_add_c(&out, tail);
    return buf_steal(&out);
}

static char *repeat(const char *head, char c, size_t count, const char *tail)
{
    struct buf out = {0};

    buf_add_c(&out, head);
    for (size_t i = 0; i < count; i++)
        buf_putc(&out, c);
    buf_add_c(&out, tail);
    return buf_steal(&out);
}

static struct json_doc *parse(const char *text, const char *name)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, str_c(text), name, JSON_READ_DUPLICATES, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

/* The verdict, with the report when there is room for it. Frees both texts. */
static enum schema_verdict check(char *schema_text, char *instance_text, struct schema_report *ret)
{
    const struct schema_options options = {.format = true};
    struct json_doc *s = parse(schema_text, "s.json"), *i = parse(instance_text, "i.json");
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_doc_root(s), &options, &faults);
    struct schema_report report = {0};
    enum schema_verdict verdict;

    assert_non_null(schema);
    verdict = schema_explain(schema, json_doc_root(i), &report);
    if (ret) {
        *ret = report;
        ret->faults = NULL; /* the documents they speak of are gone */
        free(report.faults);
    } else {
        schema_report_release(&report);
    }
    schema_free(schema);
    json_doc_free(s);
    json_doc_free(i);
    free(schema_text);
    free(instance_text);
    return verdict;
}

static char *text(const char *s)
{
    return mem_dup_n(s, strlen(s));
}

/* Each of them alone is far from every limit. */
static void the_patterns_of_one_check_share_what_they_may_take(void **state)
{
    (void)state;
    assert_int_equal(check(text("{\"items\":{\"not\":{\"pattern\":\"^(\\\\w+\\\\s?)*$\"}}}"),
                           list("[", "\"abcdefghijklm %d!\"", 20000, "]"), NULL),
                     SCHEMA_ERROR);
    assert_int_equal(check(text("{\"items\":{\"pattern\":\"^(?:[a-z]|[A-Z])+[0-9]+$\"}}"),
                           list("[", "\"abcdefghijklmABCDEFG%d\"", 200000, "]"), NULL),
                     SCHEMA_VALID);
}

static void numbers_that_only_their_digits_tell_apart_are_found_unique(void **state)
{
    (void)state;
    assert_int_equal(
        check(text("{\"uniqueItems\":true}"), list("[", "1%d00e999", 100000, ",0.1e1001]"), NULL),
        SCHEMA_VALID);
    assert_int_equal(check(text("{\"uniqueItems\":true}"),
                           list("[", "0.1000000000000000000000000%d1", 100000, "]"), NULL),
                     SCHEMA_VALID);
    assert_int_equal(
        check(text("{\"uniqueItems\":true}"), list("[", "1%de999", 1000, ",0.17e1001]"), NULL),
        SCHEMA_INVALID);
}

static void numbers_of_any_size_are_divided_or_given_up(void **state)
{
    static const struct {
        size_t divisor_digits;
        const char *number;
        enum schema_verdict want;
    } rows[] = {
        {1, "1e999999999999999999999999", SCHEMA_VALID},
        {1, "1e-999999999999999999999999", SCHEMA_INVALID},
        {1000, "1e999999999999", SCHEMA_INVALID},
        {1000000, "1e999999999999", SCHEMA_ERROR},
        {1000000, "0", SCHEMA_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(check(repeat("{\"multipleOf\":", '1', rows[i].divisor_digits, "}"),
                               text(rows[i].number), NULL),
                         rows[i].want);
    assert_int_equal(
        check(text("{\"multipleOf\":1e-400}"), repeat("", '7', 1000000, "e-400"), NULL),
        SCHEMA_VALID);
}

static void schemas_and_values_that_multiply_are_given_up(void **state)
{
    (void)state;
    assert_int_equal(
        check(list("{\"items\":{\"not\":{\"anyOf\":[", "{\"minLength\":1%d}", 10000, "]}}}"),
              list("[", "\"\"", 50000, "]"), NULL),
        SCHEMA_ERROR);
    assert_int_equal(
        check(list("{\"allOf\":[", "{\"title\":\"%d\",\"minLength\":5999999}", 5000, "]}"),
              repeat("\"", 'a', 6000000, "\""), NULL),
        SCHEMA_ERROR);
    assert_int_equal(check(list("{\"required\":[", "\"k%d\"", 20000, "]}"),
                           list("{", "\"k%d\":1", 200000, "}"), NULL),
                     SCHEMA_VALID);
    assert_int_equal(check(text("{\"format\":\"regex\"}"), repeat("\"", '.', 6000000, "\""), NULL),
                     SCHEMA_INVALID);
}

static void a_report_ends_however_many_faults_there_are(void **state)
{
    struct schema_report r = {0};
    struct buf s = {0};

    (void)state;
    /* faults that show a large value, and positions in a long line */
    assert_int_equal(check(list("{\"required\":[", "\"m%d\"", 3000, "]}"),
                           list("{", "\"k%d\":[1,2,3,4,5,6,7]", 100000, "}"), &r),
                     SCHEMA_INVALID);
    assert_int_equal(r.count, SCHEMA_FAULTS_MAX);
    assert_int_equal(r.dropped, 3000 - SCHEMA_FAULTS_MAX);
    assert_null(r.unfinished);
    schema_report_release(&r);

    /* branches in branches: 2^16 ends, each a fault */
    buf_add_c(&s, "{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 16; i++)
        buf_printf(&s,
                   "\"d%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]},",
                   i, i + 1, i + 1);
    buf_add_c(&s, "\"d16\":{\"minLength\":9}}}");
    assert_int_equal(check(buf_steal(&s), text("\"\""), &r), SCHEMA_INVALID);
    assert_true(r.made <= SCHEMA_FAULTS_MADE_MAX);
    assert_string_equal(r.unfinished, "there are too many of them");
    schema_report_release(&r);
}

static int select_from(char *query, char *document)
{
    struct json_doc *doc = parse(document, "d.json");
    struct path_nodes nodes = {0};
    struct path_query *q = NULL;
    struct err err = {0};
    int result;

    if (path_compile(&q, str_c(query), NULL, &err) < 0)
        fail_msg("%s", err.text);
    result =
        path_select(q, json_doc_root(doc), &nodes, &err) < 0 ? -(int)err.kind : (int)nodes.count;
    path_nodes_release(&nodes);
    path_free(q);
    json_doc_free(doc);
    free(query);
    free(document);
    return result;
}

/* One condition or the other. */
static char *chain(const char *each, size_t count)
{
    struct buf out = {0};

    buf_add_c(&out, "$[?");
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? "||" : "", each);
    buf_putc(&out, ']');
    return buf_steal(&out);
}

static void queries_that_look_at_too_much_are_given_up(void **state)
{
    static const char big[] = ",\"b\":\"";
    struct buf twice = {0};
    char *document;

    (void)state;
    document = list("{\"a\":[", "1", 20000, "]");
    buf_add_c(&twice, document);
    buf_add_c(&twice, big);
    free(document);
    document = repeat(buf_c(&twice), 'x', 500000, "\"}");
    buf_release(&twice);
    assert_int_equal(select_from(text("$.a[?length($.b)>1]"), text(document)), -ERR_LIMIT);
    assert_int_equal(select_from(text("$.a[?$.a==$.a]"), text(document)), -ERR_LIMIT);
    assert_int_equal(select_from(text("$.a[?search($.b,'x+[yz]')]"), text(document)), -ERR_LIMIT);
    free(document);
    assert_int_equal(
        select_from(text("$[?search('a',@)]"), list("[", "\"(b%d|c){3,}\"", 100000, "]")),
        -ERR_LIMIT);
    assert_int_equal(
        select_from(text("$[?search(@,'(a+)+$')]"), list("[", "\"aaaaaaaaaaaaa%d!\"", 100000, "]")),
        -ERR_LIMIT);
    assert_int_equal(select_from(list("$[*][", "'z'", 20000, "]"), list("[", "{}", 1000, "]")),
                     -ERR_LIMIT);
    assert_int_equal(select_from(list("$[", "0", 200, "]"), text("[5]")), 200);
}

static void a_long_condition_is_no_deep_one(void **state)
{
    (void)state;
    assert_int_equal(select_from(chain("@.a&&@.b", 100000), text("[{\"a\":1},{}]")), 0);
    assert_int_equal(select_from(chain("@.a", 100000), text("[{\"a\":1},{}]")), 1);
    assert_int_equal(select_from(text("$[?@.a||@.b&&@.c||@.d]"),
                                 text("[{\"a\":1},{\"b\":1},{\"b\":1,\"c\":1},{\"d\":1},{}]")),
                     3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_patterns_of_one_check_share_what_they_may_take),
        cmocka_unit_test(numbers_that_only_their_digits_tell_apart_are_found_unique),
        cmocka_unit_test(numbers_of_any_size_are_divided_or_given_up),
        cmocka_unit_test(schemas_and_values_that_multiply_are_given_up),
        cmocka_unit_test(a_report_ends_however_many_faults_there_are),
        cmocka_unit_test(queries_that_look_at_too_much_are_given_up),
        cmocka_unit_test(a_long_condition_is_no_deep_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
