#include "json/schema/lookup.h"

/* The caller's keys may end anywhere; those of the table may be read eight bytes at a time. */
static uint64_t head_of(struct str name)
{
    char first[16] = {0};

    memcpy(first, name.data ? name.data : "", name.len < 8 ? name.len : 8);
    return json_head((struct str){first, name.len < 8 ? name.len : 8});
}

void lookup_init(struct lookup *l, struct arena *arena, struct lookup_key *keys, size_t count)
{
    size_t cap = 4;

    while (cap < count * 3)
        cap *= 2;
    *l = (struct lookup){.keys = keys, .count = count, .mask = (uint32_t)cap - 1};
    l->slots = arena_array(arena, cap, sizeof(*l->slots));
    for (size_t i = 0; i < count; i++) {
        uint32_t slot;

        keys[i].head = head_of(keys[i].name);
        keys[i].tail = lookup_tail(keys[i].name);
        slot = lookup_hash(keys[i].head, keys[i].tail, keys[i].name.len) & l->mask;
        while (l->slots[slot])
            slot = (slot + 1) & l->mask;
        l->slots[slot] = (uint32_t)(i + 1);
    }
}
