#include "local/state_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/mem.h"

static bool may_be_there_first(const char *name)
{
    static const char *const known[] = {".",          "..",         "lock",      "server.json",
                                        "server.log", "start.lock", "lost+found"};

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i], name) == 0)
            return true;
    return false;
}

int state_folder_open(const char *dir, struct err *err)
{
    CLEANUP(mem_freep) char *database = path_join(dir, "state.db");
    DIR *d;
    const struct dirent *e;
    int r = 0;

    if (file_mkdirs(dir, err) < 0)
        return -1;
    if (file_exists(database))
        return 0;
    d = opendir(dir);
    if (!d)
        return err_sys(err, ERR_IO, errno, "%s", dir);
    while (r == 0 && (e = readdir(d)))
        if (!may_be_there_first(e->d_name))
            r = err_set(err, ERR_INPUT,
                        "%s: holds %.100s, and no state.db: it is no state folder; give one of its "
                        "own, that is empty or not there yet",
                        dir, e->d_name);
    closedir(d);
    return r;
}
