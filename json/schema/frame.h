/*
 * Where schemas are: the first pass over every document that a program is made from. It finds the
 * schemas by the keywords of their dialect, the resources they belong to ("$id"), and the anchors,
 * so that a reference can be followed to a place. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_FRAME_H
#define JSON_SCHEMA_FRAME_H

#include "base/arena.h"
#include "json/doc.h"
#include "json/schema/dialect.h"
#include "json/schema/names.h"

struct node;

struct anchor {
    struct anchor *next;
    struct str name; /* "" is the root of a 2019-09 resource with "$recursiveAnchor" */
    uint32_t index;  /* of the schema */
    bool dynamic;
    struct node *node; /* of a dynamic one, once it is compiled */
};

/* A schema with a URI of its own, and what of it is not in another such schema. */
struct resource {
    struct resource *next; /* all of a frame set */
    struct document *document;
    const char *uri; /* absolute as far as its base is, without a fragment */
    uint32_t index;  /* of its root */
    const struct dialect *dialect;
    struct anchor *anchors;
};

/* A document, or the part of one that is a schema of its own. */
struct document {
    struct document *next;
    const struct json_doc *doc;
    uint32_t first, end;     /* the values it consists of */
    struct resource **owner; /* by index - first: whose schema stands there; NULL: none, or not
                                looked at */
    struct node **nodes;     /* by index - first: compiled */
    bool *indexed;           /* by index - first: its members are among the frames' names */
};

struct frames {
    struct arena *arena;
    struct schema_registry *registry; /* may be NULL */
    const struct dialect *dialect;    /* of schemas that name none */
    struct faults *faults;
    bool failed; /* something was added to the faults */
    struct document *documents;
    struct resource *resources;
    struct names uris;    /* resources by URI */
    struct names anchors; /* of each resource */
    struct names members; /* of large objects and arrays, as spans of their documents */
};

void frames_release(struct frames *f); /* not the arena */

/* Looks at a document under the URI it was found at. NULL after adding faults. */
struct document *frames_add(struct frames *f, struct json_ref root, struct str uri);

/* A place that a reference leads to. */
struct target {
    struct document *document;
    uint32_t index;
    struct resource *resource;
    struct anchor *anchor; /* when it was named by one */
};

/*
 * Follows the reference that stands at `at` from a schema of `from`, reading documents from the
 * registry as needed. False after adding a fault that says where it fails and what is near.
 */
bool frames_resolve(struct frames *f, const struct resource *from, struct json_ref at,
                    struct target *ret);

/* A dynamic anchor of a resource, or NULL. */
struct anchor *resource_dynamic_anchor(const struct resource *r, struct str name);

static inline struct json_ref document_ref(const struct document *d, uint32_t index)
{
    return (struct json_ref){d->doc, d->doc->spans[index].value, index};
}

static inline struct str span_name(const struct json_span *s)
{
    return (struct str){s->name, s->name_len};
}

/* The member of an object, by index; 0: none. */
uint32_t document_member(const struct json_doc *doc, uint32_t object, const char *name);

/* Adds a fault at a value and remembers that something is wrong. */
struct fault *frames_fault(struct frames *f, struct json_ref at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
