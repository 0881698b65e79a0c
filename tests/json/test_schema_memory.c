/* A document that is valid is found to be so without taking memory. */
#include "json/schema/schema.h"

#include "tests/json/allocations.h"
#include "tests/test.h"

static struct json_doc *parse(const char *text)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, str_c(text), "d", 0, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static void a_valid_document_costs_no_allocation(void **state)
{
    static const struct {
        const char *schema, *instance;
    } rows[] = {
        {"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"integer\","
         "\"minimum\":1}},\"additionalProperties\":false}",
         "{\"a\":2}"},
        {"{\"patternProperties\":{\"^x\":{\"enum\":[\"a\",\"b\",\"c\"]}},"
         "\"propertyNames\":{\"maxLength\":3}}",
         "{\"xa\":\"b\",\"xb\":\"\\u0063\"}"},
        {"{\"$defs\":{\"n\":{\"type\":\"number\",\"multipleOf\":0.01}},\"prefixItems\":[{\"$ref\":"
         "\"#/$defs/n\"}],\"items\":{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/n\"}]},"
         "\"uniqueItems\":true,\"contains\":{\"const\":null},\"minItems\":1}",
         "[19.98,null,2]"},
        {"{\"allOf\":[{\"properties\":{\"a\":{\"pattern\":\"^[0-9]+$\"}}},{\"if\":{\"required\":["
         "\"b\"]},\"then\":{\"properties\":{\"b\":{\"not\":{\"type\":\"string\"}}}}}],"
         "\"unevaluatedProperties\":false}",
         "{\"a\":\"12\",\"b\":[1,[2]]}"},
        {"{\"$id\":\"urn:x:t\",\"$dynamicAnchor\":\"t\",\"properties\":{\"next\":{\"$dynamicRef\":"
         "\"#t\"}},\"dependentRequired\":{\"next\":[\"v\"]},\"unevaluatedProperties\":{\"type\":"
         "\"boolean\"}}",
         "{\"v\":true,\"next\":{\"v\":false}}"},
        {"{\"oneOf\":[{\"format\":\"date\"},{\"format\":\"date-time\"}]}", "\"2024-02-29\""},
        {"{\"pattern\":\"^(a|b)*c{2,}x?$\",\"minLength\":2}", "\"ababcc\""},
    };
    const struct schema_options options = {.format = true};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *s = parse(rows[i].schema), *d = parse(rows[i].instance);
        struct faults faults = {0};
        struct schema *schema;

        allocations = 0;
        schema = schema_compile(json_doc_root(s), &options, &faults);
        if (!schema)
            fail_msg("%s: %s", rows[i].schema, faults.items[0].text);
        assert_true(allocations > 0);           /* they are counted indeed */
        schema_check(schema, json_doc_root(d)); /* patterns make their match data once */
        allocations = 0;
        assert_int_equal(schema_check(schema, json_doc_root(d)), SCHEMA_VALID);
        if (allocations)
            fail_msg("%s: %zu allocations", rows[i].schema, allocations);
        schema_free(schema);
        json_doc_free(s);
        json_doc_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_valid_document_costs_no_allocation)};

    count_those_of_jansson();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
