#define _GNU_SOURCE /* ppoll */
#include "cli/local_follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/term.h"

enum {
    LOOK_MS = 1000,       /* at least so often, whatever inotify tells */
    TOGETHER_MS = 20,     /* what is written in this time is looked for once */
    BLOCK = 1 << 20,      /* of one file at a time */
    LINE_MAX_LEN = 65536, /* a longer line is printed in parts */
};

struct followed {
    char *path;
    char *name; /* of the function */
    ino_t inode;
    off_t at, size;
    struct timespec written;
    struct buf line; /* one that has no end yet */
    bool there;      /* in the last look */
};

struct follow {
    const char *state_dir, *function;
    int64_t
        oldest_ms; /* files that were written to last before this are not shown from the start */
    bool first;    /* look: there was none before */
    int notify;    /* inotify, or -1 */
    struct followed **files; /* by path */
    size_t count;
};

/* ---- printing ---- */

static void print_line(const struct follow *f, const struct followed *file, struct str line)
{
    CLEANUP(buf_release) struct buf safe = {0};

    if (!f->function)
        buf_printf(&safe, "%s | ", file->name);
    term_safe(&safe, line);
    buf_putc(&safe, '\n');
    term_out_str(buf_str(&safe));
}

static void print_lines(const struct follow *f, struct followed *file, bool all)
{
    struct str rest = buf_str(&file->line);
    const char *end;

    while (rest.len && (end = memchr(rest.data, '\n', rest.len))) {
        const size_t len = (size_t)(end - rest.data);

        print_line(f, file, str_slice(rest, 0, len));
        rest = str_slice(rest, len + 1, rest.len);
    }
    if (rest.len && (all || rest.len > LINE_MAX_LEN)) {
        print_line(f, file, rest);
        rest.len = 0;
    }
    if (rest.len)
        memmove(file->line.data, rest.data, rest.len);
    file->line.len = rest.len;
}

/* What came since the last look. True when there may be more. */
static bool read_on(const struct follow *f, struct followed *file)
{
    CLEANUP(mem_freep) char *block = mem_alloc(BLOCK);
    const int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd < 0 ? -1 : pread(fd, block, BLOCK, file->at);

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return false;
    file->at += n;
    buf_add_str(&file->line, (struct str){block, (size_t)n});
    print_lines(f, file, false);
    return n == BLOCK;
}

/* ---- looking ---- */

static void forget(struct followed *file)
{
    buf_release(&file->line);
    free(file->path);
    free(file->name);
    free(file);
}

/* Where the path is, or would be. */
static size_t place_of(const struct follow *f, const char *path)
{
    size_t low = 0, high = f->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (strcmp(f->files[middle]->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct followed *add(struct follow *f, size_t at, const char *path, const char *name)
{
    struct followed *file = mem_zalloc(sizeof(*file));

    file->path = mem_dup(path);
    file->name = mem_dup(name);
    f->files = mem_grow(f->files, f->count + 1, sizeof(struct followed *));
    memmove(f->files + at + 1, f->files + at, (f->count - at) * sizeof(struct followed *));
    f->files[at] = file;
    f->count++;
    return file;
}

static void look_at(struct follow *f, const char *path, const char *name)
{
    const size_t at = place_of(f, path);
    struct followed *file =
        at < f->count && strcmp(f->files[at]->path, path) == 0 ? f->files[at] : NULL;
    struct stat st;

    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    if (!file) {
        file = add(f, at, path, name);
        file->inode = st.st_ino;
        if (f->first && (int64_t)st.st_mtim.tv_sec * 1000 + 999 < f->oldest_ms)
            file->at = st.st_size;
    } else if (file->inode != st.st_ino || st.st_size < file->at) { /* another file, or cut */
        print_lines(f, file, true);
        file->inode = st.st_ino;
        file->at = 0;
    }
    file->size = st.st_size;
    file->written = st.st_mtim;
    file->there = true;
}

static void watch_folder(const struct follow *f, const char *path)
{
    if (f->notify >= 0) /* again is fine; what cannot be watched is looked at every second */
        inotify_add_watch(f->notify, path,
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
}

static void look_into(struct follow *f, const char *folder, const char *name)
{
    DIR *dir;
    const struct dirent *found;

    watch_folder(f, folder);
    dir = opendir(folder);
    while (dir && (found = readdir(dir)) != NULL) {
        CLEANUP(mem_freep) char *path = NULL;

        if (!str_ends(str_c(found->d_name), STR(".log")))
            continue;
        path = path_join(folder, found->d_name);
        look_at(f, path, name);
    }
    if (dir)
        closedir(dir);
}

static void look_into_all(struct follow *f, const char *logs)
{
    CLEANUP(mem_freep) char *server = path_join(f->state_dir, "server.log");
    DIR *dir = opendir(logs);
    const struct dirent *found;

    look_at(f, server, "smokegate-local");
    while (dir && (found = readdir(dir)) != NULL) {
        CLEANUP(mem_freep) char *folder = path_join(logs, found->d_name);

        if (found->d_name[0] != '.')
            look_into(f, folder, found->d_name);
    }
    if (dir)
        closedir(dir);
}

static void drop_missing(struct follow *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->count; i++) {
        struct followed *file = f->files[i];

        if (file->there) {
            file->there = false;
            f->files[kept++] = file;
            continue;
        }
        print_lines(f, file, true);
        forget(file);
    }
    f->count = kept;
}

static int by_time(const void *a, const void *b)
{
    const struct followed *x = *(struct followed *const *)a, *y = *(struct followed *const *)b;

    if (x->written.tv_sec != y->written.tv_sec)
        return x->written.tv_sec < y->written.tv_sec ? -1 : 1;
    if (x->written.tv_nsec != y->written.tv_nsec)
        return x->written.tv_nsec < y->written.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* True when there may be more to read at once. */
static bool look(struct follow *f)
{
    CLEANUP(mem_freep) char *logs = path_join(f->state_dir, "logs");
    struct followed **order;
    bool more = false;

    watch_folder(f, f->state_dir);
    watch_folder(f, logs);
    if (f->function) {
        CLEANUP(mem_freep) char *folder = path_join(logs, f->function);

        look_into(f, folder, f->function);
    } else {
        look_into_all(f, logs);
    }
    drop_missing(f);
    f->first = false;
    if (f->count == 0)
        return false;
    order = mem_alloc(f->count * sizeof(struct followed *));
    memcpy(order, f->files, f->count * sizeof(struct followed *));
    qsort(order, f->count, sizeof(struct followed *), by_time);
    for (size_t i = 0; i < f->count; i++)
        if (order[i]->size > order[i]->at)
            more |= read_on(f, order[i]);
    free(order);
    return more;
}

/* ---- waiting ---- */

/* For a change, a second, or a signal. */
static void wait_for_change(const struct follow *f)
{
    struct pollfd fd = {.fd = f->notify, .events = POLLIN};
    const struct timespec timeout = {LOOK_MS / 1000, LOOK_MS % 1000 * 1000000L};
    sigset_t signals, before;
    char events[8192];

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, &before);
    if (!interrupt_signal() && ppoll(&fd, 1, &timeout, &before) > 0) {
        clock_sleep(&clock_system, TOGETHER_MS);
        while (read(f->notify, events, sizeof(events)) > 0)
            ; /* which ones does not matter: everything is looked at */
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int local_follow(const char *state_dir, const char *function, int64_t since_ms, struct err *err)
{
    struct follow f = {.state_dir = state_dir,
                       .function = function,
                       .oldest_ms = clock_wall(&clock_system) - since_ms,
                       .first = true,
                       .notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    int r = 0;

    interrupt_install();
    while (!interrupt_signal() && r == 0) {
        const bool more = look(&f);

        if (fflush(stdout) != 0 && errno != EPIPE)
            r = err_sys(err, ERR_IO, errno, "cannot write to standard output");
        if (ferror(stdout))
            break;
        if (!more)
            wait_for_change(&f);
    }
    for (size_t i = 0; i < f.count; i++) {
        print_lines(&f, f.files[i], true);
        forget(f.files[i]);
    }
    free(f.files);
    if (f.notify >= 0)
        close(f.notify);
    return r;
}
