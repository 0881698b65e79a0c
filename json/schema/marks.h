/*
 * Which members or elements of one instance have been evaluated, for unevaluatedProperties and
 * unevaluatedItems. Kept only below a schema that has one of them; up to 64 without allocation.
 * Private to json/schema/.
 */
#ifndef JSON_SCHEMA_MARKS_H
#define JSON_SCHEMA_MARKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct marks {
    uint64_t *words; /* `own`, or allocated */
    uint64_t own;
    size_t count; /* of words */
    bool all;
};

static inline void marks_init(struct marks *m, size_t children)
{
    m->own = 0;
    m->all = false;
    m->count = (children + 63) / 64;
    m->words = m->count <= 1 ? &m->own : mem_array(m->count, sizeof(*m->words));
}

static inline void marks_release(struct marks *m)
{
    if (m->count > 1)
        free(m->words);
}

static inline void marks_set(struct marks *m, size_t i)
{
    m->words[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline bool marks_has(const struct marks *m, size_t i)
{
    return m->all || m->words[i / 64] >> (i % 64) & 1;
}

static inline void marks_merge(struct marks *to, const struct marks *from)
{
    to->all = to->all || from->all;
    for (size_t i = 0; i < from->count; i++)
        to->words[i] |= from->words[i];
}

#endif
