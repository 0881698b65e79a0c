/* URI references (RFC 3986) as far as schemas need them: resolving, and cutting the fragment off.
 */
#ifndef JSON_SCHEMA_URI_H
#define JSON_SCHEMA_URI_H

#include "base/buf.h"
#include "base/str.h"

/*
 * Appends `reference` resolved against `base` (section 5.2), dot segments removed. A base with a
 * relative path ("file:schemas/a.json") keeps the ".." that lead out of it.
 */
void uri_resolve(struct buf *out, struct str base, struct str reference);

/* Cuts "#fragment" off; returns the fragment without '#', {NULL, 0} when there is none. */
struct str uri_cut_fragment(struct str *uri);

/* Has it a scheme? */
bool uri_is_absolute(struct str uri);

/* Appends "file:" and the path with everything encoded that a URI cannot hold. */
void uri_from_path(struct buf *out, const char *path);

#endif
