#include "json/schema/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

struct mapping {
    char *uri;
    char *path;
};

struct added {
    char *uri;
    struct json_ref root;
};

struct schema_registry {
    struct mapping *mappings;
    size_t mapping_count;
    struct added *added;
    size_t added_count;
};

struct schema_registry *schema_registry_new(void)
{
    return mem_zalloc(sizeof(struct schema_registry));
}

void schema_registry_free(struct schema_registry *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->mapping_count; i++) {
        free(r->mappings[i].uri);
        free(r->mappings[i].path);
    }
    for (size_t i = 0; i < r->added_count; i++)
        free(r->added[i].uri);
    free(r->mappings);
    free(r->added);
    free(r);
}

void schema_registry_freep(struct schema_registry **registry)
{
    schema_registry_free(*registry);
}

void schema_registry_map(struct schema_registry *r, const char *uri, const char *path)
{
    r->mappings = mem_grow(r->mappings, r->mapping_count + 1, sizeof(*r->mappings));
    r->mappings[r->mapping_count++] = (struct mapping){mem_dup(uri), mem_dup(path)};
}

void schema_registry_add(struct schema_registry *r, const char *uri, struct json_ref root)
{
    r->added = mem_grow(r->added, r->added_count + 1, sizeof(*r->added));
    r->added[r->added_count++] = (struct added){mem_dup(uri), root};
}

char *schema_registry_path(const struct schema_registry *r, const char *uri)
{
    const struct mapping *best = NULL;
    size_t best_len = 0;

    for (size_t i = 0; i < r->mapping_count; i++) {
        const struct mapping *m = &r->mappings[i];
        const size_t len = strlen(m->uri);
        const bool folder = len && m->uri[len - 1] == '/';

        if (!len || len < best_len ||
            (folder ? strncmp(uri, m->uri, len) : strcmp(uri, m->uri)) != 0)
            continue;
        best = m;
        best_len = len;
    }
    if (!best)
        return NULL;
    return best->uri[best_len - 1] == '/' ? path_join(best->path, uri + best_len)
                                          : mem_dup(best->path);
}
