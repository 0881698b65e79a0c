#include "local/past.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct change {
    char *function, *name;
    bool existed;
    struct alias before; /* with texts of its own */
    int64_t until_ms;
};

struct past {
    struct change ring[PAST_MAX];
    size_t count; /* ever added */
};

struct past *past_new(void)
{
    return mem_zalloc(sizeof(struct past));
}

static void change_release(struct change *c)
{
    free(c->function);
    free(c->name);
    free((char *)(uintptr_t)c->before.description);
    free((char *)(uintptr_t)c->before.revision);
    *c = (struct change){0};
}

void past_free(struct past *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < PAST_MAX; i++)
        change_release(&p->ring[i]);
    free(p);
}

void past_add(struct past *p, const char *function, const char *name, const struct alias *before,
              int64_t now_ms)
{
    struct change *c = &p->ring[p->count++ % PAST_MAX];

    change_release(c);
    c->function = mem_dup(function);
    c->name = mem_dup(name);
    c->until_ms = now_ms;
    c->existed = before != NULL;
    if (!before)
        return;
    c->before = *before;
    c->before.description = mem_dup(before->description);
    c->before.revision = mem_dup(before->revision);
}

bool past_find(struct past *p, const char *function, const char *name, int64_t at_ms,
               struct arena *arena, bool *ret_existed, struct alias *ret)
{
    const size_t first = p->count > PAST_MAX ? p->count - PAST_MAX : 0;

    /* The first change after that time tells what held until then. */
    for (size_t i = first; i < p->count; i++) {
        const struct change *c = &p->ring[i % PAST_MAX];

        if (c->until_ms <= at_ms || strcmp(c->function, function) != 0 ||
            strcmp(c->name, name) != 0)
            continue;
        *ret_existed = c->existed;
        if (c->existed) {
            *ret = c->before;
            ret->function = arena_dup(arena, function);
            ret->name = arena_dup(arena, name);
            ret->description = arena_dup(arena, c->before.description);
            ret->revision = arena_dup(arena, c->before.revision);
        }
        return true;
    }
    return false;
}
