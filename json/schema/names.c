#include "json/schema/names.h"

#include <stdint.h>

struct name_entry {
    struct name_entry *next;
    uint64_t hash;
    const void *whose;
    struct str name;
    void *what;
};

static uint64_t hash_of(const void *whose, struct str name)
{
    const uint64_t h = str_hash(name) ^ (uint64_t)(uintptr_t)whose * 0x9e3779b97f4a7c15u;

    return h ^ h >> 32;
}

static struct name_entry *find(const struct names *n, uint64_t hash, const void *whose,
                               struct str name)
{
    if (!n->cap)
        return NULL;
    for (struct name_entry *e = n->buckets[hash & (n->cap - 1)]; e; e = e->next)
        if (e->hash == hash && e->whose == whose && str_eq(e->name, name))
            return e;
    return NULL;
}

/* The old buckets stay in the arena: as many in all as there are new ones. */
static void grow(struct names *n, struct arena *arena)
{
    const struct names old = *n;

    n->cap = old.cap ? old.cap * 2 : 64;
    n->buckets = arena_array(arena, n->cap, sizeof(*n->buckets));
    for (size_t i = 0; i < old.cap; i++)
        for (struct name_entry *e = old.buckets[i], *next; e; e = next) {
            struct name_entry **bucket = &n->buckets[e->hash & (n->cap - 1)];

            next = e->next;
            e->next = *bucket;
            *bucket = e;
        }
}

void *names_get(const struct names *n, const void *whose, struct str name)
{
    const struct name_entry *e = find(n, hash_of(whose, name), whose, name);

    return e ? e->what : NULL;
}

void names_set(struct names *n, struct arena *arena, const void *whose, struct str name, void *what)
{
    const uint64_t hash = hash_of(whose, name);
    struct name_entry *e = find(n, hash, whose, name), **bucket;

    if (e) {
        e->what = what;
        return;
    }
    if (n->count == n->cap)
        grow(n, arena);
    n->count++;
    bucket = &n->buckets[hash & (n->cap - 1)];
    e = arena_alloc(arena, sizeof(*e));
    *e = (struct name_entry){*bucket, hash, whose, name, what};
    *bucket = e;
}
