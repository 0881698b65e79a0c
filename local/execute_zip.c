#include "local/execute_zip.h"

#include <limits.h>
#include <locale.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/arena.h"
#include "base/mem.h"
#include "local/execute.h"
#include "local/execute_tree.h"

enum { CHUNK = 65536 };

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
    if (rest.len > TREE_NAME_MAX)
        return err_set(err, ERR_INPUT, "the name %.60s... is longer than %d bytes", name,
                       TREE_NAME_MAX);
    if (name[0] == '/')
        return err_set(err, ERR_INPUT, "the name %.200s is absolute; names are relative", name);
    while (str_cut(&rest, '/', &part)) {
        if (str_eq_c(part, ".."))
            return err_set(err, ERR_INPUT, "the name %.200s leaves the package with \"..\"", name);
        if (part.len > NAME_MAX)
            return err_set(err, ERR_INPUT, "the name %.60s... has a part longer than %d bytes",
                           name, NAME_MAX);
    }
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

/* ---- entries ---- */

static int broken(struct archive *a, const char *name, struct err *err)
{
    const char *why = archive_error_string(a);

    if (!name)
        return err_set(err, ERR_INPUT, "not a readable zip: %.200s", why ? why : "unknown format");
    return err_set(err, ERR_INPUT, "%.200s: damaged or not readable: %.200s", name,
                   why ? why : "unknown reason");
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
        if (fd >= 0 && tree_write(fd, (struct str){chunk, (size_t)n}, name, err) < 0)
            return -1;
    }
}

static int take_file(const struct unpack *u, struct archive *a, struct archive_entry *e,
                     const char *name, struct err *err)
{
    int fd = -1, r;

    if (name[strlen(name) - 1] == '/')
        return err_set(err, ERR_INPUT, "%.200s: a file whose name ends in \"/\"", name);
    if (u->dir >= 0 && (fd = tree_file(u->dir, name, (unsigned)archive_entry_perm(e), err)) < 0)
        return -1;
    r = copy_data(u, a, fd, name, err);
    if (fd >= 0 && tree_close(fd, name, r == 0 ? err : NULL) < 0)
        r = -1;
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
        return u->dir >= 0 ? tree_folder(u->dir, name, err) : 0;
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
        if (tree_link(u->dir, l->name, l->target, err) < 0)
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
    if (r != ARCHIVE_OK && path) /* what is wrong with a zip is seen when it is read */
        r = err_set(err, ERR_IO, "%.200s", archive_error_string(a));
    else
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
