/*
 * Memory that is given back all at once. Everything allocated lives until arena_release or
 * arena_reset; nothing in it is freed singly. Not thread-safe.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used;                /* bytes handed out since the last reset */
};

void arena_release(struct arena *a); /* frees everything; a zeroed arena is fine */
void arena_reset(struct arena *a);   /* as release, but keeps one chunk for re-use */

/* Everything in `from` lives as long as `into` from now on; `from` is empty afterwards. */
void arena_adopt(struct arena *into, struct arena *from);

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_dup(struct arena *a, const char *text); /* NULL gives NULL */
char *arena_dup_str(struct arena *a, struct str s); /* NUL-terminated copy */
struct str arena_str(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
