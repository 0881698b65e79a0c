#include "cli/repository.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

char *repository_folder(void)
{
    char here[PATH_MAX];
    size_t root;

    if (!getcwd(here, sizeof(here)))
        return mem_dup("");
    root = strlen(here);
    for (;;) {
        CLEANUP(mem_freep) char *above = mem_dup_n(here, root ? root : 1);
        CLEANUP(mem_freep) char *git = path_join(above, ".git");

        if (file_exists(git))
            return mem_dup(here[root] == '/' ? here + root + 1 : here + root);
        if (root == 0)
            return mem_dup("");
        while (root > 0 && here[--root] != '/')
            continue;
    }
}
