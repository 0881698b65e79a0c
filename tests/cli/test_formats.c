/*
 * The formats, as three places know them: the loaders, the JSON Schemas that editors use, and the
 * documentation. None may know a key that the others do not.
 */
#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/embedded.h"
#include "json/schema/schema.h"
#include "runner/check/check.h"
#include "runner/expect.h"
#include "runner/load_case.h"

/* ---- helpers ---- */

static char *read_text(const char *path)
{
    struct buf text = {0};
    struct err err = {0};

    if (file_read(&text, path, 0, &err) < 0)
        fail_msg("%s", err.text);
    return buf_steal(&text);
}

static struct json_doc *parse_carried(const char *name)
{
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (json_doc_parse(&doc, embedded_text(name), name, JSON_READ_DEFAULT, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static struct schema *compile(const struct json_doc *doc)
{
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_doc_root(doc), NULL, &faults);

    if (!schema)
        fail_msg("%s:%u: %s", faults.items[0].file, faults.items[0].line, faults.items[0].text);
    return schema;
}

/* ---- documents: what the loader takes, the schema takes, and the other way round ---- */

/* What a schema cannot say: two places that must agree, names that must be known, values after
 * {{...}}. */
static const char *const loader_only[] = {
    "aliases-the-same",     "duplicate-key",           "names",
    "no-release-in-a-name", "one-name-in-one-account", "variables",
    "duplicate-names",      "event-without-answer",    "needs-circle",
    "no-function",          "undefined-variable",      "unknown-function",
};

static bool only_the_loader_knows(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(loader_only); i++)
        if (strcmp(loader_only[i], name) == 0)
            return true;
    return false;
}

static void compare(const struct schema *schema, const char *folder, const char *name,
                    const char *input, struct buf *wrong)
{
    CLEANUP(mem_freep) char *dir = path_join(folder, name);
    CLEANUP(mem_freep) char *path = path_join(dir, input);
    CLEANUP(mem_freep) char *expected_path = path_join(dir, "expected");
    CLEANUP(mem_freep) char *expected = read_text(expected_path);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    const bool loader_takes = strncmp(expected, "fine\n", 5) == 0;
    struct schema_report report = {0};
    enum schema_verdict verdict;

    if (json_doc_load(&doc, path, 0, JSON_READ_DUPLICATES, NULL) < 0) {
        assert_false(loader_takes); /* not JSON at all */
        return;
    }
    verdict = schema_explain(schema, json_doc_root(doc), &report);
    if ((verdict == SCHEMA_VALID) != loader_takes &&
        !(verdict == SCHEMA_VALID && only_the_loader_knows(name)))
        buf_printf(wrong, "%s: the loader says %s, the schema %s: %s%s%s\n", path,
                   loader_takes ? "fine" : expected, verdict == SCHEMA_VALID ? "fine" : "no",
                   report.count ? report.faults[0].pointer : "", report.count ? ": " : "",
                   report.count   ? report.faults[0].expected
                   : report.error ? report.error
                                  : "");
    schema_report_release(&report);
}

static void compare_all(const char *schema_name, const char *folder, const char *input)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = parse_carried(schema_name);
    CLEANUP(schema_freep) struct schema *schema = compile(doc);
    CLEANUP(buf_release) struct buf wrong = {0};
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        compare(schema, folder, entry->d_name, input, &wrong);
        count++;
    }
    closedir(dir);
    assert_true(count > 10);
    if (wrong.len)
        fail_msg("%s", buf_c(&wrong));
}

static void the_project_schema_agrees_with_the_loader(void **state)
{
    (void)state;
    compare_all("project-1.schema.json", "tests/data/project", "smokegate.json");
}

static void the_case_schema_agrees_with_the_loader(void **state)
{
    (void)state;
    compare_all("case-1.schema.json", "tests/data/case", "input.json");
}

/* ---- events ---- */

static void lines_are_as_the_schema_says(const struct schema *schema, const char *path)
{
    CLEANUP(mem_freep) char *text = read_text(path);
    struct str rest = str_c(text), line;
    size_t count = 0;

    while (rest.len && str_cut(&rest, '\n', &line)) {
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;

        assert_int_equal(json_doc_parse(&doc, line, "event", JSON_READ_DEFAULT, NULL), 0);
        if (schema_check(schema, json_doc_root(doc)) != SCHEMA_VALID)
            fail_msg("%.*s", STR_ARG(line));
        count++;
    }
    assert_true(count > 4);
}

static void every_recorded_event_is_as_its_schema_says(void **state)
{
    CLEANUP(json_doc_freep) struct json_doc *schema_doc = parse_carried("events-1.schema.json");
    CLEANUP(schema_freep) struct schema *schema = compile(schema_doc);

    (void)state;
    lines_are_as_the_schema_says(schema, "tests/data/reports/jsonl");
    lines_are_as_the_schema_says(schema, "tests/data/reports/promotion/jsonl");
}

/* ---- keys ---- */

static void same_keys(struct json_ref properties, const char *const *keys, const char *what,
                      struct buf *wrong)
{
    size_t count = 0;

    for (size_t i = 0; keys[i]; i++, count++)
        if (!json_ref_member_c(properties, keys[i]).value)
            buf_printf(wrong, "%s: the schema has no \"%s\"\n", what, keys[i]);
    for (struct json_child c = json_child_first(properties); c.ref.value; c = json_child_next(c)) {
        bool known = str_eq_c(c.key, "$schema");

        for (size_t i = 0; keys[i]; i++)
            known = known || str_eq_c(c.key, keys[i]);
        if (!known)
            buf_printf(wrong, "%s: the loader has no \"%.*s\"\n", what, STR_ARG(c.key));
    }
    assert_true(count > 5);
}

static const char *matcher_key(size_t i)
{
    return check_kinds[i] ? check_kinds[i]->name : NULL;
}

/* Of a table of the loader's, as an array with NULL behind the last; valid until the next call. */
static const char **keys_of(const char *(*key)(size_t i))
{
    static const char *names[64];
    size_t count = 0;

    while (count < ARRAY_LEN(names) - 1 && (names[count] = key(count)))
        count++;
    assert_true(count < ARRAY_LEN(names) - 1);
    names[count] = NULL;
    return names;
}

static void the_case_schema_has_the_keys_of_the_loader(void **state)
{
    CLEANUP(json_doc_freep) struct json_doc *doc = parse_carried("case-1.schema.json");
    CLEANUP(buf_release) struct buf wrong = {0};
    const struct json_ref root = json_doc_root(doc);

    (void)state;
    same_keys(json_ref_pointer(root, STR("/properties")), keys_of(suite_key), "case file", &wrong);
    same_keys(json_ref_pointer(root, STR("/$defs/case/properties")), keys_of(case_key), "case",
              &wrong);
    same_keys(json_ref_pointer(root, STR("/$defs/expect/properties")), keys_of(expect_key),
              "expect", &wrong);
    same_keys(json_ref_pointer(root, STR("/$defs/objectMatcher/properties")), keys_of(matcher_key),
              "matcher", &wrong);
    if (wrong.len)
        fail_msg("%s", buf_c(&wrong));
}

/* A section is a heading that names the key: "### `key`", also among others ("### `a`, `b`"). */
static bool has_section(const char *page, const char *key)
{
    struct str rest = str_c(page), line;
    char quoted[80];

    snprintf(quoted, sizeof(quoted), "`%s`", key);
    while (rest.len && str_cut(&rest, '\n', &line))
        if (str_starts(line, STR("##")) && str_find(line, str_c(quoted), 0) != (size_t)-1)
            return true;
    return false;
}

static void want_sections(const char *page, const char *const *keys, struct buf *wrong)
{
    for (size_t i = 0; keys[i]; i++)
        if (!has_section(page, keys[i]))
            buf_printf(wrong, "no section `%s`\n", keys[i]);
}

static void every_key_of_a_case_file_has_its_section(void **state)
{
    CLEANUP(mem_freep) char *page = read_text("docs/case-format.md");
    CLEANUP(buf_release) struct buf wrong = {0};

    (void)state;
    want_sections(page, keys_of(suite_key), &wrong);
    want_sections(page, keys_of(case_key), &wrong);
    want_sections(page, keys_of(expect_key), &wrong);
    want_sections(page, keys_of(matcher_key), &wrong);
    if (wrong.len)
        fail_msg("docs/case-format.md:\n%s", buf_c(&wrong));
}

/* Every "properties" of the project's schema, wherever it stands. */
static void want_properties(const char *page, struct json_ref at, struct buf *wrong)
{
    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c)) {
        if (str_eq_c(c.key, "properties") && !str_eq_c(c.key, "$schema"))
            for (struct json_child k = json_child_first(c.ref); k.ref.value;
                 k = json_child_next(k)) {
                const char *const keys[] = {k.key.data, NULL};

                if (!str_eq_c(k.key, "$schema"))
                    want_sections(page, keys, wrong);
            }
        want_properties(page, c.ref, wrong);
    }
}

static void every_key_of_the_project_file_has_its_section(void **state)
{
    CLEANUP(mem_freep) char *page = read_text("docs/project-file.md");
    CLEANUP(json_doc_freep) struct json_doc *doc = parse_carried("project-1.schema.json");
    CLEANUP(buf_release) struct buf wrong = {0};

    (void)state;
    want_properties(page, json_doc_root(doc), &wrong);
    if (wrong.len)
        fail_msg("docs/project-file.md:\n%s", buf_c(&wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_project_schema_agrees_with_the_loader),
        cmocka_unit_test(the_case_schema_agrees_with_the_loader),
        cmocka_unit_test(every_recorded_event_is_as_its_schema_says),
        cmocka_unit_test(the_case_schema_has_the_keys_of_the_loader),
        cmocka_unit_test(every_key_of_a_case_file_has_its_section),
        cmocka_unit_test(every_key_of_the_project_file_has_its_section),
    };

    if (chdir(getenv("SMOKEGATE_SOURCE")) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
