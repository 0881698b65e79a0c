/*
 * What a function sees: a file system of its own in which /var/task and /opt are its code and its
 * layers, the system's programs and libraries are read-only, /tmp is empty and private, and nothing
 * else of the machine exists; and a process space of its own, which dies with its first process.
 * Made of Linux namespaces, without any privilege, where the machine allows it.
 *
 * The plan is made before the fork, so that the child allocates nothing and takes no lock.
 */
#ifndef LOCAL_EXECUTE_SANDBOX_H
#define LOCAL_EXECUTE_SANDBOX_H

#include <stdbool.h>

#include "base/err.h"

struct sandbox;

/*
 * `root` is an empty folder that the new root is mounted on (in the child's own mount namespace: it
 * stays empty for everyone else); it must not hold any of the folders that are shown. Borrowed
 * until the sandbox is freed. /tmp holds `tmp_mb`. Never fails.
 */
struct sandbox *sandbox_new(const char *root, unsigned tmp_mb);
void sandbox_free(struct sandbox *s); /* NULL is fine */

/* Shows the file or folder `source` at `place`, read-only. Skipped when there is no such source. */
void sandbox_show(struct sandbox *s, const char *source, const char *place);

/* What clone(2) must be asked for. */
unsigned long sandbox_clone_flags(void);

/*
 * In the first process of the new namespaces: builds the file system and moves into it. Returns 0,
 * or the number of the failed step with errno set. Safe after fork.
 */
int sandbox_enter(const struct sandbox *s);

#endif
