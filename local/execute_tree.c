#include "local/execute_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens one folder below `parent`, making it, and putting it in the place of a link or file. */
static int enter(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);

    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        unlinkat(parent, name, 0);
    if (fd < 0 && (mkdirat(parent, name, 0755) == 0 || errno == EEXIST))
        fd = openat(parent, name, flags);
    return fd;
}

/* Opens the folder that `path` stands in; *ret_last is the last part of it, "" for a folder's. */
static int enter_parent(int dir, const char *path, char last[TREE_NAME_MAX + 1])
{
    struct str rest = str_c(path), part;
    int fd = fcntl(dir, F_DUPFD_CLOEXEC, 0);

    last[0] = '\0';
    while (fd >= 0 && str_cut(&rest, '/', &part)) {
        if (part.len == 0 || str_eq_c(part, "."))
            continue;
        if (last[0]) {
            const int inner = enter(fd, last), failed = errno;

            close(fd);
            fd = inner;
            errno = failed;
        }
        memcpy(last, part.data, part.len);
        last[part.len] = '\0';
    }
    return fd;
}

static int cannot(struct err *err, const char *what, const char *name)
{
    return err_sys(err, errno == ENAMETOOLONG ? ERR_INPUT : ERR_IO, errno, "cannot %s %.200s", what,
                   name);
}

int tree_folder(int dir, const char *name, struct err *err)
{
    char last[TREE_NAME_MAX + 1];
    const int parent = enter_parent(dir, name, last);
    int fd = parent;

    if (parent >= 0 && last[0]) {
        fd = enter(parent, last);
        close(parent);
    }
    if (fd < 0)
        return cannot(err, "make the folder", name);
    close(fd);
    return 0;
}

int tree_file(int dir, const char *name, unsigned mode, struct err *err)
{
    char last[TREE_NAME_MAX + 1];
    const int parent = enter_parent(dir, name, last);
    int fd = -1;

    if (parent >= 0) {
        unlinkat(parent, last, 0);
        fd = openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            fchmod(fd, (mode_t)((mode & 0777) | 0600)); /* whatever the umask */
        close(parent);
    }
    return fd < 0 ? cannot(err, "write", name) : fd;
}

int tree_link(int dir, const char *name, const char *target, struct err *err)
{
    char last[TREE_NAME_MAX + 1];
    const int parent = enter_parent(dir, name, last);
    int r = -1;

    if (parent >= 0) {
        unlinkat(parent, last, 0);
        r = symlinkat(target, parent, last);
        close(parent);
    }
    return r < 0 ? cannot(err, "make the link", name) : 0;
}

int tree_write(int fd, struct str bytes, const char *name, struct err *err)
{
    while (bytes.len) {
        const ssize_t n = write(fd, bytes.data, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot(err, "write", name);
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
    return 0;
}

int tree_close(int fd, const char *name, struct err *err)
{
    return close(fd) < 0 ? cannot(err, "write", name) : 0;
}
