#define _DEFAULT_SOURCE /* flock */
#include "local/execute_code.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "local/execute.h"
#include "local/execute_zip.h"

static const char unfinished[] = ".unfinished-";

enum { MAKE_TRIES = 20 };

struct code_store {
    char *dir; /* absolute */
    /* One package at a time: threads that want the same one then find it done. */
    pthread_mutex_t lock;
};

/* ---- what is not needed any more ---- */

/* Unpacking holds a lock on its folder, so one that can be locked was left by the dead. */
static void remove_if_abandoned(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        file_remove_tree(path, NULL);
    close(fd);
}

static bool is_old(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 &&
           clock_wall(&clock_system) / 1000 - st.st_mtime > CODE_KEPT_DAYS * 86400;
}

/* Nothing else is ours to remove, whatever folder we were given. */
static bool is_digest(const char *name)
{
    return strlen(name) == SHA256_HEX_SIZE - 1 &&
           strspn(name, "0123456789abcdef") == SHA256_HEX_SIZE - 1;
}

static void remove_unneeded(const char *dir, bool all)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    while (d && (e = readdir(d))) {
        CLEANUP(mem_freep) char *path = path_join(dir, e->d_name);

        if (strncmp(e->d_name, unfinished, sizeof(unfinished) - 1) == 0)
            remove_if_abandoned(path);
        else if (is_digest(e->d_name) && (all || is_old(path)))
            file_remove_tree(path, NULL);
    }
    if (d)
        closedir(d);
}

/* Notes which start of the machine the folder belongs to; false when it belonged to another. */
static bool is_of_this_boot(const char *dir)
{
    CLEANUP(mem_freep) char *path = path_join(dir, ".boot");
    CLEANUP(buf_release) struct buf now = {0};
    CLEANUP(buf_release) struct buf then = {0};

    if (file_read(&now, "/proc/sys/kernel/random/boot_id", 64, NULL) < 0)
        return true;
    if (file_read(&then, path, 64, NULL) == 0 && str_eq(buf_str(&now), buf_str(&then)))
        return true;
    file_write_atomic(path, buf_str(&now), 0644, NULL);
    return false;
}

int code_store_open(struct code_store **ret, const char *state_dir, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_join(state_dir, "code");
    char *absolute;
    struct code_store *s;

    if (file_mkdirs(dir, err) < 0)
        return -1;
    absolute = realpath(dir, NULL);
    if (!absolute)
        return err_sys(err, ERR_IO, errno, "%s", dir);
    remove_unneeded(absolute, !is_of_this_boot(absolute));
    s = mem_zalloc(sizeof(*s));
    s->dir = absolute;
    pthread_mutex_init(&s->lock, NULL);
    *ret = s;
    return 0;
}

void code_store_close(struct code_store *s)
{
    if (!s)
        return;
    pthread_mutex_destroy(&s->lock);
    free(s->dir);
    free(s);
}

/* One package goes by its own digest, several by the digest of theirs. */
static int name_of(char name[SHA256_HEX_SIZE], const char *const *sha256s, size_t count,
                   struct err *err)
{
    CLEANUP(buf_release) struct buf all = {0};

    for (size_t i = 0; i < count; i++) {
        if (!is_digest(sha256s[i]))
            return err_set(err, ERR_INTERNAL, "\"%.80s\" is not a SHA-256 in lower-case hex",
                           sha256s[i]);
        buf_printf(&all, "%s\n", sha256s[i]);
    }
    if (count == 1)
        snprintf(name, SHA256_HEX_SIZE, "%s", sha256s[0]);
    else
        sha256_hex(name, buf_str(&all));
    return 0;
}

static int unpack_all(int fd, const char *const *zip_paths, size_t count, struct err *err)
{
    uint64_t budget = EXECUTE_UNZIPPED_MAX;

    for (size_t i = 0; i < count; i++)
        if (zip_unpack(fd, zip_paths[i], &budget, err) < 0)
            return err_ctx(err, "%s", zip_paths[i]);
    return 0;
}

/* Is the folder of `fd` still there, and ours? */
static bool holds(int fd, const char *path)
{
    struct stat open_one, named;

    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &open_one) == 0 &&
           stat(path, &named) == 0 && open_one.st_ino == named.st_ino;
}

/*
 * A new folder, open and locked. Until it is locked a process that starts just now may take it for
 * abandoned and remove it: then another one is made.
 */
static int make_locked(const char *dir, struct buf *ret_path, struct err *err)
{
    for (int try = 0; try < MAKE_TRIES; try++) {
        int fd;

        buf_clear(ret_path);
        buf_printf(ret_path, "%s/%sXXXXXX", dir, unfinished);
        if (!mkdtemp(ret_path->data))
            return err_sys(err, ERR_IO, errno, "%s: cannot make the folder", ret_path->data);
        chmod(ret_path->data, 0755);
        fd = open(ret_path->data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 && errno != ENOENT)
            return err_sys(err, ERR_IO, errno, "%s", ret_path->data);
        if (fd >= 0 && holds(fd, ret_path->data))
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return err_set(err, ERR_IO, "%s: other processes keep removing what is unpacked", dir);
}

static int unpack_into_place(const struct code_store *s, const char *const *zip_paths, size_t count,
                             const char *place, struct err *err)
{
    CLEANUP(buf_release) struct buf temporary = {0};
    const int fd = make_locked(s->dir, &temporary, err);
    int r;

    if (fd < 0)
        return -1;
    r = unpack_all(fd, zip_paths, count, err);
    if (r == 0 && rename(temporary.data, place) < 0 && errno != EEXIST && errno != ENOTEMPTY)
        r = err_sys(err, ERR_IO, errno, "%s: cannot rename to %s", temporary.data, place);
    if (file_exists(temporary.data)) /* it failed, or another process was first */
        file_remove_tree(temporary.data, NULL);
    close(fd);
    return r;
}

int code_store_get(struct code_store *s, const char *const *zip_paths, const char *const *sha256s,
                   size_t count, char **ret_dir, struct err *err)
{
    char name[SHA256_HEX_SIZE];
    char *place;
    int r = 0;

    if (name_of(name, sha256s, count, err) < 0)
        return -1;
    place = path_join(s->dir, name);
    pthread_mutex_lock(&s->lock);
    if (!file_is_dir(place))
        r = unpack_into_place(s, zip_paths, count, place, err);
    pthread_mutex_unlock(&s->lock);
    utimensat(AT_FDCWD, place, NULL, 0); /* it is used */
    if (r < 0)
        free(place);
    else
        *ret_dir = place;
    return r;
}
