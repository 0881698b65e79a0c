/*
 * tests/data/check/<matcher>/rows.json: an array of {"matcher", "value" or "text", "result",
 * "says"}. The matcher is loaded through a whole case file and run on the value as a payload;
 * `says` is every failure as "where: expected ..., actual ... (note)". Beside it, refused.json: an
 * array of {"matcher" or "expect", "says"} that must not load, with every fault and its hint.
 */
#include "tests/test.h"

#include <dirent.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/print.h"
#include "tests/runner/support.h"

static const char *const results[] = {"ok", "failed", "unknown"};

static void case_text(struct buf *out, const struct json_doc *doc, json_t *row)
{
    json_t *expect = json_object_get(row, "expect");

    buf_add_c(out, "{\"cases\": [{\"name\": \"x\", \"expect\": ");
    if (expect) {
        print_json(out, doc, expect);
    } else {
        buf_add_c(out, "{\"payload\": ");
        print_json(out, doc, json_object_get(row, "matcher"));
        buf_putc(out, '}');
    }
    buf_add_c(out, "}]}");
}

static void payload_text(struct buf *out, const struct json_doc *doc, json_t *row)
{
    if (json_object_get(row, "text"))
        buf_add_c(out, json_string_value(json_object_get(row, "text")));
    else if (json_object_get(row, "value"))
        print_json(out, doc, json_object_get(row, "value"));
}

static void add_failures(struct buf *out, const struct check_run *run)
{
    for (const struct failure *f = run->first; f; f = f->next) {
        buf_printf(out, "%s%s: expected %s, actual %s", out->len ? "; " : "", f->where, f->expected,
                   f->actual);
        if (f->note)
            buf_printf(out, " (%s)", f->note);
        if (f->diff)
            buf_printf(out, " {%s}", f->diff);
    }
}

/* The temporary folder's name differs from run to run. */
static void without_folder(struct buf *said, const char *dir)
{
    struct buf out = {0};
    size_t from = 0, at;

    while ((at = str_find(buf_str(said), str_c(dir), from)) != (size_t)-1) {
        buf_add_str(&out, str_slice(buf_str(said), from, at));
        buf_add_c(&out, "DIR");
        from = at + strlen(dir);
    }
    buf_add_str(&out, str_slice(buf_str(said), from, said->len));
    buf_release(said);
    *said = out;
}

static void bless(const char *path, const struct json_doc *doc, json_t *rows)
{
    CLEANUP(buf_release) struct buf out = {0};

    buf_add_c(&out, "[\n");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        print_json(&out, doc, json_array_get(rows, i));
        buf_add_c(&out, i + 1 < json_array_size(rows) ? ",\n" : "\n]\n");
    }
    file_write_atomic(path, buf_str(&out), 0644, NULL);
}

static void run_row(const char *name, size_t at, const struct json_doc *doc, json_t *row,
                    struct buf *wrong)
{
    CLEANUP(buf_release) struct buf text = {0}, payload = {0}, said = {0};
    struct support_case c;
    struct answer answer;
    struct arena arena = {0};
    struct check_run run = {.arena = &arena};
    const char *says = json_string_value(json_object_get(row, "says"));
    enum check_result result;

    case_text(&text, doc, row);
    payload_text(&payload, doc, row);
    support_case_open(&c, buf_c(&text));
    support_answer(&answer, buf_c(&payload), json_string_value(json_object_get(row, "log")));
    result = expect_run(&c.compiled->expect, &answer, &run);
    add_failures(&said, &run);
    without_folder(&said, c.dir);
    if (getenv("SMOKEGATE_BLESS") && said.len)
        json_object_set_new(row, "says", json_string(buf_c(&said)));
    if (strcmp(results[result], json_string_value(json_object_get(row, "result"))) != 0 ||
        strcmp(buf_c(&said), says ? says : "") != 0)
        buf_printf(wrong, "%s row %zu: %s: %s\n   wanted: %s\n", name, at, results[result],
                   buf_c(&said), says ? says : "");
    answer_release(&answer);
    arena_release(&arena);
    support_case_close(&c);
}

/* Every fault of a case file that must not load. */
static void faults_of(struct buf *out, const char *text)
{
    const struct runner_config config = {.alias = "Smoke", .function = "f", .environment = "dev"};
    CLEANUP(mem_freep) char *dir = support_dir();
    CLEANUP(mem_freep) char *file = support_file(dir, "cases.json", text);
    const char *files[] = {file};
    struct faults faults = {0};
    struct testset set;

    testset_init(&set);
    testset_load(&set, files, 1, &config, &faults);
    support_faults(out, &faults);
    without_folder(out, dir);
    faults_release(&faults);
    testset_release(&set);
    file_remove_tree(dir, NULL);
}

static size_t refuse_rows(const char *folder, const char *name, struct buf *wrong)
{
    CLEANUP(buf_release) struct buf path = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0};
    json_t *rows, *row;
    size_t i;

    buf_printf(&path, "%s/%s/refused.json", folder, name);
    if (json_doc_load(&doc, path.data, 1 << 20, 0, &err) < 0)
        fail_msg("%s", err.text);
    rows = json_doc_root(doc).value;
    json_array_foreach(rows, i, row)
    {
        CLEANUP(buf_release) struct buf text = {0}, said = {0};
        const char *says = json_string_value(json_object_get(row, "says"));

        case_text(&text, doc, row);
        faults_of(&said, buf_c(&text));
        if (getenv("SMOKEGATE_BLESS"))
            json_object_set_new(row, "says", json_string(buf_c(&said)));
        if (!said.len || strcmp(buf_c(&said), says ? says : "") != 0)
            buf_printf(wrong, "%s refused row %zu: %s\n   wanted: %s\n", name, i, buf_c(&said),
                       says ? says : "");
    }
    if (getenv("SMOKEGATE_BLESS"))
        bless(path.data, doc, rows);
    return i;
}

static size_t run_folder(const char *folder, const char *name, struct buf *wrong)
{
    CLEANUP(mem_freep) char *dir = path_join(folder, name);
    CLEANUP(mem_freep) char *path = path_join(dir, "rows.json");
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct err err = {0};
    json_t *rows;

    if (json_doc_load(&doc, path, 1 << 20, 0, &err) < 0)
        fail_msg("%s", err.text);
    rows = json_doc_root(doc).value;
    for (size_t i = 0; i < json_array_size(rows); i++)
        run_row(name, i, doc, json_array_get(rows, i), wrong);
    if (getenv("SMOKEGATE_BLESS"))
        bless(path, doc, rows);
    return json_array_size(rows);
}

static void every_matcher_says_what_is_expected_of_it(void **state)
{
    CLEANUP(mem_freep) char *folder = path_join(getenv("SMOKEGATE_SOURCE"), "tests/data/check");
    CLEANUP(buf_release) struct buf wrong = {0};
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0, refused = 0;

    (void)state;
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            count += run_folder(folder, entry->d_name, &wrong);
            refused += refuse_rows(folder, entry->d_name, &wrong);
        }
    closedir(dir);
    assert_true(count > 150 && refused > 50);
    if (wrong.len)
        fail_msg("%s", buf_c(&wrong));
}

static void every_matcher_has_its_folder(void **state)
{
    (void)state;
    for (size_t i = 0; check_kinds[i]; i++) {
        CLEANUP(buf_release) struct buf path = {0};

        buf_printf(&path, "%s/tests/data/check/%s", getenv("SMOKEGATE_SOURCE"),
                   check_kinds[i]->name);
        if (!file_is_dir(buf_c(&path)))
            fail_msg("no %s", buf_c(&path));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_matcher_says_what_is_expected_of_it),
        cmocka_unit_test(every_matcher_has_its_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
