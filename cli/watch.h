/*
 * Waits until something changes that was read: case files, payloads, tables, schemas, snapshots,
 * the project file (base/file.h tells which). Their folders are watched with inotify, so that
 * editors that rename a new file into place are understood, and a new .json file beside them is
 * seen. What this process wrote itself is no change, nor is anything in folders whose names begin
 * with a dot.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stddef.h>

#include "base/err.h"

struct watch;

enum watch_end { WATCH_CHANGED, WATCH_INTERRUPTED };

/* From now on what is read is watched. There may be one at a time. */
int watch_open(struct watch **ret, struct err *err);
void watch_close(struct watch *w); /* NULL is fine */

/* How many files are watched. */
size_t watch_count(const struct watch *w);

/*
 * Returns when something changed since it was read, or a signal of cli/interrupt.h came. Changes
 * that come together are one. `ret_name` (of a file, valid until the next call) is the first.
 */
int watch_wait(struct watch *w, enum watch_end *ret, const char **ret_name, struct err *err);

#endif
