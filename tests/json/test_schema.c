#include "json/schema/schema.h"

#include <stdio.h>

#include "tests/test.h"

static struct json_doc *parse(const char *text, const char *name)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, str_c(text), name, JSON_READ_DUPLICATES, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static enum schema_verdict verdict(const char *schema_text, const char *text)
{
    struct json_doc *s = parse(schema_text, "s.json"), *i = parse(text, "i.json");
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_doc_root(s), NULL, &faults);
    struct schema_report report = {0};
    enum schema_verdict v;

    if (!schema)
        fail_msg("%s: %s", schema_text, faults.items[0].text);
    v = schema_check(schema, json_doc_root(i));
    assert_int_equal(schema_explain(schema, json_doc_root(i), &report), v);
    if (v != SCHEMA_ERROR)
        assert_int_equal(report.count > 0, v == SCHEMA_INVALID);
    schema_report_release(&report);
    schema_free(schema);
    json_doc_free(s);
    json_doc_free(i);
    return v;
}

static void keywords_mean_what_the_draft_says(void **state)
{
    static const struct {
        const char *schema, *valid, *invalid;
    } rows[] = {
        {"{\"type\":\"integer\"}", "1.0", "1.5"},
        {"{\"type\":[\"string\",\"null\"]}", "null", "1"},
        {"{\"const\":{\"a\":[1]}}", "{\"a\":[1.0]}", "{\"a\":[true]}"},
        {"{\"enum\":[0,[false]]}", "[false]", "[0]"},
        {"{\"enum\":[\"ab\",\"b\",\"c\",\"\"]}", "\"\\u0061b\"", "\"\\u0061\""},
        {"{\"enum\":[\"ab\",\"b\",\"c\",\"\"]}", "\"\"", "\"bb\""},
        {"{\"const\":\"beginning + 1 + the end\"}", "\"beginning + 1 + the end\"",
         "\"beginning + 2 + the end\""},
        {"{\"properties\":{\"beginning + 1 + the end\":true,\"other\":true,\"more\":true},"
         "\"additionalProperties\":false}",
         "{\"beginning + 1 + the end\":0}", "{\"beginning + 2 + the end\":0}"},
        {"{\"required\":[\"123456789\",\"a\",\"12345678\"]}",
         "{\"12345678\":0,\"123456789\":0,\"a\":0}", "{\"12345678\":0,\"12345678a\":0,\"a\":0}"},
        {"{\"minimum\":18446744073709551615}", "18446744073709551616", "18446744073709551614"},
        {"{\"exclusiveMaximum\":3}", "2.9999", "3.0"},
        {"{\"multipleOf\":0.01}", "19.99", "19.999"},
        {"{\"minLength\":2,\"maxLength\":2}", "\"\\ud83d\\ude00\xc3\xa9\"", "\"\xc3\xa9\""},
        {"{\"pattern\":\"^a\"}", "7", "\"ba\""},
        {"{\"required\":[\"a\\u0000b\"]}", "{\"a\\u0000b\":1}", "{\"a\":1}"},
        {"{\"properties\":{\"a\":{\"type\":\"string\"}},\"patternProperties\":{\"^x\":{}},"
         "\"additionalProperties\":false}",
         "{\"a\":\"\",\"xy\":1}", "{\"b\":1}"},
        {"{\"additionalProperties\":{\"type\":\"null\"}}", "{\"z\":null}", "{\"z\":0}"},
        {"{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"number\"}}", "[\"a\",1,2]",
         "[\"a\",1,\"2\"]"},
        {"{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[1,0,1]",
         "[1,1,1,1]"},
        {"{\"contains\":{\"const\":1},\"minContains\":0}", "[]", NULL},
        {"{\"uniqueItems\":true}", "[1,true,[1],\"1\"]", "[1,1.0]"},
        {"{\"propertyNames\":{\"maxLength\":2}}", "{\"ab\":1}", "{\"abc\":1}"},
        {"{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"b\":1}", "{\"a\":1}"},
        {"{\"dependentSchemas\":{\"a\":{\"minProperties\":2}}}", "{\"b\":1}", "{\"a\":1}"},
        {"{\"$defs\":{\"a/b\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/a~1b\"}", "\"x\"", "1"},
        {"{\"$defs\":{\"t\":{\"$anchor\":\"tree\",\"properties\":{\"n\":{\"$ref\":\"#tree\"},\"v\":"
         "{\"type\":\"number\"}}}},\"$ref\":\"#tree\"}",
         "{\"n\":{\"n\":{\"v\":1}}}", "{\"n\":{\"n\":{\"v\":\"1\"}}}"},
        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "2", "4"},
        {"{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}", "null", "1"},
        {"{\"oneOf\":[{\"minimum\":1},{\"maximum\":3}]}", "0", "2"},
        {"{\"not\":{\"type\":\"string\"}}", "1", "\"\""},
        {"{\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":1},\"else\":{\"minimum\":1}}",
         "\"a\"", "0"},
        {"false", NULL, "null"},
        {"true", "null", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].valid && verdict(rows[i].schema, rows[i].valid) != SCHEMA_VALID)
            fail_msg("%s refuses %s", rows[i].schema, rows[i].valid);
        if (rows[i].invalid && verdict(rows[i].schema, rows[i].invalid) != SCHEMA_INVALID)
            fail_msg("%s accepts %s", rows[i].schema, rows[i].invalid);
    }
}

static void what_cannot_be_decided_is_an_error_never_a_pass(void **state)
{
    (void)state;
    assert_int_equal(verdict("{\"if\":true,\"then\":{\"$ref\":\"#\"}}", "1"), SCHEMA_ERROR);
    assert_int_equal(verdict("{\"not\":{\"pattern\":\"^(a+)+$\"}}",
                             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\""),
                     SCHEMA_ERROR);
}

static void what_could_not_be_decided_is_told_with_its_places(void **state)
{
    static const struct {
        const char *schema, *instance, *error;
    } rows[] = {
        {"{\"properties\":{\"a\":{\"pattern\":\"^(a+)+$\"}}}",
         "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}",
         "i.json:1:6, schema s.json:1:31: the pattern gave up: it needs too many steps on this "
         "text"},
        {"{\"patternProperties\":{\"^(a+)+$\":true}}",
         "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\":1}",
         "i.json:1:44, schema s.json:1:33: the pattern gave up: it needs too many steps on this "
         "text"},
        {"{\"if\":true,\"then\":{\"$ref\":\"#\"}}", "1",
         "i.json:1:1, schema s.json:1:7: schemas refer to each other deeper than 512 levels"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *s = parse(rows[i].schema, "s.json"),
                        *d = parse(rows[i].instance, "i.json");
        struct faults faults = {0};
        struct schema *schema = schema_compile(json_doc_root(s), NULL, &faults);
        struct schema_report report = {0};

        assert_non_null(schema);
        assert_int_equal(schema_explain(schema, json_doc_root(d), &report), SCHEMA_ERROR);
        assert_string_equal(report.error, rows[i].error);
        schema_report_release(&report);
        schema_free(schema);
        json_doc_free(s);
        json_doc_free(d);
    }
}

static void a_wrong_schema_is_refused_with_the_place(void **state)
{
    static const char *const rows[][2] = {
        {"{\"type\":\"strnig\"}", "1:9: \"type\" has no such type, did you mean \"string\"?"},
        {"{\"properties\":{\"a\":{\"pattern\":\"x(?i)\"}}}",
         "1:33: the pattern is wrong: ECMA-262 has no group (?i"},
        {"{\"patternProperties\":{\"[\":{}}}",
         "1:23: the pattern is wrong: the class does not end: ] is missing"},
        {"{\"$ref\":\"#/$defs/no\"}",
         "1:9: \"$ref\" leads nowhere: the document has no \"#/$defs/no\""},
        {"{\"$schema\":\"https://json-schema.org/draft/2020-13/schema\"}",
         "1:12: \"$schema\" names a meta-schema that is not known: "
         "\"https://json-schema.org/draft/2020-13/schema\", the nearest that is known: "
         "\"https://json-schema.org/draft/2020-12/schema\""},
        {"{\"minLength\":-1}", "1:14: \"minLength\" must be a whole number that is not negative"},
        {"{\"items\":[{}]}", "1:10: \"items\" must be a schema in draft 2020-12, found an array, "
                             "did you mean \"prefixItems\"?"},
        {"{\"required\":[1]}", "1:14: \"required\" holds strings, found a number"},
        {"{\"allOf\":[]}",
         "1:10: \"allOf\" must be an array of schemas that is not empty, found an array"},
        {"{\"not\":7}", "1:8: a schema is an object, true or false, found a number"},
        {"{\"$ref\":\"#\"}", "1:9: \"$ref\" leads back to itself without going into the instance"},
        {"{\"anyOf\":[{\"$ref\":\"#/anyOf/1\"},{\"not\":{\"$ref\":\"#/anyOf/0\"}}]}",
         "1:47: \"$ref\" leads back to itself without going into the instance"},
        {"{\"multipleOf\":0}", "1:15: \"multipleOf\" must be greater than 0"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *s = parse(rows[i][0], "s.json");
        struct faults faults = {0};
        char line[300];

        assert_null(schema_compile(json_doc_root(s), NULL, &faults));
        snprintf(line, sizeof(line), "%u:%u: %s%s%s", faults.items[0].line, faults.items[0].column,
                 faults.items[0].text, faults.items[0].hint ? ", " : "",
                 faults.items[0].hint ? faults.items[0].hint : "");
        assert_string_equal(line, rows[i][1]);
        faults_release(&faults);
        json_doc_free(s);
    }
}

static void every_fault_is_told_once_with_its_place(void **state)
{
    struct json_doc *s = parse(
        "{\"required\":[\"id\"],\"additionalProperties\":false,\n"
        " \"properties\":{\"sku\":{\"pattern\":\"^SKU-[0-9]{5}$\"},\"ie\":{},\n"
        "  \"n\":{\"anyOf\":[{\"type\":\"null\"},{\"properties\":{\"a\":{\"minimum\":3}}}]}}}",
        "s.json");
    struct json_doc *i =
        parse("{\"sku\":\"SKU-7\",\n \"ie\":1, \"skew\":2, \"n\":{\"a\":2}}", "i.json");
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_doc_root(s), NULL, &faults);
    struct schema_report r = {0};
    static const char *const want[] = {
        /* "ie" is a name of its own, not a misspelt "id" */
        "1:1 required: expected the member \"id\", actual it is missing",
        "1:8 pattern: expected pattern ^SKU-[0-9]{5}$, actual \"SKU-7\"",
        "2:17 additionalProperties: expected no member \"skew\", actual 2, did you mean \"sku\"?",
        ("2:24 anyOf: expected one of 2 schemas to match, none did; anyOf/1 came nearest, actual "
         "{\"a\":2}"),
        "2:29 minimum: expected at least 3, actual 2",
    };

    (void)state;
    assert_int_equal(schema_explain(schema, json_doc_root(i), &r), SCHEMA_INVALID);
    assert_int_equal(r.count, ARRAY_LEN(want));
    for (size_t k = 0; k < r.count; k++) {
        const struct json_pos pos = json_ref_start(r.faults[k].instance);
        char line[300];

        snprintf(line, sizeof(line), "%u:%u %s: expected %s, actual %s%s%s", pos.line, pos.column,
                 r.faults[k].keyword, r.faults[k].expected, r.faults[k].actual,
                 r.faults[k].hint ? ", " : "", r.faults[k].hint ? r.faults[k].hint : "");
        assert_string_equal(line, want[k]);
    }
    assert_string_equal(r.faults[3].others, "anyOf/0: expected type \"null\"");
    assert_int_equal(r.faults[4].depth, 1);
    assert_string_equal(r.faults[4].pointer, "/n/a");
    schema_report_release(&r);
    schema_free(schema);
    json_doc_free(s);
    json_doc_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_mean_what_the_draft_says),
        cmocka_unit_test(what_cannot_be_decided_is_an_error_never_a_pass),
        cmocka_unit_test(what_could_not_be_decided_is_told_with_its_places),
        cmocka_unit_test(a_wrong_schema_is_refused_with_the_place),
        cmocka_unit_test(every_fault_is_told_once_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
