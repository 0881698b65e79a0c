/*
 * tests/data/project/<name>/: smokegate.json and what the loader says about it. `expected` holds
 * the faults, one a line, or "fine" and every resolved value. A folder whose name begins with
 * "no-release" is read without a release label.
 */
#include "tests/test.h"

#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "promote/manifest.h"
#include "tests/promote/manifest_dump.h"

static const char *look_up(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "env.ACCOUNT") == 0 ? "222222222222" : NULL;
}

static void read_all(struct buf *out, const char *path)
{
    struct err err = {0};

    if (file_read(out, path, 0, &err) < 0)
        fail_msg("%s", err.text);
}

static void add_faults(struct buf *out, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *f = &faults->items[i];

        buf_printf(out, "%u:%u: %s%s%s\n", f->line, f->column, f->text, f->hint ? " | " : "",
                   f->hint ? f->hint : "");
    }
}

static void run_folder(const char *name, struct buf *wrong)
{
    CLEANUP(mem_freep) char *dir = path_join("tests/data/project", name);
    CLEANUP(mem_freep) char *input = path_join(dir, "smokegate.json");
    CLEANUP(mem_freep) char *expected_path = path_join(dir, "expected");
    CLEANUP(buf_release) struct buf expected = {0}, got = {0};
    const struct manifest_options options = {
        .lookup = look_up,
        .release = strncmp(name, "no-release", strlen("no-release")) == 0 ? NULL : "5.1.0"};
    struct faults faults = {0};
    struct manifest *m = manifest_load(input, &options, &faults);

    assert_int_equal(m == NULL, faults.count > 0);
    if (m) {
        buf_add_c(&got, "fine\n");
        manifest_dump(&got, m);
    } else {
        add_faults(&got, &faults);
    }
    if (getenv("SMOKEGATE_BLESS"))
        file_write_atomic(expected_path, buf_str(&got), 0644, NULL);
    read_all(&expected, expected_path);
    if (strcmp(buf_c(&got), buf_c(&expected)) != 0)
        buf_printf(wrong, "--- %s: expected\n%s--- got\n%s", name, buf_c(&expected), buf_c(&got));
    faults_release(&faults);
    manifest_free(m);
}

static void every_project_file_says_what_is_expected_of_it(void **state)
{
    CLEANUP(buf_release) struct buf wrong = {0};
    DIR *dir = opendir("tests/data/project");
    struct dirent *entry;
    size_t count = 0;

    (void)state;
    assert_non_null(dir); /* main() went to the source folder: messages name relative paths */
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        run_folder(entry->d_name, &wrong);
        count++;
    }
    closedir(dir);
    assert_true(count > 10);
    if (wrong.len)
        fail_msg("%s", buf_c(&wrong));
}

static struct manifest *load_everything(void)
{
    const struct manifest_options options = {.lookup = look_up, .release = "5.1.0"};
    struct faults faults = {0};
    struct manifest *m =
        manifest_load("tests/data/project/everything/smokegate.json", &options, &faults);

    assert_non_null(m);
    return m;
}

static void an_unknown_environment_gets_the_nearest_known_one(void **state)
{
    CLEANUP(manifest_freep) struct manifest *m = load_everything();
    struct err err = {0};

    (void)state;
    assert_string_equal(manifest_environment(m, "prod", &err)->name, "prod");
    assert_int_equal(err.kind, ERR_NONE);
    assert_null(manifest_environment(m, "stgae", &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_contains(err.text, "did you mean \"stage\"?");
    assert_null(manifest_environment(m, "somewhere", &err));
    assert_contains(err.text, "which has dev, stage, prod");
}

static void a_function_is_found_by_its_key_only(void **state)
{
    CLEANUP(manifest_freep) struct manifest *m = load_everything();

    (void)state;
    assert_string_equal(manifest_function(&m->environments[0], "payments")->name, "pay-dev");
    assert_null(manifest_function(&m->environments[0], "pay-dev"));
}

static void the_project_file_is_found_in_a_folder_above(void **state)
{
    char root[] = "/tmp/smokegate-test-XXXXXX";
    struct err err = {0};
    char *deep, *file, *found;

    (void)state;
    assert_non_null(mkdtemp(root));
    deep = path_join(root, "a/b/c");
    file = path_join(root, "a/smokegate.json");
    assert_int_equal(file_mkdirs(deep, &err), 0);
    assert_null(manifest_find(deep, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_contains(err.text, "smokegate init");

    assert_int_equal(file_write_atomic(file, STR("{}"), 0644, &err), 0);
    found = manifest_find(deep, &err);
    assert_non_null(found);
    assert_contains(found, "a/b/c/../../smokegate.json");
    free(found);

    free(file); /* a folder of that name is none */
    file = path_join(deep, "smokegate.json");
    assert_int_equal(file_mkdirs(file, &err), 0);
    found = manifest_find(deep, &err);
    assert_contains(found, "a/b/c/../../smokegate.json");
    free(found);
    file_remove_tree(root, NULL);
    free(file);
    free(deep);
}

static void names_are_what_lambda_takes(void **state)
{
    static const struct {
        const char *name;
        bool function, alias;
    } rows[] = {
        {"Live", true, true},      {"a-b_C9", true, true}, {"12", true, false},
        {"", false, false},        {"a.b", false, false},  {"a:b", false, false},
        {"$LATEST", false, false}, {"ä", false, false},    {"a b", false, false},
        {"1a", true, true},
    };
    const char *const long_name =
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "012345678901234567890123456789012345678901234567890123456789";

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(manifest_function_name_ok(str_c(rows[i].name)), rows[i].function);
        assert_int_equal(manifest_alias_name_ok(str_c(rows[i].name)), rows[i].alias);
    }
    assert_true(manifest_function_name_ok((struct str){long_name, 64}));
    assert_false(manifest_function_name_ok((struct str){long_name, 65}));
    assert_false(manifest_alias_name_ok((struct str){long_name, 128}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_project_file_says_what_is_expected_of_it),
        cmocka_unit_test(an_unknown_environment_gets_the_nearest_known_one),
        cmocka_unit_test(a_function_is_found_by_its_key_only),
        cmocka_unit_test(the_project_file_is_found_in_a_folder_above),
        cmocka_unit_test(names_are_what_lambda_takes),
    };

    if (chdir(getenv("SMOKEGATE_SOURCE")) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
