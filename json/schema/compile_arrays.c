#include "json/schema/compile.h"

static void compile_counts(struct building *b)
{
    static const struct {
        enum keyword keyword;
        enum rule_kind kind;
        enum rule_group group;
    } counts[] = {{KEYWORD_MIN_ITEMS, RULE_MIN_ITEMS, GROUP_ARRAY},
                  {KEYWORD_MAX_ITEMS, RULE_MAX_ITEMS, GROUP_ARRAY},
                  {KEYWORD_MIN_PROPERTIES, RULE_MIN_PROPERTIES, GROUP_OBJECT},
                  {KEYWORD_MAX_PROPERTIES, RULE_MAX_PROPERTIES, GROUP_OBJECT}};
    uint64_t n;

    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        const uint32_t at = b->keywords[counts[i].keyword];

        if (at && read_count(b, at, &n))
            add_rule(b, counts[i].group, counts[i].kind, counts[i].keyword, at)->u.number = n;
    }
}

static void compile_prefix(struct building *b, uint32_t at, enum keyword keyword)
{
    const struct json_span *s = b->doc->spans;
    const size_t count = json_array_size(s[at].value);
    struct node **nodes = arena_array(&b->c->schema->arena, count ? count : 1, sizeof(*nodes));
    size_t n = 0;
    struct rule *r;

    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next)
        nodes[n++] = compile_below(b, i);
    r = add_rule(b, GROUP_ARRAY, RULE_PREFIX_ITEMS, keyword, at);
    r->u.many.nodes = nodes;
    r->u.many.count = n;
}

static void compile_rest(struct building *b, uint32_t at, enum keyword keyword, uint64_t from)
{
    struct node *node = compile_below(b, at);
    struct rule *r = add_rule(b, GROUP_ARRAY, RULE_ITEMS, keyword, at);

    r->u.items.node = node;
    r->u.items.number = from;
}

static void compile_items(struct building *b)
{
    const struct json_span *s = b->doc->spans;
    const uint32_t prefix = b->keywords[KEYWORD_PREFIX_ITEMS], items = b->keywords[KEYWORD_ITEMS];
    const uint32_t additional = b->keywords[KEYWORD_ADDITIONAL_ITEMS];
    uint64_t from = 0;

    if (prefix && expect(b, prefix, json_array_size(s[prefix].value) > 0,
                         "an array of schemas that is not empty")) {
        compile_prefix(b, prefix, KEYWORD_PREFIX_ITEMS);
        from = json_array_size(s[prefix].value);
    }
    if (!items)
        return;
    if (s[items].type != JSON_ARRAY) {
        compile_rest(b, items, KEYWORD_ITEMS, from);
    } else if (b->dialect->draft == SCHEMA_DRAFT_2020_12) {
        fault_hint(
            complain(b, items, "\"items\" must be a schema in draft 2020-12, found an array"),
            "did you mean \"prefixItems\"?");
    } else {
        compile_prefix(b, items, KEYWORD_ITEMS);
        if (additional)
            compile_rest(b, additional, KEYWORD_ADDITIONAL_ITEMS, json_array_size(s[items].value));
    }
}

static void compile_contains(struct building *b)
{
    const uint32_t at = b->keywords[KEYWORD_CONTAINS], min = b->keywords[KEYWORD_MIN_CONTAINS],
                   max = b->keywords[KEYWORD_MAX_CONTAINS];
    struct node *node;
    struct rule *r;
    uint64_t least = 1, most = UINT64_MAX;

    if ((min && !read_count(b, min, &least)) || (max && !read_count(b, max, &most)) || !at)
        return;
    node = compile_below(b, at);
    r = add_rule(b, GROUP_ARRAY, RULE_CONTAINS, KEYWORD_CONTAINS, at);
    r->u.items.node = node;
    r->u.items.number = least;
    r->u.items.most = most;
}

void compile_arrays(struct building *b)
{
    const uint32_t unique = b->keywords[KEYWORD_UNIQUE_ITEMS],
                   unevaluated = b->keywords[KEYWORD_UNEVALUATED_ITEMS];
    const json_type unique_type = (json_type)b->doc->spans[unique].type;

    compile_counts(b);
    compile_items(b);
    compile_contains(b);
    if (unique &&
        expect(b, unique, unique_type == JSON_TRUE || unique_type == JSON_FALSE, "true or false") &&
        unique_type == JSON_TRUE)
        add_rule(b, GROUP_ARRAY, RULE_UNIQUE_ITEMS, KEYWORD_UNIQUE_ITEMS, unique);
    if (unevaluated) {
        struct node *node = compile_below(b, unevaluated);

        add_rule(b, GROUP_UNEVALUATED, RULE_UNEVALUATED_ITEMS, KEYWORD_UNEVALUATED_ITEMS,
                 unevaluated)
            ->u.items.node = node;
        b->node->wants_marks = true;
    }
}
