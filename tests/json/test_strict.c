#include "json/strict.h"

#include <stdio.h>

#include "tests/test.h"

static const struct strict_key keys[] = {
    {"name", STRICT_STRING, true},
    {"timeout", STRICT_STRING | STRICT_NUMBER, false},
    {"jobs", STRICT_INTEGER, false},
    {"payload", STRICT_ANY, false},
};

static void check(const char *text, size_t want_faults, const char *const *want)
{
    struct json_doc *doc = NULL;
    struct json_ref values[ARRAY_LEN(keys)];
    struct faults faults = {0};

    assert_int_equal(json_doc_parse(&doc, str_c(text), "c.json", 0, NULL), 0);
    assert_int_equal(
        strict_object(json_doc_root(doc), "a case", keys, ARRAY_LEN(keys), values, &faults),
        want_faults == 0);
    assert_int_equal(faults.count, want_faults);
    for (size_t i = 0; i < want_faults; i++) {
        char line[400];

        snprintf(line, sizeof(line), "%u:%u: %s%s%s", faults.items[i].line, faults.items[i].column,
                 faults.items[i].text, faults.items[i].hint ? ", " : "",
                 faults.items[i].hint ? faults.items[i].hint : "");
        assert_string_equal(line, want[i]);
    }
    faults_release(&faults);
    json_doc_free(doc);
}

static void all_faults_are_found_in_one_pass(void **state)
{
    (void)state;
    check("{\n  \"nmae\": 1,\n  \"timeout\": [],\n  \"jobs\": 1.5\n}", 4,
          (const char *const[]){
              "2:3: unknown key \"nmae\" in a case, did you mean \"name\"?",
              "3:14: \"timeout\": expected a string or a number, found an array",
              "4:11: \"jobs\": expected a whole number, found a number",
              "1:1: a case needs the key \"name\"",
          });
    check("[]", 1, (const char *const[]){"1:1: expected an object for a case, found an array"});
    check("{\"name\": \"x\", \"$schema\": 7, \"payload\": null, \"timeout\": 5}", 0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_faults_are_found_in_one_pass)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
