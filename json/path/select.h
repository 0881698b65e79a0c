/* The evaluator's parts: private to json/path/. */
#ifndef JSON_PATH_SELECT_H
#define JSON_PATH_SELECT_H

#include "json/path/program.h"

struct selection {
    const struct json_doc *doc;
    json_t *root;
    struct path_nodes *nodes; /* what is being filled: queries in its filters use its `inner` */
    size_t visits;
    int64_t work;                    /* left for regular expressions */
    const char *error;               /* set: nothing is known */
    struct pattern *computed;        /* the last that was no literal, */
    const json_t *computed_from;     /* its source, */
    const struct expr *computed_for; /* and where */
};

/* Counts what costs as much as looking at so many values; false: the query gives up. */
bool select_spend(struct selection *s, size_t values);

/* The query's nodes from `start`, into `out`. */
void select_query(struct selection *s, const struct query *q, json_t *start,
                  struct path_nodes *out);

/* The nodes of a query inside a filter; valid until the next call at this depth. */
const struct path_nodes *select_inner(struct selection *s, const struct query *q, json_t *start);

/* The one node of a singular query, or NULL. Allocates nothing. */
json_t *select_singular(const struct query *q, json_t *start);

/* Does the filter hold for this child? */
bool filter_holds(struct selection *s, const struct expr *e, json_t *current);

#endif
