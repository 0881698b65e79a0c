#include "json/schema/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "json/schema/meta.h"
#include "json/schema/metaschemas.h"
#include "json/schema/registry_own.h"
#include "json/schema/uri.h"

struct mapping {
    char *uri;
    char *path;
};

/* A document that is there: added, or read from a file or from the meta-schemas. */
struct entry {
    char *uri;
    struct json_ref root;
    struct json_doc *own; /* NULL: someone else's */
};

struct compiled {
    char *uri;
    struct schema *schema;
};

struct schema_registry {
    struct mapping *mappings;
    size_t mapping_count;
    struct entry *entries;
    size_t entry_count;
    struct compiled *compiled; /* meta-schemas */
    size_t compiled_count;
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
    for (size_t i = 0; i < r->compiled_count; i++) {
        free(r->compiled[i].uri);
        schema_free(r->compiled[i].schema);
    }
    free(r->compiled);
    for (size_t i = 0; i < r->entry_count; i++) {
        free(r->entries[i].uri);
        json_doc_free(r->entries[i].own);
    }
    free(r->mappings);
    free(r->entries);
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

static void keep(struct schema_registry *r, char *uri, struct json_ref root, struct json_doc *own)
{
    r->entries = mem_grow(r->entries, r->entry_count + 1, sizeof(*r->entries));
    r->entries[r->entry_count++] = (struct entry){uri, root, own};
}

void schema_registry_add(struct schema_registry *r, const char *uri, struct json_ref root)
{
    keep(r, mem_dup(uri), root, NULL);
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

static int load(struct schema_registry *r, struct str uri, const char *path, struct json_ref *ret,
                struct faults *faults)
{
    struct json_doc *doc = json_doc_load_faults(path, JSON_CASE_FILE_MAX, faults);

    if (!doc)
        return -1;
    *ret = json_doc_root(doc);
    keep(r, mem_dup_n(uri.data, uri.len), *ret, doc);
    return 0;
}

static bool find_entry(const struct schema_registry *r, struct str uri, struct json_ref *ret)
{
    for (size_t i = 0; i < r->entry_count; i++) {
        if (!str_eq_c(uri, r->entries[i].uri))
            continue;
        *ret = r->entries[i].root;
        return true;
    }
    return false;
}

static bool find_metaschema(struct schema_registry *r, struct str uri, struct json_ref *ret)
{
    for (size_t i = 0; i < metaschema_count; i++) {
        const struct metaschema *m = &metaschemas[i];
        struct json_doc *doc = NULL;

        if (!str_eq_c(uri, m->uri) ||
            json_doc_parse(&doc, (struct str){m->text, m->len}, m->uri, 0, NULL) < 0)
            continue;
        *ret = json_doc_root(doc);
        keep(r, mem_dup(m->uri), *ret, doc);
        return true;
    }
    return false;
}

/* "file:schemas/a.json" or "file:///tmp/a.json" as a path; returned owned, NULL: no file there. */
static char *path_of(struct str uri)
{
    struct buf path = {0};
    struct str rest;

    if (!str_starts(uri, STR("file:")))
        return NULL;
    rest = str_slice(uri, 5, uri.len);
    if (str_starts(rest, STR("///")))
        rest = str_slice(rest, 2, rest.len);
    percent_decode(&path, rest);
    if (!file_exists(buf_c(&path)) || file_is_dir(buf_c(&path)))
        buf_release(&path);
    return path.len ? buf_steal(&path) : NULL;
}

static bool has_id(struct json_ref root, struct str uri)
{
    static const char *const names[] = {"$id", "id"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const json_t *id = json_object_get(root.value, names[i]);
        struct str own = {json_string_value(id), json_string_length(id)};

        if (!json_is_string(id))
            continue;
        uri_cut_fragment(&own);
        if (str_eq(own, uri))
            return true;
    }
    return false;
}

/* Among the documents read so far, then among the mapped files not read yet. */
static bool find_by_id(struct schema_registry *r, struct str uri, struct json_ref *ret)
{
    struct faults ignored = {0};
    bool found = false;

    for (size_t i = 0; i < r->mapping_count; i++) {
        const struct str own = str_c(r->mappings[i].uri);
        struct json_ref root;

        if (own.len && own.data[own.len - 1] != '/' && !find_entry(r, own, &root))
            load(r, own, r->mappings[i].path, &root, &ignored);
    }
    faults_release(&ignored);
    for (size_t i = 0; i < r->entry_count && !found; i++) {
        found = has_id(r->entries[i].root, uri);
        if (found)
            *ret = r->entries[i].root;
    }
    return found;
}

int schema_registry_find(struct schema_registry *r, struct str uri, struct json_ref *ret,
                         struct faults *faults)
{
    CLEANUP(mem_freep) char *text = mem_dup_n(uri.data, uri.len);
    CLEANUP(mem_freep) char *path = NULL;

    if (find_entry(r, uri, ret))
        return 0;
    path = schema_registry_path(r, text);
    if (path)
        return load(r, uri, path, ret, faults);
    if (find_metaschema(r, uri, ret))
        return 0;
    path = path_of(uri);
    if (path)
        return load(r, uri, path, ret, faults);
    return find_by_id(r, uri, ret) ? 0 : 1;
}

/* Where two URIs part: what begins alike is near. */
static size_t common(struct str a, const char *b)
{
    size_t n = 0;

    while (n < a.len && b[n] && a.data[n] == b[n])
        n++;
    return n;
}

static const char *uri_at(const struct schema_registry *r, size_t i)
{
    if (i < r->mapping_count)
        return r->mappings[i].uri;
    i -= r->mapping_count;
    return i < r->entry_count ? r->entries[i].uri : metaschemas[i - r->entry_count].uri;
}

/* A misspelt one, else what begins in the same way. */
const char *schema_registry_nearest(const struct schema_registry *r, struct str uri)
{
    const size_t count = r->mapping_count + r->entry_count + metaschema_count;
    const char **uris = mem_array(count, sizeof(*uris)), *misspelt, *related = NULL;
    size_t most_common = 10; /* "https://" tells nothing */

    for (size_t i = 0; i < count; i++) {
        uris[i] = uri_at(r, i);
        if (common(uri, uris[i]) <= most_common)
            continue;
        related = uris[i];
        most_common = common(uri, related);
    }
    misspelt = suggest_nearest(uri, uris, count);
    free(uris);
    return misspelt ? misspelt : related;
}

const struct schema *registry_metaschema(struct schema_registry *r, const char *uri)
{
    const struct schema_options options = {.registry = r, .uri = uri};
    struct faults faults = {0};
    struct schema *schema = NULL;
    struct json_ref root;

    for (size_t i = 0; i < r->compiled_count; i++)
        if (strcmp(r->compiled[i].uri, uri) == 0)
            return r->compiled[i].schema;
    if (schema_registry_find(r, str_c(uri), &root, &faults) == 0) {
        schema = schema_compile_unchecked(root, &options, &faults);
        if (schema->frames.failed) {
            schema_free(schema);
            schema = NULL;
        }
    }
    faults_release(&faults);
    r->compiled = mem_grow(r->compiled, r->compiled_count + 1, sizeof(*r->compiled));
    r->compiled[r->compiled_count++] = (struct compiled){mem_dup(uri), schema};
    return schema;
}
