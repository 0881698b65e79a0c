/*
 * A table from the names of members to what a schema says about them, made for one pass over an
 * instance: length and first eight bytes decide nearly always. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_LOOKUP_H
#define JSON_SCHEMA_LOOKUP_H

#include <string.h>

#include "base/arena.h"

struct node;

struct lookup_key {
    uint64_t head; /* the first eight bytes, zero-padded */
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

/* `name` must be followed by JSON_TEXT_PADDING readable bytes. */
static inline uint64_t lookup_head(struct str name)
{
    uint64_t head;

    memcpy(&head, name.data, 8);
    if (name.len >= 8)
        return head;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return name.len ? head >> (64 - name.len * 8) : 0;
#else
    return head & (((uint64_t)1 << (name.len * 8)) - 1);
#endif
}

static inline uint32_t lookup_hash(uint64_t head, size_t len, const char *data)
{
    uint64_t h = (head ^ len * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    uint64_t tail;

    if (len > 8) {
        memcpy(&tail, data + len - 8, 8);
        h = (h ^ tail ^ h >> 31) * 0xc4ceb9fe1a85ec53u;
    }
    return (uint32_t)(h >> 40);
}

static inline bool lookup_is(const struct lookup_key *k, uint64_t head, struct str name)
{
    return k->head == head && k->name.len == name.len &&
           (name.len <= 8 || memcmp(k->name.data, name.data, name.len) == 0);
}

static inline const struct lookup_key *lookup_find(const struct lookup *l, struct str name)
{
    const uint64_t head = lookup_head(name);
    uint32_t slot;

    if (l->count <= 2) {
        for (size_t i = 0; i < l->count; i++)
            if (lookup_is(&l->keys[i], head, name))
                return &l->keys[i];
        return NULL;
    }
    for (slot = lookup_hash(head, name.len, name.data) & l->mask; l->slots[slot];
         slot = (slot + 1) & l->mask)
        if (lookup_is(&l->keys[l->slots[slot] - 1], head, name))
            return &l->keys[l->slots[slot] - 1];
    return NULL;
}

#endif
