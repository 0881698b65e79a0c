#include "runner/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* An open-addressed table from text to something compiled. */
struct slot {
    char *key;
    size_t len;
    void *value;
};

struct table {
    struct slot *slots;
    size_t cap, count; /* cap is a power of two */
};

struct compile_caches {
    struct pattern_cache *patterns;
    struct table paths, schemas;
    struct schema_registry *registry;
};

static size_t hash(struct str text)
{
    size_t h = 1469598103934665603u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.data[i]) * 1099511628211u;
    return h ^ (h >> 29);
}

static struct slot *find(const struct table *t, struct str key)
{
    size_t i;

    if (!t->cap)
        return NULL;
    for (i = hash(key) & (t->cap - 1); t->slots[i].key; i = (i + 1) & (t->cap - 1))
        if (t->slots[i].len == key.len && memcmp(t->slots[i].key, key.data, key.len) == 0)
            break;
    return &t->slots[i];
}

static void *lookup(const struct table *t, struct str key)
{
    struct slot *slot = find(t, key);

    return slot ? slot->value : NULL;
}

static void grow(struct table *t)
{
    struct table bigger = {.cap = t->cap ? t->cap * 2 : 64, .count = t->count};

    bigger.slots = mem_array(bigger.cap, sizeof(*bigger.slots));
    for (size_t i = 0; i < t->cap; i++)
        if (t->slots[i].key)
            *find(&bigger, (struct str){t->slots[i].key, t->slots[i].len}) = t->slots[i];
    free(t->slots);
    *t = bigger;
}

static void keep(struct table *t, struct str key, void *value)
{
    if (t->count * 4 >= t->cap * 3)
        grow(t);
    *find(t, key) = (struct slot){mem_dup_n(key.data, key.len), key.len, value};
    t->count++;
}

static void clear(struct table *t, void (*release)(void *))
{
    for (size_t i = 0; i < t->cap; i++) {
        free(t->slots[i].key);
        if (t->slots[i].value)
            release(t->slots[i].value);
    }
    free(t->slots);
    *t = (struct table){0};
}

static void release_path(void *value)
{
    path_free(value);
}

/* A schema with the document it was read from, when that is nobody else's. */
struct kept_schema {
    struct schema *schema;
    struct json_doc *doc;
};

static void release_schema(void *value)
{
    struct kept_schema *kept = value;

    schema_free(kept->schema);
    json_doc_free(kept->doc);
    free(kept);
}

struct compile_caches *compile_caches_new(const struct runner_config *config)
{
    struct compile_caches *caches = mem_zalloc(sizeof(*caches));

    caches->patterns = pattern_cache_new();
    caches->registry = schema_registry_new();
    for (size_t i = 0; i < config->schema_count; i++)
        schema_registry_map(caches->registry, config->schemas[i].uri, config->schemas[i].path);
    return caches;
}

void compile_caches_free(struct compile_caches *caches)
{
    if (!caches)
        return;
    pattern_cache_free(caches->patterns);
    clear(&caches->paths, release_path);
    clear(&caches->schemas, release_schema);
    schema_registry_free(caches->registry);
    free(caches);
}

struct pattern *compile_pattern(struct compile_caches *caches, struct str regex, size_t *ret_offset,
                                struct err *err)
{
    return pattern_cache_get(caches->patterns, regex, PATTERN_PCRE2, 0, ret_offset, err);
}

struct path_query *compile_path(struct compile_caches *caches, struct str text, size_t *ret_offset,
                                struct err *err)
{
    struct path_query *query = lookup(&caches->paths, text);

    if (query)
        return query;
    if (path_compile(&query, text, ret_offset, err) < 0)
        return NULL;
    keep(&caches->paths, text, query);
    return query;
}

/* Takes `doc`. A schema that is wrong is not remembered: its faults belong to every use. */
static const struct schema *keep_schema(struct compile_caches *caches, struct str key,
                                        struct json_ref at, struct json_doc *doc, const char *uri,
                                        struct faults *faults)
{
    const struct schema_options options = {
        .registry = caches->registry, .format = true, .uri = uri};
    struct schema *schema = schema_compile(at, &options, faults);
    struct kept_schema *kept;

    if (!schema) {
        json_doc_free(doc);
        return NULL;
    }
    kept = mem_zalloc(sizeof(*kept));
    *kept = (struct kept_schema){schema, doc};
    keep(&caches->schemas, key, kept);
    return schema;
}

static const struct schema *find_schema(struct compile_caches *caches, struct str key)
{
    struct kept_schema *kept = lookup(&caches->schemas, key);

    return kept ? kept->schema : NULL;
}

const struct schema *compile_schema(struct compile_caches *caches, struct str key,
                                    struct json_ref at, struct faults *faults)
{
    const struct schema *known = find_schema(caches, key);

    return known ? known : keep_schema(caches, key, at, NULL, NULL, faults);
}

const struct schema *compile_schema_text(struct compile_caches *caches, struct str text,
                                         const char *name, struct faults *faults)
{
    const struct schema *known = find_schema(caches, text);
    struct json_doc *doc = NULL;
    struct err err = {0};

    if (known)
        return known;
    if (json_doc_parse(&doc, text, name, JSON_READ_DEFAULT, &err) < 0) {
        faults_add(faults, name, 0, 0, "%s", err.text);
        return NULL;
    }
    return keep_schema(caches, text, json_doc_root(doc), doc, NULL, faults);
}

const struct schema *compile_schema_file(struct compile_caches *caches, const char *path,
                                         const char *uri, struct faults *faults)
{
    const struct schema *known = find_schema(caches, str_c(path));
    struct json_doc *doc;

    if (known)
        return known;
    doc = json_doc_load_faults(path, JSON_CASE_FILE_MAX, faults);
    return doc ? keep_schema(caches, str_c(path), json_doc_root(doc), doc, uri, faults) : NULL;
}

char *compile_schema_path(struct compile_caches *caches, const char *uri)
{
    return schema_registry_path(caches->registry, uri);
}
