#include "base/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { CHUNK = 65536 };

int lines_open(struct lines *l, const char *path, size_t max_bytes, struct err *err)
{
    *l = (struct lines){
        .name = strcmp(path, "-") == 0 ? "<stdin>" : path, .max_bytes = max_bytes, .fd_ = -1};
    return file_open(&l->fd_, path, err);
}

void lines_release(struct lines *l)
{
    file_close(l->fd_);
    buf_release(&l->held_);
    l->fd_ = -1;
}

static const char *find_end(const struct lines *l)
{
    return l->held_.len > l->scanned_
               ? memchr(l->held_.data + l->scanned_, '\n', l->held_.len - l->scanned_)
               : NULL;
}

bool lines_will_read(const struct lines *l)
{
    return !l->ended_ && !find_end(l);
}

/* 0 at the end of the file. */
static int read_more(struct lines *l, struct err *err)
{
    ssize_t n;

    if (l->at_) { /* the start of a line that is not whole yet goes to the front */
        memmove(l->held_.data, l->held_.data + l->at_, l->held_.len - l->at_);
        l->held_.len -= l->at_;
        l->at_ = 0;
    }
    l->scanned_ = l->held_.len;
    do
        n = read(l->fd_, buf_reserve(&l->held_, CHUNK), CHUNK);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        l->ended_ = true;
    if (n < 0) {
        buf_clear(&l->held_); /* no line is made of what came before */
        l->scanned_ = 0;
        return err_sys(err, ERR_IO, errno, "%s: cannot read", l->name);
    }
    l->held_.len += (size_t)n;
    return n > 0;
}

static void take(struct lines *l, struct str *ret_line, size_t len, size_t with_end)
{
    *ret_line = (struct str){l->held_.data + l->at_, len};
    l->at_ += with_end;
    l->scanned_ = l->at_;
    l->number++;
}

static int too_long(struct lines *l, struct err *err)
{
    const char *end;

    l->number++;
    while (!(end = find_end(l)) && !l->ended_) {
        l->at_ = l->held_.len;
        if (read_more(l, err) < 0)
            return -1;
    }
    l->at_ = end ? (size_t)(end - l->held_.data) + 1 : l->held_.len;
    l->scanned_ = l->at_;
    return err_set(err, ERR_LIMIT, "%s:%zu: longer than the limit of %zu bytes", l->name, l->number,
                   l->max_bytes);
}

int lines_next(struct lines *l, struct str *ret_line, struct err *err)
{
    for (;;) {
        const char *end = find_end(l);
        const size_t len = end ? (size_t)(end - l->held_.data) - l->at_ : l->held_.len - l->at_;

        if (len > l->max_bytes)
            return too_long(l, err);
        if (end) {
            take(l, ret_line, len, len + 1);
            return 1;
        }
        if (l->ended_) {
            if (!len)
                return 0;
            take(l, ret_line, len, len);
            return 1;
        }
        if (read_more(l, err) < 0)
            return -1;
    }
}
