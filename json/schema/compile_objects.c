#include "json/schema/compile.h"

#include "json/strict.h"

/* How much of struct lookup_key's table is there for a name that stands in both keywords. */
struct key_list {
    struct lookup_key *keys;
    size_t count;
};

static void add_required(struct building *b, struct object_rule *o, struct key_list *list,
                         uint32_t at)
{
    const struct json_span *s = b->doc->spans;

    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next) {
        struct lookup_key *k = NULL;
        struct str name;

        if (s[i].type != JSON_STRING) {
            complain(b, i, "\"required\" holds strings, found %s", strict_type_name(s[i].value));
            continue;
        }
        name = text_at(b, i);
        for (size_t n = 0; n < list->count && !k; n++)
            if (str_eq(list->keys[n].name, name))
                k = &list->keys[n];
        if (!k) {
            k = &list->keys[list->count++];
            *k = (struct lookup_key){.name = name, .required = -1};
        }
        if (k->required < 0)
            k->required = (int32_t)o->required_count++;
    }
}

static void compile_keys(struct building *b, struct object_rule *o)
{
    const struct json_span *s = b->doc->spans;
    const uint32_t properties = o->properties_at, required = o->required_at;
    const size_t most = (properties ? json_object_size(s[properties].value) : 0) +
                        (required ? json_array_size(s[required].value) : 0);
    struct key_list list = {arena_array(&b->c->schema->arena, most ? most : 1, sizeof(*list.keys)),
                            0};

    for (uint32_t i = properties + 1; properties && i < s[properties].next; i = s[i].next)
        list.keys[list.count++] = (struct lookup_key){
            .name = span_name(&s[i]), .node = compile_below(b, i), .required = -1, .at = i};
    if (required)
        add_required(b, o, &list, required);
    lookup_init(&o->keys, &b->c->schema->arena, list.keys, list.count);
}

static void compile_patterns(struct building *b, struct object_rule *o, uint32_t at)
{
    const struct json_span *s = b->doc->spans;

    o->patterns =
        arena_array(&b->c->schema->arena, json_object_size(s[at].value) + 1, sizeof(*o->patterns));
    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next)
        o->patterns[o->pattern_count++] =
            (struct pattern_member){compile_regex(b, i, true), compile_below(b, i), i};
}

/* Is there anything that could look at members beside the keywords of RULE_OBJECT? */
static bool has_in_place(const struct building *b)
{
    static const enum keyword keywords[] = {KEYWORD_REF,
                                            KEYWORD_DYNAMIC_REF,
                                            KEYWORD_RECURSIVE_REF,
                                            KEYWORD_ALL_OF,
                                            KEYWORD_ANY_OF,
                                            KEYWORD_ONE_OF,
                                            KEYWORD_IF,
                                            KEYWORD_DEPENDENT_SCHEMAS,
                                            KEYWORD_NOT,
                                            KEYWORD_DEPENDENCIES};

    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (b->keywords[keywords[i]])
            return true;
    return false;
}

static void compile_unevaluated(struct building *b, struct object_rule *o, uint32_t at)
{
    struct node *node = compile_below(b, at);

    if (o && !o->additional_at && !has_in_place(b)) {
        o->additional = node;
        o->additional_at = at;
        o->additional_is_unevaluated = true;
        return;
    }
    add_rule(b, GROUP_UNEVALUATED, RULE_UNEVALUATED_PROPERTIES, KEYWORD_UNEVALUATED_PROPERTIES, at)
        ->u.items.node = node;
    b->node->wants_marks = true;
}

/* The keyword's value when it is there and an object; 0 otherwise, after complaining. */
static uint32_t object_keyword(struct building *b, enum keyword k, const char *what)
{
    const uint32_t at = b->keywords[k];

    return at && expect(b, at, b->doc->spans[at].type == JSON_OBJECT, what) ? at : 0;
}

static struct object_rule *compile_members(struct building *b)
{
    struct object_rule *o = arena_alloc(&b->c->schema->arena, sizeof(*o));
    const uint32_t required = b->keywords[KEYWORD_REQUIRED];
    uint32_t patterns;

    o->properties_at = object_keyword(b, KEYWORD_PROPERTIES, "an object of schemas");
    patterns = object_keyword(b, KEYWORD_PATTERN_PROPERTIES, "an object of schemas");
    if (required &&
        expect(b, required, b->doc->spans[required].type == JSON_ARRAY, "an array of strings"))
        o->required_at = required;
    o->additional_at = b->keywords[KEYWORD_ADDITIONAL_PROPERTIES];
    o->names_at = b->keywords[KEYWORD_PROPERTY_NAMES];
    compile_keys(b, o);
    if (patterns)
        compile_patterns(b, o, patterns);
    if (o->additional_at)
        o->additional = compile_below(b, o->additional_at);
    if (o->names_at)
        o->names = compile_below(b, o->names_at);
    return o;
}

static void compile_dependent_names(struct building *b, enum keyword k, uint32_t i)
{
    const struct json_span *s = b->doc->spans;

    for (uint32_t n = i + 1; n < s[i].next; n = s[n].next)
        if (s[n].type != JSON_STRING)
            complain(b, n, "\"%s\" holds strings, found %s", keyword_table[k].name,
                     strict_type_name(s[n].value));
    add_rule(b, GROUP_OBJECT, RULE_DEPENDENT_REQUIRED, k, i)->u.dependent.key = span_name(&s[i]);
}

static void compile_dependencies(struct building *b, enum keyword k)
{
    const struct json_span *s = b->doc->spans;
    const uint32_t at = object_keyword(b, k, "an object");

    for (uint32_t i = at + 1; at && i < s[at].next; i = s[i].next) {
        struct node *node;
        struct rule *r;

        if (k == KEYWORD_DEPENDENT_REQUIRED ||
            (k == KEYWORD_DEPENDENCIES && s[i].type == JSON_ARRAY)) {
            if (expect(b, i, s[i].type == JSON_ARRAY, "an array of strings"))
                compile_dependent_names(b, k, i);
            continue;
        }
        node = compile_below(b, i);
        r = add_rule(b, GROUP_IN_PLACE, RULE_DEPENDENT_SCHEMA, k, i);
        r->u.dependent.key = span_name(&s[i]);
        r->u.dependent.node = node;
    }
}

void compile_objects(struct building *b)
{
    static const enum keyword members[] = {
        KEYWORD_PROPERTIES, KEYWORD_PATTERN_PROPERTIES, KEYWORD_ADDITIONAL_PROPERTIES,
        KEYWORD_REQUIRED,   KEYWORD_PROPERTY_NAMES,     KEYWORD_UNEVALUATED_PROPERTIES};
    struct object_rule *o = NULL;
    bool needed = false;

    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        needed = needed || b->keywords[members[i]];
    if (needed) {
        o = compile_members(b);
        if (b->keywords[KEYWORD_UNEVALUATED_PROPERTIES])
            compile_unevaluated(b, o, b->keywords[KEYWORD_UNEVALUATED_PROPERTIES]);
        add_rule(b, GROUP_OBJECT, RULE_OBJECT, KEYWORD_PROPERTIES,
                 o->properties_at ? o->properties_at : b->node->at)
            ->u.object = o;
    }
    compile_dependencies(b, KEYWORD_DEPENDENT_REQUIRED);
    compile_dependencies(b, KEYWORD_DEPENDENT_SCHEMAS);
    compile_dependencies(b, KEYWORD_DEPENDENCIES);
}
