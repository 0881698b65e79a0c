#define _GNU_SOURCE /* ppoll */
#include "cli/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <jansson.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/interrupt.h"

/* An editor writes in several steps; whoever saves all files is done in a moment. */
enum { SETTLED_MS = 100, SETTLING_MS = 2000 };

struct watch {
    int fd;
    json_t *files;   /* "watch/name" of what was read, to true */
    json_t *written; /* the same of what we wrote since the last wait */
    char *changed;   /* what ended the last wait */
    struct err err;  /* a folder that cannot be watched */
};

/* ---- which files ---- */

/* Has the path a part like ".smokegate" or ".git": what lies there is not the user's to edit. */
static bool is_hidden(const char *path)
{
    struct str rest = str_c(path), part;

    while (str_cut(&rest, '/', &part))
        if (part.len > 1 && part.data[0] == '.' && !str_eq_c(part, ".."))
            return true;
    return false;
}

static int watch_folder(struct watch *w, const char *path)
{
    CLEANUP(mem_freep) char *dir = path_dir(path);
    int id = inotify_add_watch(w->fd, dir,
                               IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                   IN_ONLYDIR | IN_EXCL_UNLINK);

    if (id < 0 && errno != ENOENT && errno != ENOTDIR && w->err.kind == ERR_NONE)
        err_sys(&w->err, ERR_IO, errno, "%s: cannot be watched", dir);
    return id;
}

/* A watch stands for a folder, however its path is written. */
static char *key_of(int id, const char *name)
{
    CLEANUP(buf_release) struct buf key = {0};

    buf_printf(&key, "%d/%s", id, name);
    return buf_steal(&key);
}

static void on_file(void *ctx, const char *path, bool written)
{
    struct watch *w = ctx;
    const char *slash = strrchr(path, '/');
    CLEANUP(mem_freep) char *key = NULL;
    int id;

    if (is_hidden(path) || (id = watch_folder(w, path)) < 0)
        return;
    key = key_of(id, slash ? slash + 1 : path);
    json_object_set_new(written ? w->written : w->files, key, json_true());
}

int watch_open(struct watch **ret, struct err *err)
{
    struct watch *w;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0)
        return err_sys(err, ERR_IO, errno, "--watch: inotify");
    w = mem_zalloc(sizeof(*w));
    w->fd = fd;
    w->files = json_object();
    w->written = json_object();
    file_observe(on_file, w);
    *ret = w;
    return 0;
}

void watch_close(struct watch *w)
{
    if (!w)
        return;
    file_observe(NULL, NULL);
    close(w->fd);
    json_decref(w->files);
    json_decref(w->written);
    free(w->changed);
    free(w);
}

size_t watch_count(const struct watch *w)
{
    return json_object_size(w->files);
}

/* ---- what happened ---- */

static bool matters(const struct watch *w, const struct inotify_event *event)
{
    CLEANUP(mem_freep) char *key = NULL;

    if (event->mask & IN_Q_OVERFLOW)
        return true;
    if (!event->len || event->name[0] == '.')
        return false;
    key = key_of(event->wd, event->name);
    if (json_object_get(w->written, key))
        return false;
    return json_object_get(w->files, key) || str_ends(str_c(event->name), STR(".json"));
}

/* Takes what has been queued. Was there anything that matters? */
static bool drain(struct watch *w)
{
    union {
        struct inotify_event event; /* for its alignment */
        char bytes[sizeof(struct inotify_event) + NAME_MAX + 1 + 8192];
    } block;
    bool changed = false;
    ssize_t got;

    while ((got = read(w->fd, block.bytes, sizeof(block.bytes))) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)(block.bytes + at);

            if (matters(w, event)) {
                if (!changed) {
                    free(w->changed);
                    w->changed = mem_dup(event->len ? event->name : "many files");
                }
                changed = true;
            }
            at += (ssize_t)(sizeof(*event) + event->len);
        }
    }
    return changed;
}

/* Waits for events; true when some came in time. Signals may end it early, and are not missed. */
static bool wait_ms(struct watch *w, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = w->fd, .events = POLLIN};
    const struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    sigset_t signals, before;
    int ready = 0;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, &before);
    if (!interrupt_signal())
        ready = ppoll(&poll_fd, 1, timeout_ms < 0 ? NULL : &timeout, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ready > 0;
}

static void settle(struct watch *w)
{
    for (int waited = 0; waited < SETTLING_MS && wait_ms(w, SETTLED_MS); waited += SETTLED_MS) {
        CLEANUP(mem_freep) char *first = STEAL(w->changed);

        drain(w);
        free(w->changed);
        w->changed = STEAL(first);
    }
}

int watch_wait(struct watch *w, enum watch_end *ret, const char **ret_name, struct err *err)
{
    bool changed = drain(w); /* during the run */

    json_object_clear(w->written);
    if (w->err.kind != ERR_NONE)
        return err_set(err, w->err.kind, "%s", w->err.text);
    while (!changed && !interrupt_signal())
        if (wait_ms(w, -1))
            changed = drain(w);
    if (interrupt_signal()) {
        *ret = WATCH_INTERRUPTED;
        return 0;
    }
    settle(w);
    *ret = WATCH_CHANGED;
    *ret_name = w->changed;
    return 0;
}
