#include "json/schema/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "json/schema/node.h"
#include "json/strict.h"

struct compiler {
    struct schema *schema;
    struct faults *faults;
    bool failed;
};

static struct node *compile_node(struct compiler *c, struct json_ref at);

static struct fault *complain(struct compiler *c, struct json_ref at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static struct fault *complain(struct compiler *c, struct json_ref at, const char *fmt, ...)
{
    struct buf text = {0};
    struct fault *fault;
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    fault = json_fault(c->faults, at.doc, json_ref_start(at), "%s", buf_c(&text));
    buf_release(&text);
    c->failed = true;
    return fault;
}

static bool expect(struct compiler *c, const struct rule *r, bool good, const char *what)
{
    if (!good)
        complain(c, r->at, "\"%s\" must be %s, found %s", r->keyword, what,
                 strict_type_name(r->at.value));
    return good;
}

static void *array_of(struct compiler *c, size_t count, size_t size)
{
    return arena_array(&c->schema->arena, count ? count : 1, size);
}

/* ---- one function a kind of keyword ---- */

static const char *const type_names[] = {"object",  "array", "string", "number",
                                         "boolean", "null",  "integer"};

static unsigned type_bits(struct str name)
{
    static const unsigned bits[] = {1u << JSON_OBJECT,
                                    1u << JSON_ARRAY,
                                    1u << JSON_STRING,
                                    1u << JSON_INTEGER | 1u << JSON_REAL,
                                    1u << JSON_TRUE | 1u << JSON_FALSE,
                                    1u << JSON_NULL,
                                    TYPE_INTEGER};

    for (size_t i = 0; i < ARRAY_LEN(type_names); i++)
        if (str_eq_c(name, type_names[i]))
            return bits[i];
    return 0;
}

static void add_type(struct compiler *c, struct rule *r, struct json_ref at)
{
    const struct str name = {json_string_value(at.value), json_string_length(at.value)};
    const unsigned bits = name.data ? type_bits(name) : 0;
    const char *near = name.data ? suggest_nearest(name, type_names, ARRAY_LEN(type_names)) : NULL;

    if (!bits)
        fault_hint(complain(c, at, "\"type\" has no such type"),
                   near ? "did you mean \"%s\"?"
                        : "types are object array string number integer boolean null%s",
                   near ? near : "");
    r->types |= bits;
}

static void compile_type(struct compiler *c, struct rule *r)
{
    if (json_is_string(r->at.value))
        add_type(c, r, r->at);
    else if (expect(c, r, json_is_array(r->at.value), "a string or an array of strings"))
        for (struct json_child k = json_child_first(r->at); k.ref.value; k = json_child_next(k))
            add_type(c, r, k.ref);
}

static void compile_any(struct compiler *c, struct rule *r)
{
    (void)c;
    (void)r;
}

static void compile_array(struct compiler *c, struct rule *r)
{
    expect(c, r, json_is_array(r->at.value), "an array");
}

static void compile_number(struct compiler *c, struct rule *r)
{
    if (expect(c, r, json_is_number(r->at.value), "a number") && r->kind == RULE_MULTIPLE_OF &&
        json_number_value(r->at.value) <= 0)
        complain(c, r->at, "\"multipleOf\" must be greater than 0");
}

static bool read_count(struct compiler *c, const struct rule *r, struct json_ref at, uint64_t *ret)
{
    const double v = json_number_value(at.value);

    if (!json_is_number(at.value) || v < 0 || v > 9007199254740992.0 || v != (double)(uint64_t)v) {
        complain(c, at, "\"%s\" must be a whole number that is not negative", r->keyword);
        return false;
    }
    *ret = (uint64_t)v;
    return true;
}

static void compile_count(struct compiler *c, struct rule *r)
{
    read_count(c, r, r->at, &r->number);
}

static void compile_boolean(struct compiler *c, struct rule *r)
{
    expect(c, r, json_is_boolean(r->at.value), "true or false");
}

static struct pattern *get_pattern(struct compiler *c, struct json_ref at, struct json_pos pos,
                                   struct str source, bool is_key)
{
    struct err err = {0};
    size_t offset = 0;
    struct pattern *p =
        pattern_cache_get(c->schema->patterns, source, PATTERN_ECMA, 0, &offset, &err);

    if (!p) {
        json_fault(c->faults, at.doc, is_key ? pos : json_ref_inside(at, offset),
                   "the pattern is wrong: %s", err.text);
        c->failed = true;
    }
    return p;
}

static void compile_pattern(struct compiler *c, struct rule *r)
{
    const struct str source = {json_string_value(r->at.value), json_string_length(r->at.value)};

    if (expect(c, r, json_is_string(r->at.value), "a string"))
        r->pattern = get_pattern(c, r->at, (struct json_pos){0}, source, false);
}

static void compile_names(struct compiler *c, struct rule *r)
{
    if (!expect(c, r, json_is_array(r->at.value), "an array of strings"))
        return;
    for (struct json_child k = json_child_first(r->at); k.ref.value; k = json_child_next(k))
        if (!json_is_string(k.ref.value))
            complain(c, k.ref, "\"%s\" holds strings, found %s", r->keyword,
                     strict_type_name(k.ref.value));
}

static void compile_dependent_required(struct compiler *c, struct rule *r)
{
    if (!expect(c, r, json_is_object(r->at.value), "an object of arrays of strings"))
        return;
    for (struct json_child k = json_child_first(r->at); k.ref.value; k = json_child_next(k)) {
        struct rule inner = {.keyword = r->keyword, .at = k.ref};

        compile_names(c, &inner);
    }
}

static void compile_schema(struct compiler *c, struct rule *r)
{
    r->node = compile_node(c, r->at);
}

static void compile_schemas(struct compiler *c, struct rule *r)
{
    if (!expect(c, r, json_array_size(r->at.value) > 0, "an array of schemas that is not empty"))
        return;
    r->nodes = array_of(c, json_array_size(r->at.value), sizeof(*r->nodes));
    for (struct json_child k = json_child_first(r->at); k.ref.value; k = json_child_next(k))
        r->nodes[r->count++] = compile_node(c, k.ref);
}

static void compile_members(struct compiler *c, struct rule *r)
{
    if (!expect(c, r, json_is_object(r->at.value), "an object of schemas"))
        return;
    r->members = array_of(c, json_object_size(r->at.value), sizeof(*r->members));
    for (struct json_child k = json_child_first(r->at); k.ref.value; k = json_child_next(k))
        r->members[r->count++] = (struct member){k.key, compile_node(c, k.ref)};
}

static void compile_contains(struct compiler *c, struct rule *r)
{
    struct json_ref *parent =
        &r->additional_at; /* the schema object: minContains and maxContains */
    const struct json_ref min = json_ref_member_c(*parent, "minContains");
    const struct json_ref max = json_ref_member_c(*parent, "maxContains");

    r->number = 1;
    r->most = UINT64_MAX;
    if (min.value)
        read_count(c, r, min, &r->number);
    if (max.value)
        read_count(c, r, max, &r->most);
    r->node = compile_node(c, r->at);
}

static void compile_if(struct compiler *c, struct rule *r)
{
    const struct json_ref then = json_ref_member_c(r->additional_at, "then");
    const struct json_ref other = json_ref_member_c(r->additional_at, "else");

    r->node = compile_node(c, r->at);
    r->nodes = array_of(c, 2, sizeof(*r->nodes));
    r->nodes[0] = then.value ? compile_node(c, then) : NULL;
    r->nodes[1] = other.value ? compile_node(c, other) : NULL;
}

static void compile_items(struct compiler *c, struct rule *r)
{
    const json_t *prefix = json_object_get(r->additional_at.value, "prefixItems");

    if (json_is_array(r->at.value)) {
        fault_hint(
            complain(c, r->at, "\"items\" must be a schema in draft 2020-12, found an array"),
            "did you mean \"prefixItems\"?");
        return;
    }
    r->number = json_array_size(prefix);
    r->node = compile_node(c, r->at);
}

/* ---- references ---- */

static struct json_ref find_anchor(struct json_ref at, struct str name)
{
    const json_t *anchor = json_object_get(at.value, "$anchor");

    if (json_is_string(anchor) && str_eq_c(name, json_string_value(anchor)))
        return at;
    if (!json_is_object(at.value) && !json_is_array(at.value))
        return (struct json_ref){0};
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k)) {
        const struct json_ref found = find_anchor(k.ref, name);

        if (found.value)
            return found;
    }
    return (struct json_ref){0};
}

static struct json_ref resolve(struct compiler *c, struct str fragment)
{
    struct buf pointer = {0};
    struct json_ref found;

    percent_decode(&pointer, fragment);
    found = pointer.len == 0 || pointer.data[0] == '/'
                ? json_ref_pointer(c->schema->document, buf_str(&pointer))
                : find_anchor(c->schema->document, buf_str(&pointer));
    buf_release(&pointer);
    return found;
}

static void compile_ref(struct compiler *c, struct rule *r)
{
    const struct str uri = {json_string_value(r->at.value), json_string_length(r->at.value)};
    struct json_ref target;

    if (!expect(c, r, json_is_string(r->at.value), "a string"))
        return;
    if (!uri.len || uri.data[0] != '#') {
        complain(c, r->at, "\"$ref\" leads out of the document, which is not supported yet");
        return;
    }
    target = resolve(c, str_slice(uri, 1, uri.len));
    if (!target.value)
        complain(c, r->at, "\"$ref\" leads nowhere: the document has no \"%.*s\"", STR_ARG(uri));
    else
        r->node = compile_node(c, target);
}

/* ---- properties, patternProperties and additionalProperties go over the members together ---- */

static void compile_patterns(struct compiler *c, struct rule *r, struct json_ref at)
{
    if (!json_is_object(at.value)) {
        complain(c, at, "\"patternProperties\" must be an object of schemas");
        return;
    }
    r->patterns = array_of(c, json_object_size(at.value), sizeof(*r->patterns));
    for (struct json_child k = json_child_first(at); k.ref.value; k = json_child_next(k))
        r->patterns[r->pattern_count++] = (struct pattern_member){
            get_pattern(c, k.ref, json_ref_key(k.ref), k.key, true), compile_node(c, k.ref)};
}

static void compile_properties(struct compiler *c, struct rule *r)
{
    const struct json_ref schema = r->additional_at;
    const struct json_ref properties = json_ref_member_c(schema, "properties");
    const struct json_ref patterns = json_ref_member_c(schema, "patternProperties");
    const struct json_ref additional = json_ref_member_c(schema, "additionalProperties");

    if (properties.value) {
        r->at = properties;
        compile_members(c, r);
    }
    if (patterns.value)
        compile_patterns(c, r, patterns);
    r->additional_at = additional;
    if (additional.value)
        r->additional = compile_node(c, additional);
}

/* In the order they are checked: cheap ones first. */
static const struct keyword {
    const char *name;
    enum rule_kind kind;
    void (*compile)(struct compiler *c, struct rule *r);
} keywords[] = {
    {"type", RULE_TYPE, compile_type},
    {"const", RULE_CONST, compile_any},
    {"enum", RULE_ENUM, compile_array},
    {"minimum", RULE_MINIMUM, compile_number},
    {"maximum", RULE_MAXIMUM, compile_number},
    {"exclusiveMinimum", RULE_EXCLUSIVE_MINIMUM, compile_number},
    {"exclusiveMaximum", RULE_EXCLUSIVE_MAXIMUM, compile_number},
    {"multipleOf", RULE_MULTIPLE_OF, compile_number},
    {"minItems", RULE_MIN_ITEMS, compile_count},
    {"maxItems", RULE_MAX_ITEMS, compile_count},
    {"minProperties", RULE_MIN_PROPERTIES, compile_count},
    {"maxProperties", RULE_MAX_PROPERTIES, compile_count},
    {"minLength", RULE_MIN_LENGTH, compile_count},
    {"maxLength", RULE_MAX_LENGTH, compile_count},
    {"pattern", RULE_PATTERN, compile_pattern},
    {"required", RULE_REQUIRED, compile_names},
    {"dependentRequired", RULE_DEPENDENT_REQUIRED, compile_dependent_required},
    {"propertyNames", RULE_PROPERTY_NAMES, compile_schema},
    {"$ref", RULE_REF, compile_ref},
    {"prefixItems", RULE_PREFIX_ITEMS, compile_schemas},
    {"items", RULE_ITEMS, compile_items},
    {"contains", RULE_CONTAINS, compile_contains},
    {"dependentSchemas", RULE_DEPENDENT_SCHEMAS, compile_members},
    {"allOf", RULE_ALL_OF, compile_schemas},
    {"anyOf", RULE_ANY_OF, compile_schemas},
    {"oneOf", RULE_ONE_OF, compile_schemas},
    {"not", RULE_NOT, compile_schema},
    {"if", RULE_IF, compile_if},
    {"uniqueItems", RULE_UNIQUE_ITEMS, compile_boolean},
};

static const char *const refused[] = {"$dynamicRef",           "$recursiveRef", "unevaluatedItems",
                                      "unevaluatedProperties", "format",        "dependencies"};

static void refuse_unsupported(struct compiler *c, struct json_ref at)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        const struct json_ref found = json_ref_member_c(at, refused[i]);

        if (found.value)
            json_fault(c->faults, at.doc, json_ref_key(found),
                       "the keyword \"%s\" is not supported yet", refused[i]);
        c->failed = c->failed || found.value;
    }
}

static void compile_rules(struct compiler *c, struct node *node)
{
    static const struct keyword properties = {"properties", RULE_PROPERTIES, compile_properties};
    struct rule rules[ARRAY_LEN(keywords) + 1];
    size_t n = 0;

    refuse_unsupported(c, node->at);
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        const struct json_ref at = json_ref_member_c(node->at, keywords[i].name);

        if (!at.value)
            continue;
        rules[n] = (struct rule){.kind = keywords[i].kind,
                                 .keyword = keywords[i].name,
                                 .at = at,
                                 .additional_at = node->at};
        keywords[i].compile(c, &rules[n++]);
    }
    if (json_object_get(node->value, "properties") ||
        json_object_get(node->value, "patternProperties") ||
        json_object_get(node->value, "additionalProperties")) {
        rules[n] = (struct rule){.kind = properties.kind,
                                 .keyword = properties.name,
                                 .at = node->at,
                                 .additional_at = node->at};
        compile_properties(c, &rules[n++]);
    }
    node->rules = array_of(c, n, sizeof(*rules));
    memcpy(node->rules, rules, n * sizeof(*rules));
    node->rule_count = n;
}

static struct node *compile_node(struct compiler *c, struct json_ref at)
{
    struct node *node;

    for (node = c->schema->nodes; node; node = node->next)
        if (node->value == at.value && json_is_object(at.value))
            return node; /* perhaps still being compiled: a schema may contain itself */
    node = arena_alloc(&c->schema->arena, sizeof(*node));
    *node = (struct node){.value = at.value, .at = at, .next = c->schema->nodes};
    c->schema->nodes = node;
    node->always = json_is_true(at.value);
    node->never = json_is_false(at.value);
    if (json_is_object(at.value))
        compile_rules(c, node);
    else if (!json_is_boolean(at.value))
        complain(c, at, "a schema is an object, true or false, found %s",
                 strict_type_name(at.value));
    return node;
}

bool schema_draft_by_name(struct str name, enum schema_draft *ret_draft)
{
    static const struct {
        const char *name;
        enum schema_draft draft;
    } drafts[] = {{"4", SCHEMA_DRAFT_4},
                  {"6", SCHEMA_DRAFT_6},
                  {"7", SCHEMA_DRAFT_7},
                  {"2019-09", SCHEMA_DRAFT_2019_09},
                  {"2020-12", SCHEMA_DRAFT_2020_12}};

    for (size_t i = 0; i < ARRAY_LEN(drafts); i++) {
        if (!str_eq_c(name, drafts[i].name))
            continue;
        *ret_draft = drafts[i].draft;
        return true;
    }
    return false;
}

struct schema *schema_compile(struct json_ref at, const struct schema_options *options,
                              struct faults *faults)
{
    struct schema *schema = mem_zalloc(sizeof(*schema));
    struct compiler c = {.schema = schema, .faults = faults};

    if (options && options->draft && options->draft != SCHEMA_DRAFT_2020_12)
        complain(&c, at, "only draft 2020-12 is supported yet");
    schema->patterns = pattern_cache_new();
    schema->document = at; /* an inline schema is its own document, as a file's root is */
    schema->root = compile_node(&c, at);
    if (c.failed) {
        schema_free(schema);
        return NULL;
    }
    return schema;
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    pattern_cache_free(schema->patterns);
    arena_release(&schema->arena);
    free(schema);
}

void schema_freep(struct schema **schema)
{
    schema_free(*schema);
}
