#include "cli/casefile_guess.h"

#include "tests/test.h"

static void a_case_file_is_known_by_its_keys(void **state)
{
    static const struct {
        const char *text;
        bool is_one;
    } rows[] = {
        {"{\"cases\": []}", true},
        {" \n{ \"variables\": {\"a\": [1, {\"b\": \"}\"}]}, \"cases\": []}", true},
        {"{\"suite\": \"x\"}", true},
        {"{\"setup\": 1}", true},
        {"{\"function\": \"f\", \"teardown\" : []}", true},
        {"{\"$schema\": \"../.smokegate/case-1.schema.json\"}", true},
        {"{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}", false},
        /* misspelt */
        {"{\"casse\": [ {\"name\": \"a\"} ]}", true},
        {"{\"function\": \"f\", \"case\":[{\"name\": \"a\"}]}", true},
        {"{\"Cases\": [{\"name\": \"a\"}]}", true},
        {"{\"bases\": [{\"kind\": \"C\"}]}", false},
        {"{\"bases\": [\"name\"]}", false},
        {"{\"case\": \"name\"}", false},
        /* what lies beside them */
        {"{}", false},
        {"{\"outcome\": 1, \"files\": [{\"file\": \"a.json\", \"cases\": 3}]}", false},
        {"{\"expect\": 1, \"text\": \"\\\"cases\\\": \", \"in\": {\"suite\": 1}}", false},
        {"{\"properties\": {\"cases\": {}}, \"title\": \"cases\"}", false},
        {"[]", false},
        {"", false},
        {"17", false},
        {"<p class=\"cases\">", false},
        {"{\"v\": 1, \"event\": \"run_start\", \"suites\": [{\"cases\": 1}]}\n{\"v\": 1}", false},
        /* broken: the reader tells where */
        {"{\"cases\": [", true},
        {"{ \"cases\"", true},
        {"[ \"cases\" ]", true},
        {"\"cases\"", true},
        {"{ \"function\": \"f\"\n \"cases\": [] }", true},
        {"{ \"function\": {}\n \"cases\": [] }", true},
        {"{ \"function\": \"f\", cases: [] }", true},
        {"{ \"function\": \"f\", 'cases': [] }", true},
        {"{ \"function\": \"f, \"cases\": [] }", true},
        {"\xef\xbb\xbf{ \"function\": \"f\", \"cases\": [] }", true},
        {"\xef\xbb\xbf{ \"function\": \"f\" }", false},
        {"{ \"function\": \"f\"\n \"body\": [] }", false},
        {"{\"a\": {", false},
        {"{\"a\": \"", false},
        {"{\"a", false},
        {"{\"a\\", false},
        {"{", false},
        {"{\"a\": ]", false},
        {"{\"a\" 1, \"cases\": 1}", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        /* Without the zero behind it: a sanitizer sees a step too far. */
        struct str text = {NULL, strlen(rows[i].text)};
        char *bytes = malloc(text.len + 1);

        memcpy(bytes, rows[i].text, text.len);
        text.data = bytes = realloc(bytes, text.len ? text.len : 1);
        if (casefile_guess(text) != rows[i].is_one)
            fail_msg("%s", rows[i].text);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_case_file_is_known_by_its_keys)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
