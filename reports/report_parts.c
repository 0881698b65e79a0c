#include "reports/report_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

/* Where the extension begins in a path, or its end: ".xml" alone is a name. */
static size_t stem_length(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path,
               *dot = strrchr(name, '.');

    return dot && dot != name ? (size_t)(dot - path) : strlen(path);
}

void report_parts_name(struct buf *out, const char *path, size_t part)
{
    const size_t stem = stem_length(path);

    if (part <= 1)
        buf_add_c(out, path);
    else
        buf_printf(out, "%.*s.part%zu%s", (int)stem, path, part, path + stem);
}

/* The number in "junit.part12.xml" of "junit.xml"; 0: it is no such name. */
static size_t part_number(const char *name, const char *first)
{
    const struct str stem = {first, stem_length(first)}, extension = str_c(first + stem.len);
    struct str digits = str_c(name);
    unsigned long long number;

    if (!str_starts(digits, stem) || !str_ends(digits, extension))
        return 0;
    if (digits.len < stem.len + extension.len)
        return 0;
    digits = str_slice(digits, stem.len, digits.len - extension.len);
    if (!str_starts(digits, STR(".part")))
        return 0;
    digits = str_slice(digits, 5, digits.len);
    /* Written as we write it: no sign, no leading zero. */
    if (!str_to_u64(digits, SIZE_MAX, &number) || digits.data[0] == '0' || number < 2)
        return 0;
    return (size_t)number;
}

static bool says_it_is_a_part(const char *path)
{
    char head[REPORT_PART_MARK_WITHIN + 1];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    const ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof(head) - 1);

    if (fd >= 0)
        close(fd);
    if (got <= 0)
        return false;
    head[got] = '\0';
    return strstr(head, REPORT_PART_MARK) != NULL;
}

static int descending(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x < y) - (x > y);
}

/* The numbers beyond `keep` of files that are called so. Returns owned. */
static size_t *numbers_in(DIR *dir, const char *first, size_t keep, size_t *ret_count)
{
    size_t *numbers = NULL, count = 0;
    const struct dirent *entry;

    while ((entry = readdir(dir))) {
        const size_t number = part_number(entry->d_name, first);

        if (number <= keep)
            continue;
        numbers = mem_grow(numbers, count + 1, sizeof(*numbers));
        numbers[count++] = number;
    }
    if (count)
        qsort(numbers, count, sizeof(*numbers), descending);
    *ret_count = count;
    return numbers;
}

int report_parts_remove(const char *path, size_t keep, struct err *err)
{
    CLEANUP(mem_freep) char *folder = path_dir(path);
    CLEANUP(mem_freep) size_t *numbers = NULL;
    CLEANUP(buf_release) struct buf name = {0};
    const char *slash = strrchr(path, '/');
    size_t count = 0;
    DIR *dir = opendir(folder);

    if (!dir)
        return err_sys(err, ERR_IO, errno, "%s: cannot look for parts of an earlier report",
                       folder);
    numbers = numbers_in(dir, slash ? slash + 1 : path, keep, &count);
    closedir(dir);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&name);
        report_parts_name(&name, path, numbers[i]);
        if (says_it_is_a_part(buf_c(&name)) && unlink(buf_c(&name)) != 0 && errno != ENOENT)
            return err_sys(err, ERR_IO, errno, "%s: a part of an earlier report is in the way",
                           buf_c(&name));
    }
    return 0;
}
