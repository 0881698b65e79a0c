#include "cli/casefiles.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/casefile_guess.h"

enum { FILES_MAX = 100000, DEPTH_MAX = 64 };

static void add(char ***items, size_t *count, size_t *cap, const char *path)
{
    if (*count == *cap) {
        *cap = *cap ? *cap * 2 : 16;
        *items = mem_grow(*items, *cap, sizeof(char *));
    }
    (*items)[(*count)++] = mem_dup(path);
}

static bool holds_cases(const char *path)
{
    CLEANUP(buf_release) struct buf text = {0};

    if (file_read(&text, path, JSON_CASE_FILE_MAX, NULL) < 0)
        return true; /* the loader says why */
    return casefile_guess(buf_str(&text));
}

static void take(struct casefiles *files, const char *path)
{
    if (holds_cases(path))
        add(&files->items, &files->count, &files->cap, path);
    else
        add(&files->ignored, &files->ignored_count, &files->ignored_cap, path);
}

/* ---- globs ---- */

/* Does `path` match, segment by segment? "**" stands for any number of folders. */
static bool glob_matches(const char *glob, const char *path)
{
    size_t g = strcspn(glob, "/"), p = strcspn(path, "/");
    CLEANUP(mem_freep) char *one = NULL;
    CLEANUP(mem_freep) char *name = NULL;

    if (g == 2 && strncmp(glob, "**", 2) == 0) {
        if (!glob[2])
            return true;
        return glob_matches(glob + 3, path) || (path[p] && glob_matches(glob, path + p + 1));
    }
    one = mem_dup_n(glob, g);
    name = mem_dup_n(path, p);
    if (fnmatch(one, name, FNM_PERIOD) != 0)
        return false;
    if (!glob[g] || !path[p])
        return !glob[g] && !path[p];
    return glob_matches(glob + g + 1, path + p + 1);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every .json file or, with a glob, every file that matches it; `below` is the path under `root`.
 */
static int walk(struct casefiles *files, const char *root, const char *below, const char *glob,
                unsigned depth, struct err *err)
{
    CLEANUP(mem_freep) char *dir_path = *below ? path_join(root, below) : mem_dup(root);
    DIR *dir = opendir(dir_path);
    struct dirent *entry;
    int result = 0;

    if (!dir)
        return err_sys(err, ERR_INPUT, errno, "%s", dir_path);
    while (result == 0 && (entry = readdir(dir))) {
        CLEANUP(mem_freep) char *inner = NULL;
        CLEANUP(mem_freep) char *path = NULL;

        if (entry->d_name[0] == '.')
            continue;
        inner = *below ? path_join(below, entry->d_name) : mem_dup(entry->d_name);
        path = path_join(root, inner);
        if (file_is_dir(path)) {
            if (depth < DEPTH_MAX)
                result = walk(files, root, inner, glob, depth + 1, err);
        } else if (glob ? glob_matches(glob, inner) : str_ends(str_c(inner), STR(".json"))) {
            take(files, path);
        }
        if (files->count > FILES_MAX)
            result = err_set(err, ERR_LIMIT, "more than %d case files", FILES_MAX);
    }
    closedir(dir);
    return result;
}

/* The folders of a glob before its first wildcard: where looking begins. */
static int add_glob(struct casefiles *files, const char *dir, const char *glob, struct err *err)
{
    size_t plain = strcspn(glob, "*?["), root_len = 0;
    CLEANUP(mem_freep) char *root = NULL;
    CLEANUP(mem_freep) char *from = NULL;

    if (!glob[plain]) { /* a plain name: it must be there */
        from = path_join(dir, glob);
        if (!file_exists(from))
            return err_set(err, ERR_INPUT, "%s: no such file (from \"testcases\")", from);
        add(&files->items, &files->count, &files->cap, from);
        return 0;
    }
    for (size_t i = 0; i < plain; i++)
        if (glob[i] == '/')
            root_len = i + 1;
    root = mem_dup_n(glob, root_len ? root_len - 1 : 0);
    from = *root ? path_join(dir, root) : mem_dup(dir);
    if (!file_is_dir(from))
        return 0;
    return walk(files, from, "", glob + root_len, 0, err);
}

/* ---- operands ---- */

/* "cases.json:12" when there is no such file but a cases.json. */
static bool add_file_line(struct casefiles *files, const char *operand)
{
    const char *colon = strrchr(operand, ':');
    CLEANUP(mem_freep) char *file = NULL;
    unsigned long long line;

    if (!colon || !str_to_u64(str_c(colon + 1), 100000000, &line))
        return false;
    file = mem_dup_n(operand, (size_t)(colon - operand));
    if (!file_exists(file))
        return false;
    add(&files->items, &files->count, &files->cap, file);
    files->lines = mem_grow(files->lines, files->line_count + 1, sizeof(*files->lines));
    files->lines[files->line_count++] = (struct casefile_line){STEAL(file), (unsigned)line};
    return true;
}

bool casefiles_is_place(const char *operand)
{
    return file_exists(operand) || strchr(operand, '/') || strstr(operand, ".json");
}

static int add_operand(struct casefiles *files, const char *operand, struct err *err)
{
    if (file_is_dir(operand))
        return walk(files, operand, "", NULL, 0, err);
    if (file_exists(operand)) {
        add(&files->items, &files->count, &files->cap, operand);
        return 0;
    }
    if (add_file_line(files, operand))
        return 0;
    if (casefiles_is_place(operand))
        return err_set(err, ERR_INPUT, "%s: no such file or folder", operand);
    return err_set(err, ERR_INPUT, "%s: no such file or folder; --filter selects cases by name",
                   operand);
}

static void sort_once(struct casefiles *files)
{
    size_t kept = 0;

    qsort(files->items, files->count, sizeof(char *), by_name);
    for (size_t i = 0; i < files->count; i++) {
        if (kept && strcmp(files->items[kept - 1], files->items[i]) == 0)
            free(files->items[i]);
        else
            files->items[kept++] = files->items[i];
    }
    files->count = kept;
}

int casefiles_find(struct casefiles *ret, char *const *operands, size_t operand_count,
                   const struct manifest *manifest, struct err *err)
{
    struct casefiles files = {0};
    int result = 0;

    if (!operand_count && !manifest)
        return err_set(err, ERR_USAGE, "no case files: name some, or write a smokegate.json");
    for (size_t i = 0; result == 0 && i < operand_count; i++)
        result = add_operand(&files, operands[i], err);
    for (size_t i = 0; result == 0 && !operand_count && i < manifest->testcase_count; i++)
        result = add_glob(&files, manifest->dir, manifest->testcases[i], err);
    if (result < 0) {
        casefiles_release(&files);
        return -1;
    }
    if (files.count)
        sort_once(&files);
    *ret = files;
    return 0;
}

void casefiles_release(struct casefiles *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i]);
    for (size_t i = 0; i < files->line_count; i++)
        free(files->lines[i].file);
    for (size_t i = 0; i < files->ignored_count; i++)
        free(files->ignored[i]);
    free(files->items);
    free(files->lines);
    free(files->ignored);
    *files = (struct casefiles){0};
}
