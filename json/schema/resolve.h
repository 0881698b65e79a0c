/* Between frame.c and resolve.c: resources by URI, dialects by "$schema". Private to these. */
#ifndef JSON_SCHEMA_RESOLVE_H
#define JSON_SCHEMA_RESOLVE_H

#include "json/schema/frame.h"

/* Gives a resource a name; the first one of a name keeps it. */
void frames_name(struct frames *f, struct str uri, struct resource *r);

/* Lets a name mean another resource. */
void frames_rename(struct frames *f, struct str uri, struct resource *r);

/*
 * The dialect that the "$schema" of the schema at `index` names, `otherwise` when there is none.
 * Adds a fault (and returns `otherwise`) for one that is not known or needs unknown vocabularies.
 */
const struct dialect *frames_dialect(struct frames *f, struct document *d, uint32_t index,
                                     const struct dialect *otherwise);

/* Takes a place no keyword leads to for a schema of `r`, if that was not done yet. */
void frames_look_at(struct frames *f, struct document *d, uint32_t index, struct resource *r);

#endif
