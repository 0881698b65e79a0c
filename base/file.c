#define _XOPEN_SOURCE 700 /* nftw */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* 1: there may be more. 0: that was all. */
static int read_some(struct buf *out, int fd, const char *path, size_t start, size_t max_bytes,
                     struct err *err)
{
    char chunk[65536];
    const ssize_t n = read(fd, chunk, sizeof(chunk));
    int result = n > 0;

    if (n < 0 && errno == EINTR)
        return 1;
    if (n < 0)
        return err_sys(err, ERR_IO, errno, "%s: cannot read", path);
    if ((max_bytes && out->len - start + (size_t)n > max_bytes) ||
        buf_add(out, chunk, (size_t)n) < 0)
        result = err_set(err, ERR_LIMIT, "%s: larger than the limit of %zu bytes", path,
                         max_bytes ? max_bytes : out->max);
    mem_wipe(chunk, (size_t)n); /* it may have been a secret */
    return result;
}

static int read_all(struct buf *out, int fd, const char *path, size_t max_bytes, struct err *err)
{
    const size_t start = out->len;
    int result;

    do
        result = read_some(out, fd, path, start, max_bytes, err);
    while (result > 0);
    return result;
}

static struct {
    void (*saw)(void *ctx, const char *path, bool written);
    void *ctx;
} observer;

void file_observe(void (*saw)(void *ctx, const char *path, bool written), void *ctx)
{
    observer.saw = saw;
    observer.ctx = ctx;
}

void file_tell_written(const char *path)
{
    if (observer.saw)
        observer.saw(observer.ctx, path, true);
}

int file_open(int *ret_fd, const char *path, struct err *err)
{
    struct stat st;
    int fd;

    if (strcmp(path, "-") == 0) {
        *ret_fd = STDIN_FILENO;
        return 0;
    }
    if (observer.saw)
        observer.saw(observer.ctx, path, false);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_sys(err, errno == ENOENT ? ERR_INPUT : ERR_IO, errno, "%s", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return err_set(err, ERR_INPUT, "%s: is a folder, a file was expected", path);
    }
    *ret_fd = fd;
    return 0;
}

void file_close(int fd)
{
    if (fd > STDIN_FILENO)
        close(fd);
}

int file_read(struct buf *out, const char *path, size_t max_bytes, struct err *err)
{
    int fd, r;

    if (file_open(&fd, path, err) < 0)
        return -1;
    r = read_all(out, fd, fd == STDIN_FILENO ? "<stdin>" : path, max_bytes, err);
    file_close(fd);
    return r;
}

static int write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        const ssize_t n = write(fd, bytes.data, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
    return 0;
}

void file_sync_dir(const char *path)
{
    CLEANUP(mem_freep) char *dir = path_dir(path);
    const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return; /* a folder that cannot be opened cannot be synced; the file itself was */
    fsync(fd);
    close(fd);
}

static int replace(const char *path, struct str bytes, unsigned mode, bool durable, struct err *err)
{
    static atomic_uint count; /* threads may write the same file: each its own */
    struct buf tmp = {0};
    int fd, failed;

    buf_printf(&tmp, "%s.tmp.%ld.%u", path, (long)getpid(), atomic_fetch_add(&count, 1));
    fd = open(tmp.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0) {
        err_sys(err, ERR_IO, errno, "%s: cannot create", tmp.data);
        buf_release(&tmp);
        return -1;
    }
    failed = write_all(fd, bytes) < 0 || (durable && fsync(fd) < 0) ? errno : 0;
    if (close(fd) < 0 && !failed)
        failed = errno;
    if (!failed && rename(tmp.data, path) < 0)
        failed = errno;
    if (failed) {
        unlink(tmp.data);
        buf_release(&tmp);
        return err_sys(err, ERR_IO, failed, "%s: cannot write", path);
    }
    buf_release(&tmp);
    file_tell_written(path);
    if (durable)
        file_sync_dir(path);
    return 0;
}

int file_write_atomic(const char *path, struct str bytes, unsigned mode, struct err *err)
{
    return replace(path, bytes, mode, true, err);
}

int file_replace(const char *path, struct str bytes, unsigned mode, struct err *err)
{
    return replace(path, bytes, mode, false, err);
}

int file_mkdirs(const char *path, struct err *err)
{
    CLEANUP(mem_freep) char *part = mem_dup(path);

    for (char *p = part + 1; *part; p++) {
        const char c = *p;

        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0755) < 0 && (errno != EEXIST || !file_is_dir(part)))
            return err_sys(err, ERR_IO, errno, "%s: cannot make the folder", part);
        *p = c;
        if (c == '\0')
            break;
    }
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int file_remove_tree(const char *path, struct err *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
        return err_sys(err, ERR_IO, errno, "%s: cannot remove", path);
    return 0;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return mem_dup(".");
    return slash == path ? mem_dup("/") : mem_dup_n(path, (size_t)(slash - path));
}

char *path_join(const char *dir, const char *name)
{
    struct buf b = {0};

    if (name[0] == '/' || !*dir || strcmp(dir, ".") == 0)
        return mem_dup(name);
    buf_printf(&b, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", name);
    return buf_steal(&b);
}
