/*
 * JSONPath, RFC 9535: strictly that, compiled once, selected often. A query is bytes with a length
 * (it may hold NUL).
 */
#ifndef JSON_PATH_PATH_H
#define JSON_PATH_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/reader.h"

struct path_query;

enum {
    PATH_QUERY_MAX = 1 << 20, /* bytes of a query */
    PATH_NESTING_MAX = 128,   /* parentheses, filters and function calls inside each other */
    PATH_VISITS_MAX = 10 * 1000 * 1000, /* values one selection may look at */
};

/*
 * Parses and checks the types of function expressions (section 2.4). ERR_INPUT with what was found
 * and expected, and a hint where the spelling is another dialect's; *ret_offset (may be NULL) is
 * then the byte of the query at fault.
 */
int path_compile(struct path_query **ret, struct str text, size_t *ret_offset, struct err *err);
void path_free(struct path_query *query); /* NULL is fine */
void path_freep(struct path_query **query);

/* Only names and indexes (section 2.3.5.1): at most one node, whatever the document. */
bool path_is_singular(const struct path_query *query);

/* How a node was reached: a member or element of the link `up`. */
struct path_link {
    uint32_t up;    /* PATH_ROOT: the document itself */
    uint32_t index; /* of an element */
    struct str key; /* of a member; data NULL: an element */
};

#define PATH_ROOT UINT32_MAX

struct path_node {
    json_t *value; /* borrowed from the document */
    uint32_t link; /* into links; PATH_ROOT: the document itself */
};

/* A nodelist. Zero it first; its memory is used again by the next selection into it. */
struct path_nodes {
    struct path_node *items; /* in the order of section 2.3 and 2.5 */
    size_t count, cap;
    struct path_link *links;
    size_t link_count, link_cap;
    struct json_ref root;
    struct path_node *spare; /* the input of a segment while its output is made */
    size_t spare_cap;
    struct path_nodes *inner; /* of queries inside filters; its memory is used again too */
};

void path_nodes_release(struct path_nodes *nodes);

/*
 * Selects from the document `root`; `nodes` is overwritten. ERR_LIMIT beyond PATH_VISITS_MAX or
 * when a regular expression gives up: then nothing is known, and `nodes` is empty.
 */
int path_select(const struct path_query *query, struct json_ref root, struct path_nodes *nodes,
                struct err *err);

/* The same for a value whose place in `doc` (for exact numbers; may be NULL) nobody asks for. */
int path_select_value(const struct path_query *query, const struct json_doc *doc, json_t *value,
                      struct path_nodes *nodes, struct err *err);

json_t *path_node_value(const struct path_nodes *nodes, size_t i);

/* Appends the normalized path (section 2.7): $['a'][0]. */
void path_node_path(const struct path_nodes *nodes, size_t i, struct buf *out);

/* The node with its position; only after path_select(). */
struct json_ref path_node_ref(const struct path_nodes *nodes, size_t i);

/* Appends ['name'] as a normalized path has it. */
void path_add_name(struct buf *out, struct str name);

#endif
