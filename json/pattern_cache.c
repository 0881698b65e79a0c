#include "json/pattern.h"

#include <stdlib.h>

#include "base/mem.h"

struct cached {
    struct cached *next;
    struct pattern *pattern;
    char *source;
    size_t len;
    enum pattern_dialect dialect;
    unsigned flags;
};

struct pattern_cache {
    struct cached *rows[256];
};

struct pattern_cache *pattern_cache_new(void)
{
    return mem_zalloc(sizeof(struct pattern_cache));
}

void pattern_cache_free(struct pattern_cache *cache)
{
    for (size_t i = 0; cache && i < ARRAY_LEN(cache->rows); i++)
        while (cache->rows[i]) {
            struct cached *c = cache->rows[i];

            cache->rows[i] = c->next;
            pattern_free(c->pattern);
            free(c->source);
            free(c);
        }
    free(cache);
}

static struct cached **row_of(struct pattern_cache *cache, struct str source)
{
    unsigned hash = 2166136261u;

    for (size_t i = 0; i < source.len; i++)
        hash = (hash ^ (unsigned char)source.data[i]) * 16777619u;
    return &cache->rows[(hash ^ hash >> 16) & 255];
}

struct pattern *pattern_cache_get(struct pattern_cache *cache, struct str source,
                                  enum pattern_dialect dialect, unsigned flags, size_t *ret_offset,
                                  struct err *err)
{
    struct cached **row = row_of(cache, source), *c;
    struct pattern *p;

    for (c = *row; c; c = c->next)
        if (c->dialect == dialect && c->flags == flags &&
            str_eq(source, (struct str){c->source, c->len}))
            return c->pattern;
    if (pattern_compile(&p, source, dialect, flags, ret_offset, err) < 0)
        return NULL;
    c = mem_zalloc(sizeof(*c));
    *c = (struct cached){*row, p, mem_dup_n(source.data, source.len), source.len, dialect, flags};
    *row = c;
    return p;
}
