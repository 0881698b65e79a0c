/*
 * What aliases were some time ago: for fault scripts that make reads stale. Kept in memory, the
 * last PAST_MAX changes. Under the lock of struct local.
 */
#ifndef LOCAL_PAST_H
#define LOCAL_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "local/store.h"

enum { PAST_MAX = 1024 };

struct past;

struct past *past_new(void);
void past_free(struct past *p);

/* An alias is about to change: `before` is what it was until now; NULL: it did not exist. */
void past_add(struct past *p, const char *function, const char *name, const struct alias *before,
              int64_t now_ms);

/*
 * What it was at that time: true when it was something else than now; then *ret_existed tells
 * whether it existed, and *ret (copied into `arena`) what it was.
 */
bool past_find(struct past *p, const char *function, const char *name, int64_t at_ms,
               struct arena *arena, bool *ret_existed, struct alias *ret);

#endif
