#include "cli/local_logs.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/suggest.h"
#include "cli/term.h"

/* LOG_FILE_MAX of local/execute_log.h, and the line that says that it is full. */
enum { LOG_MAX = 65 << 20 };

struct entry {
    char *path;
    struct timespec written;
};

int local_logs_print_file(const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf raw = {0}, safe = {0};

    if (file_read(&raw, path, LOG_MAX, err) < 0)
        return -1;
    term_safe(&safe, buf_str(&raw));
    term_out_str(buf_str(&safe));
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->written.tv_sec != y->written.tv_sec)
        return x->written.tv_sec < y->written.tv_sec ? -1 : 1;
    if (x->written.tv_nsec != y->written.tv_nsec)
        return x->written.tv_nsec < y->written.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

static struct entry *find(const char *folder, size_t *ret_count)
{
    struct entry *list = NULL;
    size_t count = 0;
    DIR *dir = opendir(folder);
    struct dirent *found;

    while (dir && (found = readdir(dir)) != NULL) {
        struct stat st;
        char *path;

        if (!str_ends(str_c(found->d_name), STR(".log")))
            continue;
        path = path_join(folder, found->d_name);
        if (stat(path, &st) < 0) {
            free(path);
            continue;
        }
        list = mem_grow(list, count + 1, sizeof(*list));
        list[count++] = (struct entry){path, st.st_mtim};
    }
    if (dir)
        closedir(dir);
    if (count)
        qsort(list, count, sizeof(*list), by_time);
    *ret_count = count;
    return list;
}

static bool is_recent(const struct entry *e, int64_t since_ms)
{
    return since_ms < 0 ||
           (int64_t)e->written.tv_sec * 1000 + 999 >= clock_wall(&clock_system) - since_ms;
}

/* Owned, and each name too; NULL when there are none. */
static char **names_in(const char *folder, size_t *ret_count)
{
    char **names = NULL;
    size_t count = 0;
    DIR *dir = opendir(folder);
    struct dirent *found;

    while (dir && (found = readdir(dir)) != NULL) {
        if (found->d_name[0] == '.')
            continue;
        names = mem_grow(names, count + 1, sizeof(*names));
        names[count++] = mem_dup(found->d_name);
    }
    if (dir)
        closedir(dir);
    *ret_count = count;
    return names;
}

/* Who types "orders" means "orders-dev", which is too far off for suggest_nearest(). */
static const char *begins_with(const char *function, char *const *names, size_t count)
{
    const size_t len = strlen(function);

    for (size_t i = 0; i < count; i++)
        if (strncmp(names[i], function, len) == 0 && names[i][len] == '-')
            return names[i];
    return NULL;
}

bool local_logs_known(const char *state_dir, const char *function, struct buf *hint)
{
    CLEANUP(mem_freep) char *logs = path_join(state_dir, "logs");
    CLEANUP(mem_freep) char *folder = path_join(logs, function);
    const char *meant;
    char **names;
    size_t count;

    if (file_is_dir(folder))
        return true;
    names = names_in(logs, &count);
    meant = begins_with(function, names, count);
    if (!meant)
        meant = suggest_nearest(str_c(function), (const char *const *)names, count);
    if (meant)
        buf_printf(hint, "did you mean \"%s\"?", meant);
    else
        buf_add_c(hint, "names are as in Lambda, so with the environment (orders-dev)");
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return false;
}

int local_logs_print(const char *state_dir, const char *function, int64_t since_ms, struct err *err)
{
    CLEANUP(mem_freep) char *logs = path_join(state_dir, "logs");
    CLEANUP(mem_freep) char *folder = NULL;
    CLEANUP(buf_release) struct buf hint = {0};
    struct entry *list;
    size_t count;
    int r = 0;

    folder = path_join(logs, function);
    if (!local_logs_known(state_dir, function, &hint))
        return err_set(err, ERR_INPUT, "%s: no function of that name ran here; %s", folder,
                       buf_c(&hint));
    list = find(folder, &count);
    for (size_t i = 0; i < count; i++) {
        if (r == 0 && is_recent(&list[i], since_ms))
            r = local_logs_print_file(list[i].path, err);
        free(list[i].path);
    }
    free(list);
    return r;
}
