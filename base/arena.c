#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { CHUNK_MIN = 1024, CHUNK_BIG = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used;
    _Alignas(max_align_t) char data[];
};

static struct arena_chunk *chunk_new(struct arena *a, size_t size)
{
    size_t want = a->chunks ? a->chunks->size * 2 : CHUNK_MIN;
    struct arena_chunk *c;

    if (want > CHUNK_BIG)
        want = CHUNK_BIG;
    if (want < size)
        want = size;
    c = mem_alloc(sizeof(*c) + want);
    *c = (struct arena_chunk){.next = a->chunks, .size = want};
    a->chunks = c;
    return c;
}

void arena_release(struct arena *a)
{
    while (a->chunks) {
        struct arena_chunk *next = a->chunks->next;

        free(a->chunks);
        a->chunks = next;
    }
    a->used = 0;
}

void arena_reset(struct arena *a)
{
    struct arena_chunk *keep = a->chunks;

    if (!keep)
        return;
    a->chunks = keep->next;
    arena_release(a);
    keep->next = NULL;
    keep->used = 0;
    a->chunks = keep;
}

void arena_adopt(struct arena *into, struct arena *from)
{
    struct arena_chunk **end = &into->chunks;

    while (*end) /* behind the chunk that is being filled */
        end = &(*end)->next;
    *end = from->chunks;
    into->used += from->used;
    *from = (struct arena){0};
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_chunk *c = a->chunks;
    void *p;

    if (size > SIZE_MAX / 4)
        mem_array(SIZE_MAX, size); /* ends the program */
    size = (size + align - 1) / align * align;
    if (!c || c->size - c->used < size)
        c = chunk_new(a, size);
    p = c->data + c->used;
    c->used += size;
    a->used += size;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 4 / size)
        mem_array(SIZE_MAX, size); /* ends the program */
    return arena_alloc(a, count * size);
}

char *arena_dup(struct arena *a, const char *text)
{
    return text ? arena_dup_str(a, str_c(text)) : NULL;
}

char *arena_dup_str(struct arena *a, struct str s)
{
    char *copy = arena_alloc(a, s.len + 1);

    if (s.len)
        memcpy(copy, s.data, s.len);
    return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
    return (struct str){arena_dup_str(a, s), s.len};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    char *text;
    int n;

    assert(fmt); /* told to gcc: UBSan's own check lets it believe in a null format */
    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n >= 0)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}
