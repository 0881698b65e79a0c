#include "json/schema/compile.h"

static void compile_list(struct building *b, enum keyword k, enum rule_kind kind)
{
    const struct json_span *s = b->doc->spans;
    const uint32_t at = b->keywords[k];
    struct node **nodes;
    struct rule *r;
    size_t n = 0;

    if (!at ||
        !expect(b, at, json_array_size(s[at].value) > 0, "an array of schemas that is not empty"))
        return;
    nodes = arena_array(&b->c->schema->arena, json_array_size(s[at].value), sizeof(*nodes));
    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next)
        nodes[n++] = compile_below(b, i);
    r = add_rule(b, GROUP_IN_PLACE, kind, k, at);
    r->u.many.nodes = nodes;
    r->u.many.count = n;
}

/* nodes[0] is "if", [1] "then", [2] "else". */
static void compile_if(struct building *b)
{
    const uint32_t at[] = {b->keywords[KEYWORD_IF], b->keywords[KEYWORD_THEN],
                           b->keywords[KEYWORD_ELSE]};
    struct node **nodes;
    struct rule *r;

    if (!at[0])
        return;
    nodes = arena_array(&b->c->schema->arena, ARRAY_LEN(at), sizeof(*nodes));
    for (size_t i = 0; i < ARRAY_LEN(at); i++)
        nodes[i] = at[i] ? compile_below(b, at[i]) : NULL;
    r = add_rule(b, GROUP_IN_PLACE, RULE_IF, KEYWORD_IF, at[0]);
    r->u.many.nodes = nodes;
    r->u.many.count = ARRAY_LEN(at);
}

/*
 * A dynamic reference is one only when the place it leads to without looking at the dynamic scope
 * has a dynamic anchor of that name ($recursiveRef: a "$recursiveAnchor").
 */
static void compile_ref(struct building *b, enum keyword k)
{
    const uint32_t at = b->keywords[k];
    struct target t;
    struct node *node;
    struct rule *r;
    struct anchor *dynamic = NULL;

    if (!at || !expect(b, at, b->doc->spans[at].type == JSON_STRING, "a string") ||
        !frames_resolve(b->c->frames, b->node->resource, node_ref(b->node, at), &t))
        return;
    node = compile_place(b->c, t.document, t.index, t.resource);
    if (k == KEYWORD_DYNAMIC_REF && t.anchor)
        dynamic = resource_dynamic_anchor(t.resource, t.anchor->name);
    else if (k == KEYWORD_RECURSIVE_REF)
        dynamic = resource_dynamic_anchor(t.resource, STR(""));
    r = add_rule(b, GROUP_IN_PLACE, dynamic ? RULE_DYNAMIC_REF : RULE_REF, k, at);
    r->u.ref.node = node;
    r->u.ref.dynamic = dynamic != NULL;
    if (dynamic) {
        r->u.ref.name = dynamic->name;
        b->c->schema->has_dynamic = true;
    }
}

void compile_in_place(struct building *b)
{
    const uint32_t not = b->keywords[KEYWORD_NOT];

    compile_ref(b, KEYWORD_REF);
    compile_ref(b, KEYWORD_DYNAMIC_REF);
    compile_ref(b, KEYWORD_RECURSIVE_REF);
    compile_list(b, KEYWORD_ALL_OF, RULE_ALL_OF);
    compile_list(b, KEYWORD_ANY_OF, RULE_ANY_OF);
    compile_list(b, KEYWORD_ONE_OF, RULE_ONE_OF);
    if (not ) {
        struct node *node = compile_below(b, not );

        add_rule(b, GROUP_IN_PLACE, RULE_NOT, KEYWORD_NOT, not )->u.items.node = node;
    }
    compile_if(b);
}

/* ---- circles ---- */

enum { NOT_SEEN, OPEN, CLOSED };

static void visit(struct compiler *c, struct node *n, unsigned depth);

static void visit_next(struct compiler *c, const struct rule *r, struct node *next, unsigned depth)
{
    if (!next || next->visit == CLOSED)
        return;
    if (next->visit == OPEN || depth > SCHEMA_DEPTH_MAX)
        frames_fault(c->frames, node_ref(r->owner, r->at),
                     next->visit == OPEN
                         ? "\"%s\" leads back to itself without going into the instance"
                         : "\"%s\" leads to more than 512 schemas for one value",
                     keyword_table[r->keyword].name);
    else
        visit(c, next, depth);
}

/* Over what is carried out for every instance: "then", "else" and dependencies may not be. */
static void visit(struct compiler *c, struct node *n, unsigned depth)
{
    n->visit = OPEN;
    for (size_t i = 0; i < n->rule_count; i++) {
        const struct rule *r = &n->rules[i];

        if (r->kind == RULE_REF)
            visit_next(c, r, r->u.ref.node, depth + 1);
        else if (r->kind == RULE_NOT)
            visit_next(c, r, r->u.items.node, depth + 1);
        else if (r->kind == RULE_IF)
            visit_next(c, r, r->u.many.nodes[0], depth + 1);
        else if (r->kind == RULE_ALL_OF || r->kind == RULE_ANY_OF || r->kind == RULE_ONE_OF)
            for (size_t k = 0; k < r->u.many.count; k++)
                visit_next(c, r, r->u.many.nodes[k], depth + 1);
    }
    n->visit = CLOSED;
}

void refuse_circles(struct compiler *c)
{
    visit(c, c->schema->root, 0);
    for (struct node *n = c->schema->nodes; n; n = n->next)
        if (n->visit == NOT_SEEN)
            visit(c, n, 0);
}

void compile_aliases(struct schema *schema)
{
    for (struct node *n = schema->nodes; n && !schema->has_dynamic; n = n->next) {
        const struct node *end = n;

        while (end->rule_count == 1 && end->rules[0].kind == RULE_REF && end->types == TYPE_ALL)
            end = end->rules[0].u.ref.node; /* there are no circles */
        if (end != n)
            n->alias = end;
    }
}
