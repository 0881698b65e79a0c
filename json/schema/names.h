/*
 * What a name means to somebody: a resource's anchors, the members of a large object. One table
 * that grows, in an arena. Private to frame.c and resolve.c.
 */
#ifndef JSON_SCHEMA_NAMES_H
#define JSON_SCHEMA_NAMES_H

#include "base/arena.h"
#include "base/str.h"

/* Starts zeroed; goes with its arena. */
struct names {
    struct name_entry **buckets;
    size_t count, cap; /* cap: a power of two, or 0 */
};

/* What `name` means to `whose`, any pointer (NULL: to everybody); NULL: nothing. */
void *names_get(const struct names *n, const void *whose, struct str name);

/* Lets it mean `what`, from now on. The name is borrowed as long as the table. */
void names_set(struct names *n, struct arena *arena, const void *whose, struct str name,
               void *what);

#endif
