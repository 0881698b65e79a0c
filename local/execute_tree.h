/*
 * Writing a tree of files below a folder, without ever leaving it: a symbolic link on the way is
 * replaced by a folder, never followed. Names are relative and without ".." (the caller's to
 * check); folders on the way are made. What stands at a file's or link's name is replaced.
 */
#ifndef LOCAL_EXECUTE_TREE_H
#define LOCAL_EXECUTE_TREE_H

#include "base/err.h"
#include "base/str.h"

enum { TREE_NAME_MAX = 4096 }; /* bytes of a name */

/* All return 0, or -1 with ERR_IO or, for a part of a name that is too long, ERR_INPUT. */
int tree_folder(int dir, const char *name, struct err *err);
int tree_link(int dir, const char *name, const char *target, struct err *err);

/* A descriptor to write to, or -1. `mode`: its rwx bits count; the owner can always read it. */
int tree_file(int dir, const char *name, unsigned mode, struct err *err);
int tree_write(int fd, struct str bytes, const char *name, struct err *err);
int tree_close(int fd, const char *name, struct err *err);

#endif
