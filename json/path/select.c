#include "json/path/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One segment's work: from the nodes of `in` to `out`. */
struct step {
    struct selection *s;
    struct path_nodes *nodes;
    const struct segment *segment;
};

void path_nodes_release(struct path_nodes *nodes)
{
    free(nodes->items);
    free(nodes->links);
    free(nodes->spare);
    if (nodes->inner)
        path_nodes_release(nodes->inner);
    free(nodes->inner);
    *nodes = (struct path_nodes){0};
}

static void add_node(struct path_nodes *n, json_t *value, uint32_t link)
{
    if (n->count == n->cap) {
        n->cap = n->cap ? n->cap * 2 : 16;
        n->items = mem_grow(n->items, n->cap, sizeof(*n->items));
    }
    n->items[n->count++] = (struct path_node){value, link};
}

static uint32_t add_link(struct path_nodes *n, struct path_link link)
{
    if (n->link_count == n->link_cap) {
        n->link_cap = n->link_cap ? n->link_cap * 2 : 32;
        n->links = mem_grow(n->links, n->link_cap, sizeof(*n->links));
    }
    n->links[n->link_count] = link;
    return (uint32_t)n->link_count++;
}

bool select_spend(struct selection *s, size_t values)
{
    s->visits += values;
    if (s->visits > PATH_VISITS_MAX && !s->error)
        s->error = "the query looks at more than 10000000 values";
    return !s->error;
}

static bool visit(struct selection *s)
{
    return select_spend(s, 1);
}

static void take_member(struct step *t, json_t *value, uint32_t up, struct str key)
{
    add_node(t->nodes, value, add_link(t->nodes, (struct path_link){.up = up, .key = key}));
}

static void take_element(struct step *t, json_t *value, uint32_t up, size_t i)
{
    add_node(t->nodes, value,
             add_link(t->nodes, (struct path_link){.up = up, .index = (uint32_t)i}));
}

static void select_index(struct step *t, int64_t index, json_t *v, uint32_t up)
{
    const int64_t n = (int64_t)json_array_size(v);
    const int64_t i = index < 0 ? n + index : index;

    if (json_is_array(v) && i >= 0 && i < n)
        take_element(t, json_array_get(v, (size_t)i), up, (size_t)i);
}

static void select_children(struct step *t, const struct expr *filter, json_t *v, uint32_t up)
{
    if (json_is_object(v))
        for (void *it = json_object_iter(v); it && visit(t->s); it = json_object_iter_next(v, it)) {
            json_t *child = json_object_iter_value(it);

            if (!filter || filter_holds(t->s, filter, child))
                take_member(t, child, up,
                            (struct str){json_object_iter_key(it), json_object_iter_key_len(it)});
        }
    else if (json_is_array(v))
        for (size_t i = 0; i < json_array_size(v) && visit(t->s); i++) {
            json_t *child = json_array_get(v, i);

            if (!filter || filter_holds(t->s, filter, child))
                take_element(t, child, up, i);
        }
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* RFC 9535, 2.3.4.2.2. */
static void select_slice(struct step *t, const struct selector *sel, json_t *v, uint32_t up)
{
    const int64_t n = (int64_t)json_array_size(v), step = sel->step;
    int64_t start = sel->has_start ? sel->index : step >= 0 ? 0 : n - 1;
    int64_t end = sel->has_end ? sel->end : step >= 0 ? n : -n - 1;

    if (!json_is_array(v) || step == 0)
        return;
    start = start >= 0 ? start : n + start;
    end = end >= 0 ? end : n + end;
    if (step > 0) {
        end = clamp(end, 0, n);
        for (int64_t i = clamp(start, 0, n); i < end && visit(t->s); i += step)
            take_element(t, json_array_get(v, (size_t)i), up, (size_t)i);
        return;
    }
    end = clamp(end, -1, n - 1);
    for (int64_t i = clamp(start, -1, n - 1); i > end && visit(t->s); i += step)
        take_element(t, json_array_get(v, (size_t)i), up, (size_t)i);
}

static void apply_selector(struct step *t, const struct selector *sel, json_t *v, uint32_t up)
{
    json_t *member;

    switch (sel->kind) {
    case SELECT_NAME:
        member = json_object_getn(v, sel->name.data, sel->name.len);
        if (member)
            take_member(t, member, up, sel->name);
        return;
    case SELECT_INDEX:
        select_index(t, sel->index, v, up);
        return;
    case SELECT_WILDCARD:
        select_children(t, NULL, v, up);
        return;
    case SELECT_SLICE:
        select_slice(t, sel, v, up);
        return;
    case SELECT_FILTER:
        select_children(t, sel->filter, v, up);
        return;
    }
}

static void apply_child(struct step *t, json_t *v, uint32_t up)
{
    /* the first selector is paid for with the value */
    for (size_t i = 0; i < t->segment->count && (i == 0 || visit(t->s)); i++)
        apply_selector(t, &t->segment->selectors[i], v, up);
}

static bool has_children(const json_t *v)
{
    if (json_is_object(v))
        return json_object_size(v) > 0;
    return json_is_array(v) && json_array_size(v) > 0; /* most are neither: no call for them */
}

/* A value before its children, elements in order (RFC 9535, 2.5.2.2). Depth is bounded by the
 * reader. */
static void apply_descendants(struct step *t, json_t *v, uint32_t link)
{
    apply_child(t, v, link);
    if (json_is_object(v))
        for (void *it = json_object_iter(v); it && visit(t->s); it = json_object_iter_next(v, it)) {
            json_t *child = json_object_iter_value(it);

            if (has_children(child))
                apply_descendants(
                    t, child,
                    add_link(t->nodes, (struct path_link){.up = link,
                                                          .key = {json_object_iter_key(it),
                                                                  json_object_iter_key_len(it)}}));
        }
    else
        for (size_t i = 0; i < json_array_size(v) && visit(t->s); i++)
            if (has_children(json_array_get(v, i)))
                apply_descendants(
                    t, json_array_get(v, i),
                    add_link(t->nodes, (struct path_link){.up = link, .index = (uint32_t)i}));
}

/* The nodes so far become the input, the old input's memory the output. */
static size_t turn_over(struct path_nodes *n)
{
    struct path_node *items = n->items;
    const size_t cap = n->cap, count = n->count;

    n->items = n->spare;
    n->cap = n->spare_cap;
    n->count = 0;
    n->spare = items;
    n->spare_cap = cap;
    return count;
}

void select_query(struct selection *s, const struct query *q, json_t *start, struct path_nodes *out)
{
    struct path_nodes *const outer = s->nodes;

    s->nodes = out;
    out->count = out->link_count = 0;
    add_node(out, start, PATH_ROOT);
    for (size_t i = 0; i < q->count && !s->error; i++) {
        struct step t = {s, out, &q->segments[i]};
        const size_t count = turn_over(out);

        for (size_t k = 0; k < count && visit(s); k++) {
            if (t.segment->descendant)
                apply_descendants(&t, out->spare[k].value, out->spare[k].link);
            else
                apply_child(&t, out->spare[k].value, out->spare[k].link);
        }
    }
    if (s->error)
        out->count = 0;
    s->nodes = outer;
}

const struct path_nodes *select_inner(struct selection *s, const struct query *q, json_t *start)
{
    if (!s->nodes->inner)
        s->nodes->inner = mem_zalloc(sizeof(*s->nodes->inner));
    select_query(s, q, start, s->nodes->inner);
    return s->nodes->inner;
}

json_t *select_singular(const struct query *q, json_t *start)
{
    json_t *v = start;

    for (size_t i = 0; v && i < q->count; i++) {
        const struct selector *sel = &q->segments[i].selectors[0];

        if (sel->kind == SELECT_NAME)
            v = json_object_getn(v, sel->name.data, sel->name.len);
        else if (sel->index >= 0)
            v = json_array_get(v, (size_t)sel->index);
        else
            v = json_array_get(v,
                               json_array_size(v) - (size_t)-sel->index); /* too far wraps: NULL */
    }
    return v;
}

static int run(const struct path_query *query, const struct json_doc *doc, json_t *value,
               struct path_nodes *nodes, struct err *err)
{
    struct selection s = {.doc = doc, .root = value, .work = PATTERN_WORK_LIMIT};

    select_query(&s, &query->query, value, nodes);
    pattern_free(s.computed);
    return s.error ? err_set(err, ERR_LIMIT, "%s", s.error) : 0;
}

int path_select(const struct path_query *query, struct json_ref root, struct path_nodes *nodes,
                struct err *err)
{
    nodes->root = root;
    return run(query, root.doc, root.value, nodes, err);
}

int path_select_value(const struct path_query *query, const struct json_doc *doc, json_t *value,
                      struct path_nodes *nodes, struct err *err)
{
    nodes->root = (struct json_ref){0};
    return run(query, doc, value, nodes, err);
}

json_t *path_node_value(const struct path_nodes *nodes, size_t i)
{
    return nodes->items[i].value;
}

static struct json_ref link_ref(const struct path_nodes *nodes, uint32_t link)
{
    const struct path_link *l;
    struct json_ref up;

    if (link == PATH_ROOT)
        return nodes->root;
    l = &nodes->links[link];
    up = link_ref(nodes, l->up);
    return l->key.data ? json_ref_member(up, l->key) : json_ref_element(up, l->index);
}

struct json_ref path_node_ref(const struct path_nodes *nodes, size_t i)
{
    return link_ref(nodes, nodes->items[i].link);
}
