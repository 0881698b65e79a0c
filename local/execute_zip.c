#define _GNU_SOURCE /* newlocale's C.UTF-8 in all libcs, O_PATH */
#include "local/execute_zip.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/arena.h"
#include "base/mem.h"
#include "local/execute.h"

enum { NAME_MAX_BYTES = 4096, CHUNK = 65536 };

struct link {
    struct link *next;
    const char *name, *target;
};

/* One pass over a package. Without a folder it only checks. */
struct unpack {
    int dir; /* -1: check only */
    uint64_t *budget;
    struct link *links; /* made last, so that no file can be written through one */
    struct arena arena;
};

/* ---- names ---- */

static int check_name(const char *name, struct err *err)
{
    struct str rest = str_c(name), part;

    if (!name || !*name)
        return err_set(err, ERR_INPUT, "an entry without a name");
    if (rest.len > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "the name %.60s... is longer than %d bytes", name,
                       NAME_MAX_BYTES);
    if (name[0] == '/')
        return err_set(err, ERR_INPUT, "the name %.200s is absolute; names are relative", name);
    while (str_cut(&rest, '/', &part))
        if (str_eq_c(part, ".."))
            return err_set(err, ERR_INPUT, "the name %.200s leaves the package with \"..\"", name);
    return 0;
}

/*
 * A target may climb only at its beginning, and no higher than the package: the link itself stands
 * in real folders, so leading ".." lead to real folders too, and every link met after that was held
 * to the same rule.
 */
static int check_target(const char *name, const char *target, struct err *err)
{
    struct str rest = str_c(name), part;
    int depth = -1;
    bool down = false;

    if (!target || !*target || target[0] == '/')
        return err_set(err, ERR_INPUT, "the link %.200s leads to %.200s, outside the package", name,
                       target ? target : "nothing");
    while (str_cut(&rest, '/', &part))
        depth += part.len && !str_eq_c(part, ".");
    for (rest = str_c(target); str_cut(&rest, '/', &part);) {
        const bool up = str_eq_c(part, "..");

        if (up && (down || depth-- == 0))
            return err_set(err, ERR_INPUT, "the link %.200s leads to %.200s, outside the package",
                           name, target);
        if (!up && part.len && !str_eq_c(part, "."))
            down = true;
    }
    return 0;
}

/* ---- the folder ---- */

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
static int enter_parent(int dir, const char *path, char last[NAME_MAX_BYTES + 1])
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

static int make_dir(const struct unpack *u, const char *name, struct err *err)
{
    char last[NAME_MAX_BYTES + 1];
    const int parent = enter_parent(u->dir, name, last);
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

static int make_file(const struct unpack *u, const char *name, unsigned mode, struct err *err)
{
    char last[NAME_MAX_BYTES + 1];
    const int parent = enter_parent(u->dir, name, last);
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

static int make_link(const struct unpack *u, const struct link *l, struct err *err)
{
    char last[NAME_MAX_BYTES + 1];
    const int parent = enter_parent(u->dir, l->name, last);
    int r = -1;

    if (parent >= 0) {
        unlinkat(parent, last, 0);
        r = symlinkat(l->target, parent, last);
        close(parent);
    }
    return r < 0 ? cannot(err, "make the link", l->name) : 0;
}

/* ---- entries ---- */

static int broken(struct archive *a, const char *name, struct err *err)
{
    const char *why = archive_error_string(a);

    if (!name)
        return err_set(err, ERR_INPUT, "not a readable zip: %.200s", why ? why : "unknown format");
    return err_set(err, ERR_INPUT, "%.200s: damaged or not readable: %.200s", name,
                   why ? why : "unknown reason");
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        const ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int over_budget(struct err *err)
{
    return err_set(err, ERR_LIMIT, "unzipped it is larger than the limit of %d bytes",
                   EXECUTE_UNZIPPED_MAX);
}

static int copy_data(const struct unpack *u, struct archive *a, int fd, const char *name,
                     struct err *err)
{
    CLEANUP(mem_freep) char *chunk = mem_alloc(CHUNK);

    for (;;) {
        const la_ssize_t n = archive_read_data(a, chunk, CHUNK);

        if (n == 0)
            return 0;
        if (n < 0)
            return broken(a, name, err);
        if ((uint64_t)n > *u->budget)
            return over_budget(err);
        *u->budget -= (uint64_t)n;
        if (fd >= 0 && write_all(fd, chunk, (size_t)n) < 0)
            return cannot(err, "write", name);
    }
}

static int take_file(const struct unpack *u, struct archive *a, struct archive_entry *e,
                     const char *name, struct err *err)
{
    int fd = -1, r;

    if (name[strlen(name) - 1] == '/')
        return err_set(err, ERR_INPUT, "%.200s: a file whose name ends in \"/\"", name);
    if (u->dir >= 0 && (fd = make_file(u, name, (unsigned)archive_entry_perm(e), err)) < 0)
        return -1;
    r = copy_data(u, a, fd, name, err);
    if (fd >= 0 && close(fd) < 0 && r == 0)
        return cannot(err, "write", name);
    return r;
}

static int take_link(struct unpack *u, struct archive_entry *e, const char *name, struct err *err)
{
    const char *target = archive_entry_symlink(e);
    struct link *l;

    if (check_target(name, target, err) < 0)
        return -1;
    l = arena_alloc(&u->arena, sizeof(*l));
    *l = (struct link){u->links, arena_dup(&u->arena, name), arena_dup(&u->arena, target)};
    u->links = l;
    return 0;
}

static int take(struct unpack *u, struct archive *a, struct archive_entry *e, struct err *err)
{
    const char *name = archive_entry_pathname(e);

    if (check_name(name, err) < 0)
        return -1;
    switch (archive_entry_filetype(e)) {
    case AE_IFREG:
        return take_file(u, a, e, name, err);
    case AE_IFLNK:
        return take_link(u, e, name, err);
    case AE_IFDIR:
        return u->dir >= 0 ? make_dir(u, name, err) : 0;
    default:
        return err_set(err, ERR_INPUT, "%.200s: neither a file, a folder nor a link", name);
    }
}

static int take_all(struct unpack *u, struct archive *a, struct err *err)
{
    struct archive_entry *e;
    int r, count = 0;

    while ((r = archive_read_next_header(a, &e)) == ARCHIVE_OK || r == ARCHIVE_WARN) {
        if (++count > ZIP_ENTRIES_MAX)
            return err_set(err, ERR_LIMIT, "more than %d entries", ZIP_ENTRIES_MAX);
        if (take(u, a, e, err) < 0)
            return -1;
    }
    if (r != ARCHIVE_EOF)
        return broken(a, NULL, err);
    if (count == 0)
        return err_set(err, ERR_INPUT, "the zip holds no files");
    for (const struct link *l = u->links; u->dir >= 0 && l; l = l->next)
        if (make_link(u, l, err) < 0)
            return -1;
    return 0;
}

/*
 * libarchive gives names in the thread's character set; with the C locale everything outside ASCII
 * would become "?".
 */
static int run(struct unpack *u, const char *path, struct str zip, struct err *err)
{
    const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    const locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    struct archive *a = archive_read_new();
    int r;

    archive_read_support_format_zip_seekable(a);
    r = path ? archive_read_open_filename(a, path, CHUNK)
             : archive_read_open_memory(a, zip.data ? zip.data : "", zip.len);
    r = r == ARCHIVE_OK ? take_all(u, a, err) : broken(a, NULL, err);
    archive_read_free(a);
    arena_release(&u->arena);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return r;
}

int zip_unpack(int dir, const char *zip_path, uint64_t *budget, struct err *err)
{
    struct unpack u = {.dir = dir, .budget = budget};

    return run(&u, zip_path, (struct str){NULL, 0}, err);
}

int execute_zip_check(struct str zip, uint64_t *ret_unzipped, struct err *err)
{
    uint64_t budget = EXECUTE_UNZIPPED_MAX;
    struct unpack u = {.dir = -1, .budget = &budget};

    if (run(&u, NULL, zip, err) < 0)
        return -1;
    if (ret_unzipped)
        *ret_unzipped = EXECUTE_UNZIPPED_MAX - budget;
    return 0;
}
