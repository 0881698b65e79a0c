#define _GNU_SOURCE /* AT_* with dirfd */
#include "local/execute_tidy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

/* Nothing but what we have written is ours to remove, whatever folder we were given. */
static bool is_hex(const char *text, size_t len)
{
    return strspn(text, "0123456789abcdef") >= len;
}

/* "2026-01-31-VERSION-0123456789ab.log", as make_names() in execute_env.c writes it. */
static bool is_log_name(const char *name)
{
    const size_t len = strlen(name);

    return len > 28 && name[4] == '-' && name[7] == '-' && name[10] == '-' &&
           name[len - 17] == '-' && is_hex(name + len - 16, 12) &&
           strcmp(name + len - 4, ".log") == 0;
}

static bool is_old_log(int dir, const char *name, int64_t now_s)
{
    struct stat st;

    return is_log_name(name) && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(st.st_mode) && now_s - st.st_mtime > TIDY_LOGS_KEPT_DAYS * 86400;
}

static void tidy_function(const char *logs, const char *function, int64_t now_s)
{
    CLEANUP(mem_freep) char *folder = path_join(logs, function);
    DIR *dir = opendir(folder);
    const struct dirent *e;
    bool removed = false;

    if (!dir)
        return;
    while ((e = readdir(dir)))
        if (is_old_log(dirfd(dir), e->d_name, now_s))
            removed = unlinkat(dirfd(dir), e->d_name, 0) == 0 || removed;
    closedir(dir);
    if (removed)
        rmdir(folder); /* fails when something is left in it */
}

/* The /tmp folders of environments, which have their 32 digits for a name. */
static void tidy_tmp(const char *tmp)
{
    DIR *dir = opendir(tmp);
    const struct dirent *e;

    if (!dir)
        return;
    while ((e = readdir(dir))) {
        CLEANUP(mem_freep) char *path = path_join(tmp, e->d_name);

        if (strlen(e->d_name) == 32 && is_hex(e->d_name, 32))
            file_remove_tree(path, NULL);
    }
    closedir(dir);
}

void execute_tidy(const char *state_dir)
{
    CLEANUP(mem_freep) char *tmp = path_join(state_dir, "tmp");
    CLEANUP(mem_freep) char *logs = path_join(state_dir, "logs");
    const int64_t now_s = clock_wall(&clock_system) / 1000;
    DIR *dir = opendir(logs);
    const struct dirent *e;

    tidy_tmp(tmp);
    if (!dir)
        return;
    while ((e = readdir(dir)))
        if (e->d_name[0] != '.')
            tidy_function(logs, e->d_name, now_s);
    closedir(dir);
}
