#include "json/schema/compile.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/schema/meta.h"
#include "json/schema/uri.h"
#include "json/strict.h"

struct fault *complain(struct building *b, uint32_t at, const char *fmt, ...)
{
    CLEANUP(buf_release) struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    return frames_fault(b->c->frames, node_ref(b->node, at), "%s", buf_c(&text));
}

bool expect(struct building *b, uint32_t at, bool good, const char *what)
{
    const struct json_span *s = &b->doc->spans[at];

    if (!good)
        complain(b, at, "\"%.*s\" must be %s, found %s", STR_ARG(span_name(s)), what,
                 strict_type_name(s->value));
    return good;
}

struct str text_at(const struct building *b, uint32_t at)
{
    return json_span_text(b->doc, &b->doc->spans[at]);
}

struct rule *add_rule(struct building *b, enum rule_group group, enum rule_kind kind,
                      enum keyword keyword, uint32_t at)
{
    if (b->count == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 8;
        b->rules = mem_grow(b->rules, b->cap, sizeof(*b->rules));
    }
    b->rules[b->count] = (struct rule){.kind = (uint8_t)kind,
                                       .keyword = (uint8_t)keyword,
                                       .group = (uint8_t)group,
                                       .at = at,
                                       .owner = b->node};
    return &b->rules[b->count++];
}

static void enqueue(struct compiler *c, struct node *n)
{
    if (c->queue_count == c->queue_cap) {
        c->queue_cap = c->queue_cap ? c->queue_cap * 2 : 32;
        c->queue = mem_grow(c->queue, c->queue_cap, sizeof(*c->queue));
    }
    c->queue[c->queue_count++] = n;
}

struct node *compile_place(struct compiler *c, struct document *d, uint32_t index,
                           struct resource *owner)
{
    struct node **known = &d->nodes[index - d->first];
    struct node *n = *known;

    if (n)
        return n;
    n = arena_alloc(&c->schema->arena, sizeof(*n));
    *n = (struct node){.resource = d->owner[index - d->first],
                       .document = d,
                       .at = index,
                       .next = c->schema->nodes};
    if (!n->resource)
        n->resource = owner;
    *known = c->schema->nodes = n;
    enqueue(c, n);
    return n;
}

struct node *compile_below(struct building *b, uint32_t index)
{
    return compile_place(b->c, b->node->document, index, b->node->resource);
}

static bool concerns(const struct rule *r, json_type type)
{
    static const uint8_t groups[] = {
        [JSON_OBJECT] = GROUP_OBJECT,  [JSON_ARRAY] = GROUP_ARRAY, [JSON_STRING] = GROUP_STRING,
        [JSON_INTEGER] = GROUP_NUMBER, [JSON_REAL] = GROUP_NUMBER, [JSON_TRUE] = GROUP_COUNT,
        [JSON_FALSE] = GROUP_COUNT,    [JSON_NULL] = GROUP_COUNT};

    if (r->kind == RULE_UNEVALUATED_ITEMS)
        return type == JSON_ARRAY;
    if (r->kind == RULE_UNEVALUATED_PROPERTIES)
        return type == JSON_OBJECT;
    return r->group == GROUP_VALUE || r->group == GROUP_IN_PLACE || r->group == groups[type];
}

static void finish_type(struct building *b, json_type type)
{
    struct node *n = b->node;
    const struct rule **list;
    size_t count = 0, at = 0;

    for (size_t i = 0; i < n->rule_count; i++)
        count += concerns(&n->rules[i], type);
    if (!count)
        return;
    list = arena_array(&b->c->schema->arena, count + 1, sizeof(*list));
    for (size_t i = 0; i < n->rule_count; i++)
        if (concerns(&n->rules[i], type))
            list[at++] = &n->rules[i];
    n->by_type[type] = list;
    if (list[count - 1]->group <= GROUP_STRING) /* they are in the order of the groups */
        n->leaf |= (uint8_t)(1u << type);
}

/* Stable by group: within one, the order in which the rules were added is the order of costs. */
static void finish(struct building *b)
{
    struct node *n = b->node;

    n->rules = arena_array(&b->c->schema->arena, b->count ? b->count : 1, sizeof(*n->rules));
    for (int g = 0; g < GROUP_COUNT; g++)
        for (size_t i = 0; i < b->count; i++)
            if (b->rules[i].group == g)
                n->rules[n->rule_count++] = b->rules[i];
    for (int type = JSON_OBJECT; type <= JSON_NULL; type++)
        finish_type(b, (json_type)type);
    free(b->rules);
}

static void compile_keywords(struct compiler *c, struct node *n)
{
    const struct json_span *s = n->document->doc->spans;
    struct building b = {
        .c = c, .node = n, .doc = n->document->doc, .dialect = n->resource->dialect};
    uint32_t ref;

    n->types = TYPE_ALL;
    for (uint32_t i = n->at + 1; i < s[n->at].next; i = s[i].next) {
        const enum keyword k = keyword_find(b.dialect, span_name(&s[i]));

        if (k != KEYWORD_COUNT)
            b.keywords[k] = i;
    }
    ref = b.keywords[KEYWORD_REF];
    if (ref && b.dialect->draft <= SCHEMA_DRAFT_7 && s[ref].type == JSON_STRING) {
        memset(b.keywords, 0, sizeof(b.keywords)); /* what stands beside a reference is ignored */
        b.keywords[KEYWORD_REF] = ref;
    }
    compile_values(&b);
    compile_arrays(&b);
    compile_objects(&b);
    compile_in_place(&b);
    finish(&b);
}

static void compile_node(struct compiler *c, struct node *n)
{
    const struct json_span *s = &n->document->doc->spans[n->at];

    if (s->type == JSON_TRUE)
        n->types = TYPE_ALL;
    else if (s->type == JSON_OBJECT)
        compile_keywords(c, n);
    else if (s->type != JSON_FALSE)
        frames_fault(c->frames, node_ref(n, n->at),
                     "a schema is an object, true or false, found %s", strict_type_name(s->value));
}

/* A dynamic reference may end at any dynamic anchor of the documents there are. */
static bool compile_dynamic_anchors(struct compiler *c)
{
    bool more = false;

    for (struct resource *r = c->frames->resources; c->schema->has_dynamic && r; r = r->next)
        for (struct anchor *a = r->anchors; a; a = a->next) {
            if (!a->dynamic || a->node)
                continue;
            a->node = compile_place(c, r->document, a->index, r);
            more = true;
        }
    return more;
}

static void compile_all(struct compiler *c)
{
    do {
        while (c->queue_count)
            compile_node(c, c->queue[--c->queue_count]);
    } while (compile_dynamic_anchors(c));
    free(c->queue);
}

static struct document *start(struct schema *schema, struct json_ref at,
                              const struct schema_options *options, struct faults *faults)
{
    CLEANUP(buf_release) struct buf uri = {0};

    schema->patterns = pattern_cache_new();
    if (!options->registry)
        schema->own_registry = schema_registry_new();
    schema->frames =
        (struct frames){.arena = &schema->arena,
                        .registry = options->registry ? options->registry : schema->own_registry,
                        .dialect = dialect_of_draft(options->draft),
                        .faults = faults};
    if (options->uri)
        buf_add_c(&uri, options->uri);
    else
        uri_from_path(&uri, json_doc_name(at.doc));
    return frames_add(&schema->frames, at, buf_str(&uri));
}

/* As schema_compile, without looking at the meta-schema: that one is compiled by this. */
struct schema *schema_compile_unchecked(struct json_ref at, const struct schema_options *options,
                                        struct faults *faults)
{
    struct schema *schema = mem_zalloc(sizeof(*schema));
    struct compiler c = {.schema = schema, .frames = &schema->frames, .format = options->format};
    struct document *d = start(schema, at, options, faults);

    if (d) {
        schema->root = compile_place(&c, d, at.index, d->owner[0]);
        compile_all(&c);
        if (!schema->frames.failed)
            refuse_circles(&c);
        if (!schema->frames.failed)
            compile_aliases(schema);
    }
    return schema;
}

struct schema *schema_compile(struct json_ref at, const struct schema_options *options,
                              struct faults *faults)
{
    static const struct schema_options defaults = {0};
    struct schema *schema = schema_compile_unchecked(at, options ? options : &defaults, faults);

    meta_check(schema, faults);
    if (schema->frames.failed) {
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
    frames_release(&schema->frames);
    schema_registry_free(schema->own_registry);
    arena_release(&schema->arena);
    free(schema);
}

void schema_freep(struct schema **schema)
{
    schema_free(*schema);
}
