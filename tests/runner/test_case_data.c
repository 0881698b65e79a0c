/*
 * tests/data/case/<name>/: input.json and what the loader says about it. `expected` holds the
 * faults, one a line, or "fine" and a line an item: its name, the function, the payload.
 */
#include "tests/test.h"

#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/runner/support.h"

static const char *env_get(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "HOME_TOWN") == 0 ? "Bern"
           : strcmp(name, "API_KEY") == 0 ? "s3cr3t-value"
                                          : NULL;
}

static json_t *object(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);

    assert_non_null(value);
    return value;
}

static void describe(const struct testset *set, const struct runner_config *config, struct buf *out)
{
    buf_add_c(out, "fine\n");
    for (size_t i = 0; i < set->item_count; i++) {
        const struct item *item = &set->items[i];
        struct faults faults = {0};
        struct compiled *c = NULL;

        assert_int_equal(compile_item(&c, set, item, config, NULL, &faults), 0);
        buf_printf(out, "%s > %s @ %s: %s\n", item->test->suite->name, item->name, c->function,
                   buf_c(&c->payload));
        expect_describe(&c->expect, out);
        compiled_free(c);
    }
}

static void run_folder(const char *folder, const char *name, struct buf *wrong)
{
    CLEANUP(mem_freep) char *dir = path_join(folder, name);
    CLEANUP(mem_freep) char *input = path_join(dir, "input.json");
    CLEANUP(mem_freep) char *expected_path = path_join(dir, "expected");
    CLEANUP(mem_freep) char *expected = support_read(expected_path);
    CLEANUP(buf_release) struct buf got = {0};
    const struct runner_function functions[] = {{"orders", "orders-dev", NULL},
                                                {"payments", "pay-dev", NULL}};
    struct runner_config config = {
        .alias = "Smoke",
        .environment = "dev",
        .functions = functions,
        .function_count = 2,
        .env = {.get = env_get},
        .seed = 7,
        .now_ms = 1769860800000,
        .project_variables =
            object("{\"place\": \"project\", \"only_project\": 1, \"environment\": \"dev\"}"),
        .environment_variables = object("{\"place\": \"environment\", \"rate\": 0.5}"),
        .set_variables = object("{\"given\": \"on the command line\"}"),
    };
    const char *files[] = {input};
    struct testset set;
    struct faults faults = {0};

    testset_init(&set);
    testset_load(&set, files, 1, &config, &faults);
    if (faults.count)
        support_faults(&got, &faults);
    else
        describe(&set, &config, &got);
    if (strcmp(buf_c(&got), expected) != 0)
        buf_printf(wrong, "--- %s: expected\n%s--- got\n%s", name, expected, buf_c(&got));
    if (getenv("SMOKEGATE_BLESS"))
        file_write_atomic(expected_path, buf_str(&got), 0644, NULL);
    faults_release(&faults);
    testset_release(&set);
    json_decref(config.project_variables);
    json_decref(config.environment_variables);
    json_decref(config.set_variables);
}

static void every_case_file_says_what_is_expected_of_it(void **state)
{
    static const char folder[] = "tests/data/case";
    CLEANUP(buf_release) struct buf wrong = {0};
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    (void)state;
    assert_non_null(dir); /* main() went to the source folder: messages name relative paths */
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        run_folder(folder, entry->d_name, &wrong);
        count++;
    }
    closedir(dir);
    assert_true(count > 10);
    if (wrong.len)
        fail_msg("%s", buf_c(&wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_file_says_what_is_expected_of_it),
    };

    if (chdir(getenv("SMOKEGATE_SOURCE")) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
