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

static bool is_old_log(int dir, const char *name, int64_t now_s)
{
    struct stat st;

    return str_ends(str_c(name), STR(".log")) &&
           fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           now_s - st.st_mtime > TIDY_LOGS_KEPT_DAYS * 86400;
}

static void tidy_function(const char *logs, const char *function, int64_t now_s)
{
    CLEANUP(mem_freep) char *folder = path_join(logs, function);
    DIR *dir = opendir(folder);
    const struct dirent *e;

    if (!dir)
        return;
    while ((e = readdir(dir)))
        if (is_old_log(dirfd(dir), e->d_name, now_s))
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
    rmdir(folder); /* when nothing is left in it */
}

void execute_tidy(const char *state_dir)
{
    CLEANUP(mem_freep) char *tmp = path_join(state_dir, "tmp");
    CLEANUP(mem_freep) char *logs = path_join(state_dir, "logs");
    const int64_t now_s = clock_wall(&clock_system) / 1000;
    DIR *dir = opendir(logs);
    const struct dirent *e;

    if (file_exists(tmp))
        file_remove_tree(tmp, NULL);
    if (!dir)
        return;
    while ((e = readdir(dir)))
        if (e->d_name[0] != '.')
            tidy_function(logs, e->d_name, now_s);
    closedir(dir);
}
