/* Runs a fuzz target over the files of folders: the corpus is an ordinary test in every build. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

static size_t replay(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;
    size_t count = 0;

    while (d && (entry = readdir(d))) {
        char *path;
        struct buf bytes = {0};

        if (entry->d_name[0] == '.')
            continue;
        path = path_join(dir, entry->d_name);
        if (file_read(&bytes, path, 0, NULL) == 0) {
            char *exact =
                mem_dup_n(bytes.data, bytes.len); /* its own block: a sanitizer sees overruns */

            LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.len);
            mem_freep(&exact);
            count++;
        }
        buf_release(&bytes);
        mem_freep(&path);
    }
    if (d)
        closedir(d);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%zu inputs\n", count);
    return count ? 0 : 1;
}
