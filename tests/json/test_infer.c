#include "json/schema/infer.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/test.h"

static json_t *infer(const char *text)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, str_c(text), "value", JSON_READ_DUPLICATES, &err) < 0)
        fail_msg("%s", err.text);
    return infer_schema(doc, json_doc_root(doc).value);
}

static void a_value_gives_the_schema_a_person_would_start_from(void **state)
{
    static const struct {
        const char *value, *schema;
    } rows[] = {
        {"null", "{'type':'null'}"},
        {"true", "{'type':'boolean'}"},
        {"1", "{'type':'integer'}"},
        {"1.0", "{'type':'integer'}"},
        {"1e400", "{'type':'integer'}"},
        {"1.5", "{'type':'number'}"},
        {"'x'", "{'type':'string'}"},
        {"'6f1e0f3c-8c1f-4c52-8a94-2d1f2c1b0a99'", "{'type':'string','format':'uuid'}"},
        {"'2026-01-31T12:00:00Z'", "{'type':'string','format':'date-time'}"},
        {"'2026-01-31'", "{'type':'string','format':'date'}"},
        {"[]", "{'type':'array'}"},
        {"{}", "{'type':'object'}"},
        {"[1,2.5]", "{'type':'array','items':{'type':'number'}}"},
        {"[1,null,'a']", "{'type':'array','items':{'type':['null','integer','string']}}"},
        {"['2026-01-31','x']", "{'type':'array','items':{'type':'string'}}"},
        {"['2026-01-31',null]",
         "{'type':'array','items':{'type':['null','string'],'format':'date'}}"},
        {"{'a':1,'b':{'c':[]}}",
         "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'object','properties':"
         "{'c':{'type':'array'}},'required':['c']}},'required':['a','b']}"},
        {"[{'a':1,'b':2},{'a':'x'}]",
         "{'type':'array','items':{'type':'object','properties':{'a':{'type':['integer','string']},"
         "'b':{'type':'integer'}},'required':['a']}}"},
        {"[{'a':1},{}]",
         "{'type':'array','items':{'type':'object','properties':{'a':{'type':'integer'}}}}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(mem_freep) char *value = mem_dup(rows[i].value), *want = mem_dup(rows[i].schema);
        json_auto_t *got = NULL, *expected = NULL;

        for (char *p = value; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        for (char *p = want; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        got = infer(value);
        expected = json_loads(want, 0, NULL);
        assert_non_null(expected);
        if (!json_equal(got, expected)) {
            CLEANUP(mem_freep) char *text = json_dumps(got, 0);

            fail_msg("%s gave %s", rows[i].value, text);
        }
    }
}

static void many_members_are_a_map(void **state)
{
    CLEANUP(buf_release) struct buf text = {0};
    json_auto_t *schema = NULL;

    (void)state;
    buf_putc(&text, '{');
    for (int i = 0; i <= INFER_MEMBERS_MAX; i++)
        buf_printf(&text, "%s\"k%d\":%d", i ? "," : "", i, i);
    buf_putc(&text, '}');
    schema = infer(buf_c(&text));
    assert_null(json_object_get(schema, "properties"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(schema, "additionalProperties"), "type")),
        "integer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_gives_the_schema_a_person_would_start_from),
        cmocka_unit_test(many_members_are_a_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
