#include "cli/last_run.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "reports/jsonw.h"

enum { VERSION = 1, FILE_MAX = 256 << 20 };

static void on_case_end(void *ctx, const struct case_result *r)
{
    struct last_run *l = ctx;
    CLEANUP(buf_release) struct buf title = {0};

    if (r->verdict == VERDICT_PASSED)
        return;
    buf_printf(&title, "%s > %s", r->info.suite, r->info.name);
    if (l->titles.len)
        buf_putc(&l->titles, ',');
    jsonw_quoted(&l->titles, buf_str(&title));
}

struct listener last_run_listener(struct last_run *l)
{
    return (struct listener){.ctx = l, .as_it_happens = true, .case_end = on_case_end};
}

void last_run_save(const struct last_run *l, const char *project_dir)
{
    CLEANUP(mem_freep) char *path = path_join(project_dir, LAST_RUN_FILE);
    CLEANUP(mem_freep) char *dir = path_dir(path);
    CLEANUP(mem_freep) char *ignore = path_join(dir, ".gitignore");
    CLEANUP(buf_release) struct buf text = {0};

    if (!file_is_dir(dir)) {
        if (file_mkdirs(dir, NULL) < 0)
            return;
        file_replace(ignore, STR(LAST_RUN_IGNORED), 0644, NULL);
    }
    buf_printf(&text, "{\"v\":%d,\"not_passed\":[", VERSION);
    buf_add_str(&text, buf_str(&l->titles));
    buf_add_c(&text, "]}\n");
    secret_mask(&text);
    file_replace(path, buf_str(&text), 0644, NULL);
}

void last_run_release(struct last_run *l)
{
    buf_release(&l->titles);
}

static int read_titles(json_t *root, json_t *titles)
{
    json_t *list = json_object_get(root, "not_passed"), *item;
    size_t i;

    if (json_integer_value(json_object_get(root, "v")) != VERSION || !json_is_array(list))
        return -1;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item))
            return -1;
        json_object_set_new(titles, json_string_value(item), json_true());
    }
    return 0;
}

int last_run_load(json_t **ret, const char *project_dir, struct err *err)
{
    CLEANUP(mem_freep) char *path = NULL;
    CLEANUP(buf_release) struct buf text = {0};
    json_t *titles = json_object(), *root = NULL;
    int result = -1;

    path = path_join(project_dir, LAST_RUN_FILE);
    if (file_read(&text, path, FILE_MAX, NULL) < 0)
        err_set(err, ERR_INPUT,
                "--rerun-failed: no run of this project is recorded in %s; run once, or name an "
                "event stream: --rerun-failed=RUN.jsonl",
                path);
    else if (!(root = json_loadb(buf_c(&text), text.len, JSON_REJECT_DUPLICATES, NULL)) ||
             read_titles(root, titles) < 0)
        err_set(err, ERR_INPUT, "--rerun-failed: %s is no record of a run; remove it", path);
    else
        result = 0;
    json_decref(root);
    if (result < 0)
        json_decref(titles);
    else
        *ret = titles;
    return result;
}
