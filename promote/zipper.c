#include "promote/zipper.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

enum {
    DEPTH_MAX = 64,
    NAME_MAX_BYTES = 4096,
    MADE_BY_UNIX_20 = 3 << 8 | 20, /* the upper byte says how to read the external attributes */
    NEEDS_10 = 10,
    UTF8_NAMES = 1 << 11,
    REGULAR_FILE = 0100000,
    DOS_DATE_1980 = 1 << 5 | 1, /* day 1 of month 1: the format's first day */
};

struct entry {
    char *name; /* inside the zip */
    bool executable;
    uint32_t crc, size, offset;
};

struct zipper {
    const char *folder;
    struct buf *out;
    size_t base, max;
    struct entry *entries;
    size_t count, cap;
};

static void put16(struct buf *out, unsigned value)
{
    buf_putc(out, (char)(value & 0xff));
    buf_putc(out, (char)(value >> 8 & 0xff));
}

static void put32(struct buf *out, uint32_t value)
{
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

/* ---- finding ---- */

static void add(struct zipper *z, const char *name, bool executable)
{
    if (z->count == z->cap) {
        z->cap = z->cap ? z->cap * 2 : 64;
        z->entries = mem_grow(z->entries, z->cap, sizeof(*z->entries));
    }
    z->entries[z->count++] = (struct entry){.name = mem_dup(name), .executable = executable};
}

static int walk(struct zipper *z, const char *inside, unsigned depth, struct err *err);

static int visit(struct zipper *z, const char *inside, const char *name, unsigned depth,
                 struct err *err)
{
    CLEANUP(mem_freep) char *relative = path_join(inside, name);
    CLEANUP(mem_freep) char *path = path_join(z->folder, relative);
    struct stat st;

    if (strlen(relative) > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "%s: a name of more than %d bytes", path, NAME_MAX_BYTES);
    if (stat(path, &st) < 0) /* through links: a zip should not point out of itself */
        return err_sys(err, ERR_INPUT, errno, "%s", path);
    if (S_ISDIR(st.st_mode))
        return walk(z, relative, depth + 1, err);
    if (!S_ISREG(st.st_mode))
        return 0;
    if (z->count == 65535)
        return err_set(err, ERR_INPUT, "%s: more than 65535 files, which a zip cannot have",
                       z->folder);
    add(z, relative, st.st_mode & S_IXUSR);
    return 0;
}

static int walk(struct zipper *z, const char *inside, unsigned depth, struct err *err)
{
    CLEANUP(mem_freep) char *path = path_join(z->folder, inside);
    struct dirent *d;
    int result = 0;
    DIR *dir;

    if (depth > DEPTH_MAX)
        return err_set(err, ERR_INPUT, "%s: folders nested deeper than %d (a loop of links?)", path,
                       DEPTH_MAX);
    dir = opendir(path);
    if (!dir)
        return err_sys(err, ERR_INPUT, errno, "%s", path);
    while (result == 0 && (d = readdir(dir)))
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            result = visit(z, inside, d->d_name, depth, err);
    closedir(dir);
    return result;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* ---- writing ---- */

static int too_big(const struct zipper *z, struct err *err)
{
    return err_set(err, ERR_LIMIT, "%s: its zip would have more than %zu bytes", z->folder, z->max);
}

/* What local header and central directory say alike. */
static void put_common(struct buf *out, const struct entry *e)
{
    put16(out, NEEDS_10);
    put16(out, UTF8_NAMES);
    put16(out, 0); /* stored */
    put16(out, 0); /* midnight */
    put16(out, DOS_DATE_1980);
    put32(out, e->crc);
    put32(out, e->size);
    put32(out, e->size);
    put16(out, (unsigned)strlen(e->name));
    put16(out, 0); /* no extra field */
}

static int put_file(struct zipper *z, struct entry *e, struct err *err)
{
    CLEANUP(mem_freep) char *path = path_join(z->folder, e->name);
    CLEANUP(buf_release) struct buf bytes = {0};

    if (file_read(&bytes, path, z->max, err) < 0)
        return -1;
    if (z->out->len - z->base + bytes.len + strlen(e->name) > z->max)
        return too_big(z, err);
    e->crc = crc32_of(buf_str(&bytes));
    e->size = (uint32_t)bytes.len;
    e->offset = (uint32_t)(z->out->len - z->base);
    buf_add_c(z->out, "PK\003\004");
    put_common(z->out, e);
    buf_add_c(z->out, e->name);
    buf_add_str(z->out, buf_str(&bytes));
    return 0;
}

static void put_directory(struct zipper *z)
{
    const uint32_t start = (uint32_t)(z->out->len - z->base);
    uint32_t size;

    for (size_t i = 0; i < z->count; i++) {
        const struct entry *e = &z->entries[i];

        buf_add_c(z->out, "PK\001\002");
        put16(z->out, MADE_BY_UNIX_20);
        put_common(z->out, e);
        put16(z->out, 0); /* no comment */
        put16(z->out, 0); /* this disk */
        put16(z->out, 0); /* internal attributes */
        put32(z->out, (uint32_t)(REGULAR_FILE | (e->executable ? 0755 : 0644)) << 16);
        put32(z->out, e->offset);
        buf_add_c(z->out, e->name);
    }
    size = (uint32_t)(z->out->len - z->base) - start;
    buf_add_c(z->out, "PK\005\006");
    put32(z->out, 0); /* one disk */
    put16(z->out, (unsigned)z->count);
    put16(z->out, (unsigned)z->count);
    put32(z->out, size);
    put32(z->out, start);
    put16(z->out, 0); /* no comment */
}

static int zip(struct zipper *z, struct err *err)
{
    if (walk(z, "", 0, err) < 0)
        return -1;
    if (z->count == 0)
        return err_set(err, ERR_INPUT, "%s: an empty folder is no package", z->folder);
    qsort(z->entries, z->count, sizeof(*z->entries), by_name);
    for (size_t i = 0; i < z->count; i++)
        if (put_file(z, &z->entries[i], err) < 0)
            return -1;
    put_directory(z);
    return z->out->len - z->base > z->max ? too_big(z, err) : 0;
}

int zipper_folder(struct buf *out, const char *folder, size_t max_bytes, struct err *err)
{
    struct zipper z = {.folder = folder, .out = out, .base = out->len, .max = max_bytes};
    const int result = zip(&z, err);

    for (size_t i = 0; i < z.count; i++)
        free(z.entries[i].name);
    free(z.entries);
    return result;
}
