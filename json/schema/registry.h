/*
 * Where references between schemas lead: from URIs to documents. The meta-schemas of all drafts are
 * in every registry; everything else is mapped to local files or added from memory. Nothing is ever
 * fetched from a network: an unknown URI is an error that names the nearest known ones.
 *
 * A reference to a URI that is neither mapped nor added is looked for among the `$id`s of the
 * mapped files. A schema without an absolute `$id` has the URI of its file ("file:" and the path),
 * so that a relative reference in it leads to a file beside it.
 */
#ifndef JSON_SCHEMA_REGISTRY_H
#define JSON_SCHEMA_REGISTRY_H

#include "base/fault.h"
#include "json/reader.h"

struct schema_registry;

struct schema_registry *schema_registry_new(void);
void schema_registry_free(struct schema_registry *registry); /* NULL is fine */
void schema_registry_freep(struct schema_registry **registry);

/*
 * Maps a URI to a file, or, when it ends in '/', everything below it to a folder. The longest match
 * wins, then the last mapping. Nothing is read before a reference needs it. Both are copied.
 */
void schema_registry_map(struct schema_registry *registry, const char *uri, const char *path);

/* A document that is there already, under the URI it would have been read from. Borrowed. */
void schema_registry_add(struct schema_registry *registry, const char *uri, struct json_ref root);

/* The file that a URI (without a fragment) is mapped to, returned owned; NULL: none. */
char *schema_registry_path(const struct schema_registry *registry, const char *uri);

/*
 * The document of a URI (without a fragment), read when needed and then kept. 0: found; 1: the URI
 * is not known; -1: it is, but its file cannot be used, and `faults` say why.
 */
int schema_registry_find(struct schema_registry *registry, struct str uri, struct json_ref *ret,
                         struct faults *faults);

/* The known URI that is nearest to one which is not, or NULL. Valid as long as the registry. */
const char *schema_registry_nearest(const struct schema_registry *registry, struct str uri);

#endif
