#include "json/schema/explain.h"

#include <stdarg.h>

#include "base/suggest.h"
#include "json/strict.h"

/* Cuts at SCHEMA_CLIP, not inside a character. */
static char *clip(struct arena *arena, struct str text)
{
    size_t cut = SCHEMA_CLIP - 3;
    char *shown;

    if (text.len <= SCHEMA_CLIP)
        return arena_dup_str(arena, text);
    while (cut && ((unsigned char)text.data[cut] & 0xc0) == 0x80)
        cut--;
    shown = arena_alloc(arena, cut + 4);
    memcpy(shown, text.data, cut);
    memcpy(shown + cut, "...", 4);
    return shown;
}

/* A value as one clipped line, as the source spells it but for the blanks between its parts. */
static char *show(struct arena *arena, const struct json_doc *doc, const struct json_span *s)
{
    char text[SCHEMA_CLIP + 8];
    size_t len = 0;
    bool in_string = false;

    for (uint32_t i = s->start; i < s->end && len < SCHEMA_CLIP + 4; i++) {
        const char c = doc->text[i];

        if (!in_string && strchr(" \t\r\n", c))
            continue;
        text[len++] = c;
        if (in_string && c == '\\')
            text[len++] = doc->text[++i];
        else if (c == '"')
            in_string = !in_string;
    }
    return clip(arena, (struct str){text, len});
}

bool explain_is_full(const struct schema_report *r)
{
    return r->made >= SCHEMA_FAULTS_MADE_MAX || r->text_bytes >= SCHEMA_REPORT_TEXT_MAX;
}

static struct schema_fault *add(struct eval *e, const struct node *n, uint32_t at,
                                const char *keyword, const struct json_span *v)
{
    struct schema_report *r = e->report;
    struct schema_fault *fault;

    if (!r || explain_is_full(r))
        return NULL;
    if (r->count == SCHEMA_FAULTS_MAX) {
        r->dropped += e->level == 0;
        return NULL;
    }
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        r->faults = mem_grow(r->faults, r->cap, sizeof(*r->faults));
    }
    fault = &r->faults[r->count++];
    *fault = (struct schema_fault){
        .instance = {e->doc, v->value, (uint32_t)(v - e->spans)},
        .pointer = explain_pointer(&r->arena, e->doc, e->root.index, (uint32_t)(v - e->spans)),
        .rule = node_ref(n, at),
        .keyword = keyword,
        .keyword_location = explain_keyword_location(&r->arena, e->path, n, at),
        .absolute_location = explain_absolute_location(&r->arena, n, at),
        .expected = "",
        .actual = show(&r->arena, e->doc, v),
        .depth = e->level,
    };
    r->made++;
    r->text_bytes +=
        strlen(fault->pointer) + strlen(fault->keyword_location) + strlen(fault->absolute_location);
    return fault;
}

static struct schema_fault *add_rule(struct eval *e, const struct rule *r,
                                     const struct json_span *v)
{
    return add(e, r->owner, r->at, keyword_table[r->keyword].name, v);
}

bool explain_fault(struct eval *e, const struct rule *rule, const struct json_span *v,
                   const char *fmt, ...)
{
    struct schema_fault *fault = add_rule(e, rule, v);
    struct buf text = {0};
    va_list ap;

    if (!fault)
        return false;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    fault->expected = arena_dup_str(&e->report->arena, buf_str(&text));
    buf_release(&text);
    return false;
}

/* The nearest of an enum's strings. */
static const char *nearest_choice(struct arena *arena, const struct rule *rule, struct str text)
{
    const char *names[64];
    size_t n = 0;

    for (; n < rule->count && n < ARRAY_LEN(names); n++)
        names[n] = arena_dup_str(arena, rule->u.texts->keys[n].name);
    return suggest_nearest(text, names, n);
}

bool explain_value(struct eval *e, const struct rule *rule, const struct json_span *v,
                   const char *what)
{
    const struct json_doc *doc = rule->owner->document->doc;
    const struct json_span *own = &doc->spans[rule->at];
    struct schema_fault *fault = add_rule(e, rule, v);
    const bool bare = rule->kind == RULE_PATTERN || rule->kind == RULE_FORMAT;
    const char *near = NULL;
    struct arena *arena;

    if (!fault)
        return false;
    arena = &e->report->arena;
    fault->expected =
        bare ? arena_printf(arena, "%s %s", what, clip(arena, json_span_text(doc, own)))
             : arena_printf(arena, "%s%s%s", what, *what ? " " : "", show(arena, doc, own));
    if (rule->kind == RULE_ENUM && v->type == JSON_STRING)
        near = nearest_choice(arena, rule, json_span_text(e->doc, v));
    if (near)
        fault->hint = arena_printf(arena, "did you mean \"%s\"?", near);
    return false;
}

/* "string" or "null" */
static const char *show_types(struct arena *arena, const struct json_doc *doc, uint32_t at)
{
    const struct json_span *s = doc->spans;
    const char *text = NULL;

    if (s[at].type != JSON_ARRAY)
        return show(arena, doc, &s[at]);
    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next)
        text = text ? arena_printf(arena, "%s or %s", text, show(arena, doc, &s[i]))
                    : show(arena, doc, &s[i]);
    return text ? text : "";
}

bool explain_type(struct eval *e, const struct node *n, const struct json_span *v)
{
    const struct json_doc *doc = n->document->doc;
    struct schema_fault *fault =
        add(e, n, n->type_at ? n->type_at : n->at, n->type_at ? "type" : "false", v);
    struct arena *arena;

    if (!fault)
        return false;
    arena = &e->report->arena;
    if (!n->type_at) {
        fault->expected = "nothing here: the schema is false";
        return false;
    }
    fault->expected = arena_printf(arena, "type %s", show_types(arena, doc, n->type_at));
    fault->actual = arena_printf(arena, "%s: %s", strict_type_name(v->value), fault->actual);
    return false;
}

static bool is_known(const struct rule *rule, struct str name)
{
    const struct lookup *l = &rule->u.object->keys;

    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->keys[i].name, name))
            return true;
    return false;
}

/* A member with nearly that name; with a rule, one that the rule does not know. */
static const char *nearest_member(json_t *object, struct str name, const struct rule *rule)
{
    const char *keys[64];
    size_t n = 0;

    for (void *it = json_object_iter(object); it && n < ARRAY_LEN(keys);
         it = json_object_iter_next(object, it)) {
        const char *key = json_object_iter_key(it);

        if (!rule || !is_known(rule, (struct str){key, json_object_iter_key_len(it)}))
            keys[n++] = key;
    }
    return suggest_nearest(name, keys, n);
}

bool explain_missing(struct eval *e, const struct rule *rule, uint32_t at, enum keyword keyword,
                     const struct json_span *object, struct str name)
{
    struct schema_fault *fault = add(e, rule->owner, at, keyword_table[keyword].name, object);
    const char *near;
    struct arena *arena;

    if (!fault)
        return false;
    near = nearest_member(object->value, name, rule->kind == RULE_OBJECT ? rule : NULL);
    arena = &e->report->arena;
    fault->expected = arena_printf(arena, "the member \"%s\"", clip(arena, name));
    if (rule->kind == RULE_DEPENDENT_REQUIRED)
        fault->expected = arena_printf(arena, "%s, as \"%s\" is there", fault->expected,
                                       clip(arena, rule->u.dependent.key));
    fault->actual = "it is missing";
    if (near)
        fault->hint = arena_printf(&e->report->arena, "\"%s\" is there: misspelt?", near);
    return false;
}

bool explain_unexpected(struct eval *e, const struct rule *rule, uint32_t at, enum keyword keyword,
                        const struct json_span *member)
{
    const struct node *n = rule->owner;
    struct schema_fault *fault = add(e, n, at, keyword_table[keyword].name, member);
    const char *near;

    if (!fault)
        return false;
    near = nearest_member(json_object_get(n->document->doc->spans[n->at].value, "properties"),
                          span_name(member), NULL);
    fault->expected = arena_printf(&e->report->arena, "no member \"%s\"",
                                   clip(&e->report->arena, span_name(member)));
    if (near)
        fault->hint = arena_printf(&e->report->arena, "did you mean \"%s\"?", near);
    return false;
}

bool explain_name(struct eval *e, const struct rule *rule, const struct json_span *member)
{
    const struct json_doc *doc = rule->owner->document->doc;
    const uint32_t at = rule->u.object->names_at;
    struct schema_fault *fault = add(e, rule->owner, at, "propertyNames", member);
    struct arena *arena;

    if (!fault)
        return false;
    arena = &e->report->arena;
    fault->expected =
        arena_printf(arena, "a name that matches %s", show(arena, doc, &doc->spans[at]));
    fault->actual = arena_printf(arena, "the name \"%s\"", clip(arena, span_name(member)));
    return false;
}

bool explain_not(struct eval *e, const struct rule *rule, const struct json_span *v)
{
    const struct json_doc *doc = rule->owner->document->doc;
    struct schema_fault *fault = add_rule(e, rule, v);

    if (fault)
        fault->expected = arena_printf(&e->report->arena, "not to match %s",
                                       show(&e->report->arena, doc, &doc->spans[rule->at]));
    return false;
}

bool explain_ambiguous(struct eval *e, const struct rule *rule, const struct json_span *v,
                       size_t first, size_t second)
{
    return explain_fault(e, rule, v, "exactly one of %zu schemas to match, but %zu and %zu both do",
                         rule->u.many.count, first, second);
}

/* Where it came to light, which rule it was, and why. */
static const char *explain_error(struct arena *arena, const struct eval *e)
{
    const struct json_pos at = json_doc_pos(e->doc, e->stuck_at);
    const struct json_pos rule = json_ref_start(e->stuck_rule);

    return arena_printf(arena, "%s:%u:%u, schema %s:%u:%u: %s", json_doc_name(e->doc), at.line,
                        at.column, json_doc_name(e->stuck_rule.doc), rule.line, rule.column,
                        e->error);
}

enum schema_verdict explain_all(const struct schema *schema, struct json_ref instance,
                                bool all_branches, struct schema_report *report)
{
    struct eval e = eval_new(schema, instance);
    const enum schema_verdict verdict = eval_run(&e);

    if (verdict == SCHEMA_ERROR)
        report->error = explain_error(&report->arena, &e);
    if (verdict != SCHEMA_INVALID)
        return verdict;
    e = eval_new(schema, instance);
    e.steps_left = EVAL_STEPS_MAX_EXPLAINING;
    e.report = report;
    e.all_branches = all_branches;
    eval_run(&e);
    if (e.error)
        report->unfinished = explain_error(&report->arena, &e);
    else if (explain_is_full(report))
        report->unfinished = "there are too many of them";
    return verdict;
}

enum schema_verdict schema_explain(const struct schema *schema, struct json_ref instance,
                                   struct schema_report *report)
{
    return explain_all(schema, instance, false, report);
}

void schema_report_release(struct schema_report *report)
{
    free(report->faults);
    arena_release(&report->arena);
    *report = (struct schema_report){0};
}
