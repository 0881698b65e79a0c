#include "local/state_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define DATABASE "state.db"

/* Hidden files (.gitignore, .DS_Store) are in no server's way, nor it in theirs. */
static bool may_be_there_first(const char *name)
{
    static const char *const known[] = {"lock", "server.json", "server.log", "start.lock",
                                        "lost+found"};

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i], name) == 0)
            return true;
    return name[0] == '.';
}

/* Returns what is there that no server put there, owned; NULL: nothing, or a database. */
static char *find_foreign(DIR *d)
{
    const struct dirent *e;
    char *found = NULL;

    while ((e = readdir(d))) {
        if (strcmp(e->d_name, DATABASE) == 0) {
            free(found);
            return NULL;
        }
        if (!found && !may_be_there_first(e->d_name))
            found = mem_dup(e->d_name);
    }
    return found;
}

int state_folder_open(const char *dir, struct err *err)
{
    CLEANUP(mem_freep) char *foreign = NULL;
    DIR *d;

    if (file_mkdirs(dir, err) < 0)
        return -1;
    d = opendir(dir);
    if (!d)
        return err_sys(err, ERR_IO, errno, "%s", dir);
    foreign = find_foreign(d); /* in one look: another server may just be making all of it */
    closedir(d);
    if (!foreign)
        return 0;
    return err_set(err, ERR_INPUT,
                   "%s: holds %.100s, and no " DATABASE ": it is no state folder; give one of its "
                   "own, that is empty or not there yet",
                   dir, foreign);
}
