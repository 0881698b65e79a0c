#include "tests/runner/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

char *support_dir(void)
{
    char *dir = mem_dup("/tmp/smokegate-test-XXXXXX");

    assert_non_null(mkdtemp(dir));
    return dir;
}

char *support_file(const char *dir, const char *name, const char *text)
{
    char *path = path_join(dir, name);
    CLEANUP(mem_freep) char *folder = path_dir(path);
    struct err err = {0};

    if (file_mkdirs(folder, &err) < 0 || file_write_atomic(path, str_c(text), 0644, &err) < 0)
        fail_msg("%s", err.text);
    return path;
}

char *support_read(const char *path)
{
    struct buf text = {0};
    struct err err = {0};

    if (file_read(&text, path, 0, &err) < 0)
        fail_msg("%s", err.text);
    return text.len ? buf_steal(&text) : mem_dup("");
}

void support_faults(struct buf *out, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *f = &faults->items[i];

        buf_printf(out, "%u:%u: %s%s%s\n", f->line, f->column, f->text, f->hint ? " | " : "",
                   f->hint ? f->hint : "");
    }
}

void support_answer(struct answer *a, const char *payload, const char *log)
{
    struct invoke_reply reply = {.status = 200, .executed_version = "7"};

    answer_init(a);
    buf_add_c(&reply.payload, payload ? payload : "");
    buf_add_c(&reply.log, log ? log : "");
    answer_of_reply(a, &reply, "7");
}

void support_case_open(struct support_case *c, const char *text)
{
    CLEANUP(buf_release) struct buf told = {0};
    struct faults faults = {0};
    const char *files[1];

    *c = (struct support_case){.config = {.alias = "Smoke", .function = "f", .environment = "dev"}};
    c->dir = support_dir();
    c->file = support_file(c->dir, "cases.json", text);
    files[0] = c->file;
    testset_init(&c->set);
    testset_load(&c->set, files, 1, &c->config, &faults);
    support_faults(&told, &faults);
    if (faults.count)
        fail_msg("%s", buf_c(&told));
    assert_int_equal(
        compile_item(&c->compiled, &c->set, &c->set.items[0], &c->config, NULL, &faults), 0);
}

void support_case_close(struct support_case *c)
{
    compiled_free(c->compiled);
    testset_release(&c->set);
    file_remove_tree(c->dir, NULL);
    free(c->dir);
    free(c->file);
}
