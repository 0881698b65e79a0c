/*
 * A file read line by line, as it comes: a pipe may never end, and a file may be larger than the
 * memory.
 */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct lines {
    const char *name; /* borrowed: as messages call it */
    size_t max_bytes; /* of a line */
    size_t number;    /* of the line returned last, from 1 */
    /* private */
    int fd_;
    struct buf held_;
    size_t at_;      /* in held_: what has been returned */
    size_t scanned_; /* in held_: no line ends before it */
    bool ended_;
};

/* As file_open(). `path` is borrowed; lines_release() in any case. */
int lines_open(struct lines *lines, const char *path, size_t max_bytes, struct err *err);
void lines_release(struct lines *lines);

/* The next line is not here yet: lines_next() will read, and may wait. */
bool lines_will_read(const struct lines *lines);

/*
 * 1 and the next line without its newline, valid until the next call; 0 at the end (a last line
 * without a newline counts, an empty rest does not). -1: ERR_LIMIT, the line is longer than
 * max_bytes and has been passed over, the next call goes on behind it; ERR_IO, there is no more.
 */
int lines_next(struct lines *lines, struct str *ret_line, struct err *err);

#endif
