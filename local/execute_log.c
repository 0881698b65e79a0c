#define _GNU_SOURCE /* pipe2 */
#include "local/execute_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "local/execute.h"

int exec_log_open(struct exec_log *l, const char *path, struct err *err)
{
    CLEANUP(mem_freep) char *dir = path_dir(path);
    int ends[2];

    if (file_mkdirs(dir, err) < 0)
        return -1;
    *l = (struct exec_log){.in = -1, .out = -1, .last = '\n'};
    l->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (l->file < 0)
        return err_sys(err, ERR_IO, errno, "%s: cannot create", path);
    if (pipe2(ends, O_CLOEXEC) < 0) {
        const int failed = errno;

        close(l->file);
        return err_sys(err, ERR_IO, failed, "cannot make a pipe");
    }
    l->in = ends[0];
    l->out = ends[1];
    fcntl(l->in, F_SETFL, O_NONBLOCK);
    pthread_mutex_init(&l->lock, NULL);
    return 0;
}

void exec_log_close_out(struct exec_log *l)
{
    if (l->out >= 0)
        close(l->out);
    l->out = -1;
}

void exec_log_close(struct exec_log *l)
{
    exec_log_close_out(l);
    close(l->in);
    close(l->file);
    buf_release(&l->tail);
    pthread_mutex_destroy(&l->lock);
}

/* ---- with the lock held ---- */

static void to_file(struct exec_log *l, struct str bytes)
{
    static const char full[] = "\n[this file is full: what follows was not kept]\n";

    if (l->file_bytes >= LOG_FILE_MAX)
        return;
    l->file_bytes += bytes.len;
    if (l->file_bytes >= LOG_FILE_MAX)
        bytes = str_c(full);
    while (bytes.len) {
        const ssize_t n = write(l->file, bytes.data, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return; /* a full disk must not fail the function */
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
}

static void to_tail(struct exec_log *l, struct str bytes)
{
    if (bytes.len > EXECUTE_LOG_TAIL_MAX)
        bytes = str_slice(bytes, bytes.len - EXECUTE_LOG_TAIL_MAX, bytes.len);
    buf_add_str(&l->tail, bytes);
    if (l->tail.len >= (size_t)EXECUTE_LOG_TAIL_MAX * 4) { /* moved rarely, not at every line */
        memmove(l->tail.data, l->tail.data + l->tail.len - EXECUTE_LOG_TAIL_MAX,
                EXECUTE_LOG_TAIL_MAX);
        l->tail.len = EXECUTE_LOG_TAIL_MAX;
    }
}

static void add(struct exec_log *l, struct str bytes)
{
    if (!bytes.len)
        return;
    to_file(l, bytes);
    to_tail(l, bytes);
    l->last = bytes.data[bytes.len - 1];
}

/* With `end`, looks for the end of the output too, which costs a call when there is nothing. */
static bool drain(struct exec_log *l, bool end)
{
    char chunk[16384];
    int waiting = 0;

    if (ioctl(l->in, FIONREAD, &waiting) < 0)
        return false;
    if (end && waiting == 0)
        waiting = 1;
    while (waiting > 0) {
        const ssize_t n = read(l->in, chunk, sizeof(chunk));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        add(l, (struct str){chunk, (size_t)n});
        if ((size_t)n < sizeof(chunk))
            return true; /* the next call learns of the end */
        waiting -= (int)n;
    }
    return true;
}

static void add_line(struct exec_log *l, struct str line)
{
    if (l->last != '\n')
        add(l, STR("\n"));
    add(l, line);
}

/* ---- */

bool exec_log_drain(struct exec_log *l)
{
    bool open;

    pthread_mutex_lock(&l->lock);
    open = drain(l, true);
    pthread_mutex_unlock(&l->lock);
    return open;
}

void exec_log_line(struct exec_log *l, const char *fmt, ...)
{
    CLEANUP(buf_release) struct buf line = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&line, fmt, ap);
    va_end(ap);
    buf_putc(&line, '\n');
    pthread_mutex_lock(&l->lock);
    drain(l, false);
    add_line(l, buf_str(&line));
    pthread_mutex_unlock(&l->lock);
}

void exec_log_begin(struct exec_log *l, const char *request_id, const char *version)
{
    CLEANUP(buf_release) struct buf line = {0};

    buf_printf(&line, "START RequestId: %s Version: %s\n", request_id, version);
    pthread_mutex_lock(&l->lock);
    drain(l, false);
    if (l->last != '\n')
        add(l, STR("\n"));
    buf_clear(&l->tail);
    add(l, buf_str(&line));
    pthread_mutex_unlock(&l->lock);
}

void exec_log_end(struct exec_log *l, struct str lines, struct buf *tail)
{
    struct str all;

    pthread_mutex_lock(&l->lock);
    drain(l, false);
    add_line(l, lines);
    all = buf_str(&l->tail);
    if (all.len > EXECUTE_LOG_TAIL_MAX)
        all = str_slice(all, all.len - EXECUTE_LOG_TAIL_MAX, all.len);
    buf_add_str(tail, all);
    pthread_mutex_unlock(&l->lock);
}
