/* Files and paths. Paths are bytes with '/' between the parts. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Appends the whole of a regular file (or, with "-", of standard input) to `out`. ERR_LIMIT beyond
 * max_bytes (0: no cap), ERR_INPUT when there is no such file, ERR_IO otherwise; names the path.
 */
int file_read(struct buf *out, const char *path, size_t max_bytes, struct err *err);

/*
 * Opens a file for reading; "-" is standard input, which file_close() leaves open. ERR_INPUT when
 * there is no such file or it is a folder, ERR_IO otherwise; names the path.
 */
int file_open(int *ret_fd, const char *path, struct err *err);
void file_close(int fd);

/*
 * Replaces `path` by `bytes`, or leaves it as it was: a temporary file beside it, fsync, rename,
 * fsync of the folder. `mode` as for open(2), e.g. 0644.
 */
int file_write_atomic(const char *path, struct str bytes, unsigned mode, struct err *err);

/* The same without waiting for the disk: for what may be lost when the machine stops. */
int file_replace(const char *path, struct str bytes, unsigned mode, struct err *err);

/* Waits until names of the folder that `path` lies in are on the disk, as far as it can be asked.
 */
void file_sync_dir(const char *path);

/*
 * Who wants to know which files this process takes in (told before the first byte is read, also of
 * those that are not there) and which it writes (told afterwards). NULL: nobody, as at first.
 */
void file_observe(void (*saw)(void *ctx, const char *path, bool written), void *ctx);
void file_tell_written(const char *path); /* for who writes by other means */

int file_mkdirs(const char *path, struct err *err);      /* like mkdir -p, mode 0755 */
int file_remove_tree(const char *path, struct err *err); /* like rm -rf; never follows links */
bool file_exists(const char *path);
bool file_is_dir(const char *path);

/* The part up to the last '/', "." when there is none, "/" for the root. Returns owned. */
char *path_dir(const char *path);

/* `name` as seen from `dir`: unchanged when it is absolute or dir is "" or ".". Returns owned. */
char *path_join(const char *dir, const char *name);

#endif
