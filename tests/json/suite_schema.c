/*
 * The official JSON Schema Test Suite, read unchanged, for every draft smokegate knows: required,
 * optional and format tests. All required ones must pass, and all others but those that
 * schema_misses.h names; a named one that passes is a failure too, so that the list stays true.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "json/schema/schema.h"
#include "tests/json/schema_misses.h"

enum kind { REQUIRED, OPTIONAL, FORMAT, KIND_COUNT };

static const char *const kind_names[] = {"required", "optional", "format"};
static const char *const kind_folders[] = {"", "/optional", "/optional/format"};

struct run {
    const char *root, *draft;
    struct schema_options options;
    size_t passed[KIND_COUNT], total[KIND_COUNT], misses[KIND_COUNT];
    size_t failed; /* what the list does not allow */
    bool verbose;
};

static struct str text_of(struct json_ref r)
{
    return (struct str){json_string_value(r.value), json_string_length(r.value)};
}

static bool is_known_miss(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(schema_misses); i++)
        if (schema_misses[i] && strcmp(schema_misses[i], name) == 0)
            return true;
    return false;
}

static void count(struct run *run, enum kind kind, const char *name, bool good, const char *why)
{
    const bool known = kind != REQUIRED && is_known_miss(name);

    run->total[kind]++;
    run->passed[kind] += good;
    run->misses[kind] += known && !good;
    if (good != known)
        return;
    run->failed++;
    printf(good ? "%s: passes now: take it off the list in schema_misses.h%s\n" : "%s: %s\n", name,
           good ? "" : why);
}

/* The two passes must agree, and a report must tell why. */
static enum schema_verdict judge(const struct schema *schema, struct json_ref data)
{
    struct schema_report report = {0};
    const enum schema_verdict v = schema_check(schema, data);
    const bool same =
        schema_explain(schema, data, &report) == v && (report.count > 0) == (v == SCHEMA_INVALID);

    schema_report_release(&report);
    return same ? v : SCHEMA_ERROR;
}

/* Older copies of the suite keep format tests among the optional ones: nothing but a format. */
static bool is_format_test(enum kind kind, struct json_ref schema)
{
    return kind == FORMAT || (kind == OPTIONAL && json_object_size(schema.value) == 1 &&
                              json_object_get(schema.value, "format"));
}

static void run_case(struct run *run, enum kind kind, const char *file, struct json_ref c)
{
    const struct str title = text_of(json_ref_member_c(c, "description"));
    const struct json_ref tests = json_ref_member_c(c, "tests");
    const struct json_ref source = json_ref_member_c(c, "schema");
    struct schema_options options = run->options;
    struct faults faults = {0};
    struct schema *schema;

    options.format = is_format_test(kind, source);
    schema = schema_compile(source, &options, &faults);

    for (struct json_child t = json_child_first(tests); t.ref.value; t = json_child_next(t)) {
        const struct str test = text_of(json_ref_member_c(t.ref, "description"));
        const bool valid = json_is_true(json_ref_member_c(t.ref, "valid").value);
        const enum schema_verdict v =
            schema ? judge(schema, json_ref_member_c(t.ref, "data")) : SCHEMA_ERROR;
        char name[600];

        snprintf(name, sizeof(name), "%s%s/%s: %.*s: %.*s", run->draft, kind_folders[kind], file,
                 STR_ARG(title), STR_ARG(test));
        count(run, kind, name, v == (valid ? SCHEMA_VALID : SCHEMA_INVALID),
              faults.count        ? faults.items[0].text
              : v == SCHEMA_ERROR ? "error"
              : valid             ? "refused"
                                  : "accepted");
    }
    schema_free(schema);
    faults_release(&faults);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the JSON files in a folder, sorted, ended by NULL; returned owned. */
static char **list_files(const char *folder)
{
    char **names = mem_array(1, sizeof(*names));
    size_t n = 0;
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (!str_ends(str_c(e->d_name), STR(".json")))
            continue;
        names = mem_grow(names, n + 2, sizeof(*names));
        names[n++] = mem_dup(e->d_name);
        names[n] = NULL;
    }
    if (dir)
        closedir(dir);
    qsort(names, n, sizeof(*names), by_name);
    return names;
}

static void run_folder(struct run *run, enum kind kind)
{
    struct buf folder = {0}, path = {0};
    char **names;

    buf_printf(&folder, "%s/tests/%s%s", run->root, run->draft, kind_folders[kind]);
    names = list_files(folder.data);
    for (char **name = names; *name; name++) {
        struct json_doc *doc = NULL;
        struct err err = {0};

        buf_clear(&path);
        buf_printf(&path, "%s/%s", folder.data, *name);
        if (json_doc_load(&doc, path.data, 0, JSON_READ_DUPLICATES, &err) < 0)
            count(run, kind, *name, false, err.text);
        else
            for (struct json_child c = json_child_first(json_doc_root(doc)); c.ref.value;
                 c = json_child_next(c))
                run_case(run, kind, *name, c.ref);
        json_doc_free(doc);
        free(*name);
    }
    free(names);
    buf_release(&folder);
    buf_release(&path);
}

static size_t run_draft(const char *root, const char *folder, enum schema_draft draft,
                        struct schema_registry *registry, size_t *passed)
{
    struct run run = {
        .root = root, .draft = folder, .options = {.draft = draft, .registry = registry}};

    for (int k = 0; k < KIND_COUNT; k++) {
        run_folder(&run, (enum kind)k);
        if (run.total[k])
            printf("%s %s: %zu/%zu passed%s\n", folder, kind_names[k], run.passed[k], run.total[k],
                   run.misses[k] ? ", the others are named misses" : "");
        *passed += run.passed[k];
    }
    return run.failed;
}

/* ---- output: what schema_output() writes must meet the schemas of output-tests/ ---- */

static bool is_right_output(const struct schema *schema, struct json_ref data, struct json_ref want,
                            const struct schema_options *options)
{
    struct buf text = {0};
    struct json_doc *doc = NULL;
    struct faults faults = {0};
    struct schema *expected = schema_compile(want, options, &faults);
    bool good = expected != NULL;

    schema_output(schema, data, &text);
    good = good && json_doc_parse(&doc, buf_str(&text), "output", 0, NULL) == 0 &&
           schema_check(expected, json_doc_root(doc)) == SCHEMA_VALID;
    if (!good)
        printf("output: %s%s\n", faults.count ? faults.items[0].text : "", buf_c(&text));
    schema_free(expected);
    faults_release(&faults);
    json_doc_free(doc);
    buf_release(&text);
    return good;
}

static void run_output_case(struct run *run, const char *file, struct json_ref c)
{
    struct faults faults = {0};
    struct schema *schema = schema_compile(json_ref_member_c(c, "schema"), &run->options, &faults);

    for (struct json_child t = json_child_first(json_ref_member_c(c, "tests")); t.ref.value;
         t = json_child_next(t)) {
        const struct json_ref want = json_ref_pointer(t.ref, STR("/output/basic"));
        const struct str test = text_of(json_ref_member_c(t.ref, "description"));
        char name[600];

        if (!want.value)
            continue;
        snprintf(name, sizeof(name), "%s/output/%s: %.*s", run->draft, file, STR_ARG(test));
        count(run, REQUIRED, name,
              schema &&
                  is_right_output(schema, json_ref_member_c(t.ref, "data"), want, &run->options),
              "not as the schema has it");
    }
    schema_free(schema);
    faults_release(&faults);
}

static size_t run_output(const char *root, const char *folder, const char *uri,
                         struct schema_registry *registry, size_t *passed)
{
    struct run run = {.root = root, .draft = folder, .options = {.registry = registry}};
    struct buf dir = {0}, path = {0};
    char **names;

    buf_printf(&path, "%s/output-tests/%s/output-schema.json", root, folder);
    schema_registry_map(registry, uri, path.data);
    buf_printf(&dir, "%s/output-tests/%s/content", root, folder);
    names = list_files(dir.data);
    for (char **name = names; *name; name++) {
        struct json_doc *doc = NULL;

        buf_clear(&path);
        buf_printf(&path, "%s/%s", dir.data, *name);
        if (json_doc_load(&doc, path.data, 0, 0, NULL) == 0)
            for (struct json_child c = json_child_first(json_doc_root(doc)); c.ref.value;
                 c = json_child_next(c))
                run_output_case(&run, *name, c.ref);
        json_doc_free(doc);
        free(*name);
    }
    free(names);
    buf_release(&dir);
    buf_release(&path);
    if (run.total[REQUIRED])
        printf("%s output: %zu/%zu passed\n", folder, run.passed[REQUIRED], run.total[REQUIRED]);
    *passed += run.passed[REQUIRED];
    return run.failed;
}

/* The suite beside the source tree, or the older copy that Debian packages. */
static bool find_suite(struct buf *out, const char *folder)
{
    const char *suites = folder ? folder : getenv("SMOKEGATE_SUITES");

    buf_printf(out, "%s/json-schema", suites ? suites : "../shared/suites");
    if (file_is_dir(out->data))
        return true;
    buf_clear(out);
    buf_add_c(out, "/usr/share/json-schema-test-suite");
    return file_is_dir(out->data);
}

/* suite_schema [FOLDER with json-schema/, instead of the suites' own] */
int main(int argc, char **argv)
{
    static const struct {
        const char *folder;
        enum schema_draft draft;
    } drafts[] = {{"draft4", SCHEMA_DRAFT_4},
                  {"draft6", SCHEMA_DRAFT_6},
                  {"draft7", SCHEMA_DRAFT_7},
                  {"draft2019-09", SCHEMA_DRAFT_2019_09},
                  {"draft2020-12", SCHEMA_DRAFT_2020_12}};
    struct schema_registry *registry = schema_registry_new();
    struct buf root = {0}, remotes = {0};
    size_t passed = 0, failed = 0;

    if (!find_suite(&root, argc > 1 ? argv[1] : NULL)) {
        printf("the JSON Schema test suite is not there, nor Debian's json-schema-test-suite\n");
        return 77;
    }
    buf_printf(&remotes, "%s/remotes/", root.data);
    schema_registry_map(registry, "http://localhost:1234/", remotes.data);
    printf("suite: %s\n", root.data);
    for (size_t i = 0; i < ARRAY_LEN(drafts); i++)
        failed += run_draft(root.data, drafts[i].folder, drafts[i].draft, registry, &passed);
    failed += run_output(root.data, "draft2019-09",
                         "https://json-schema.org/draft/2019-09/output/schema", registry, &passed);
    failed += run_output(root.data, "draft2020-12",
                         "https://json-schema.org/draft/2020-12/output/schema", registry, &passed);
    printf("# counted: %zu passed, %zu failed\n", passed, failed);
    schema_registry_free(registry);
    buf_release(&root);
    buf_release(&remotes);
    return failed || !passed;
}
