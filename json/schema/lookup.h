/*
 * A table from the names of members to what a schema says about them, made for one pass over an
 * instance: length and first eight bytes decide nearly always. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_LOOKUP_H
#define JSON_SCHEMA_LOOKUP_H

#include <string.h>

#include "base/arena.h"
#include "json/doc.h"

struct node;

struct lookup_key {
    uint64_t head; /* the first eight bytes, zero-padded */
    uint64_t tail; /* of a name longer than that: the last eight */
    struct str name;
    struct node *node; /* NULL: only required */
    int32_t required;  /* its bit among the required ones, or -1 */
    uint32_t at;       /* the member of `properties` */
};

struct lookup {
    struct lookup_key *keys;
    size_t count;
    uint32_t *slots; /* open addressing; 0: free, else the key's number + 1 */
    uint32_t mask;
};

/* Takes the keys (of the arena) and makes the table. */
void lookup_init(struct lookup *l, struct arena *arena, struct lookup_key *keys, size_t count);

/* Of a name of more than eight bytes, else 0. */
static inline uint64_t lookup_tail(struct str name)
{
    uint64_t tail = 0;

    if (name.len > 8)
        memcpy(&tail, name.data + name.len - 8, 8);
    return tail;
}

static inline uint32_t lookup_hash(uint64_t head, uint64_t tail, size_t len)
{
    uint64_t h = (head ^ len * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

    h = (h ^ tail ^ h >> 31) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(h >> 40);
}

static inline bool lookup_is(const struct lookup_key *k, uint64_t head, struct str name)
{
    if (k->head != head || k->name.len != name.len)
        return false;
    return name.len <= 8 ||
           (k->tail == lookup_tail(name) &&
            (name.len <= 16 || memcmp(k->name.data + 8, name.data + 8, name.len - 16) == 0));
}

/* `name` must be followed by JSON_TEXT_PADDING readable bytes. */
static inline const struct lookup_key *lookup_find(const struct lookup *l, struct str name)
{
    const uint64_t head = json_head(name);
    uint32_t slot;

    if (l->count <= 2) {
        for (size_t i = 0; i < l->count; i++)
            if (lookup_is(&l->keys[i], head, name))
                return &l->keys[i];
        return NULL;
    }
    for (slot = lookup_hash(head, lookup_tail(name), name.len) & l->mask; l->slots[slot];
         slot = (slot + 1) & l->mask)
        if (lookup_is(&l->keys[l->slots[slot] - 1], head, name))
            return &l->keys[l->slots[slot] - 1];
    return NULL;
}

#endif
