#include "json/schema/check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "json/strict.h"

/* A value as one clipped line, numbers in the spelling of the source. */
static char *show(struct eval *e, const struct json_doc *doc, const json_t *value)
{
    const struct str lexeme = json_is_number(value) ? json_doc_lexeme(doc, value) : (struct str){0};
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    char *shown;

    if (lexeme.len)
        shown = arena_dup_str(&e->report->arena, lexeme);
    else
        shown = arena_dup(&e->report->arena, text ? text : "?");
    free(text);
    if (strlen(shown) > SCHEMA_CLIP) {
        size_t cut = SCHEMA_CLIP - 3;

        while (cut && ((unsigned char)shown[cut] & 0xc0) == 0x80) /* not inside a character */
            cut--;
        memcpy(shown + cut, "...", 4);
    }
    return shown;
}

static struct json_ref locate(struct json_ref root, const struct frame *f)
{
    struct json_ref up;

    if (!f)
        return root;
    up = locate(root, f->up);
    return f->key.data ? json_ref_member(up, f->key) : json_ref_element(up, f->index);
}

static void add_pointer(struct buf *out, const struct frame *f)
{
    if (!f)
        return;
    add_pointer(out, f->up);
    buf_putc(out, '/');
    if (!f->key.data)
        buf_printf(out, "%zu", f->index);
    for (size_t i = 0; i < f->key.len; i++) {
        const char c = f->key.data[i];

        if (c == '~' || c == '/')
            buf_add_c(out, c == '~' ? "~0" : "~1");
        else
            buf_putc(out, c);
    }
}

static struct schema_fault *add(struct eval *e, struct json_ref rule, const char *keyword,
                                json_t *value, const struct frame *f)
{
    struct schema_report *r = e->report;
    struct buf pointer = {0};
    struct schema_fault *fault;

    if (r->count == SCHEMA_FAULTS_MAX) {
        r->dropped++;
        return NULL;
    }
    if (r->count == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        r->faults = mem_grow(r->faults, r->cap, sizeof(*r->faults));
    }
    add_pointer(&pointer, f);
    fault = &r->faults[r->count++];
    *fault = (struct schema_fault){
        .instance = locate(e->root, f),
        .pointer = arena_dup_str(&r->arena, buf_str(&pointer)),
        .rule = rule,
        .keyword = keyword,
        .actual = show(e, e->doc, value),
        .depth = e->level,
    };
    buf_release(&pointer);
    return fault;
}

bool explain_fault(struct eval *e, const struct rule *rule, json_t *value,
                   const struct frame *frame, const char *fmt, ...)
{
    struct schema_fault *fault = e->report ? add(e, rule->at, rule->keyword, value, frame) : NULL;
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

bool explain_never(struct eval *e, const struct node *node, json_t *value,
                   const struct frame *frame)
{
    struct schema_fault *fault = e->report ? add(e, node->at, "false", value, frame) : NULL;

    if (fault)
        fault->expected = "nothing here: the schema is false";
    return false;
}

bool explain_value(struct eval *e, const struct rule *rule, json_t *value,
                   const struct frame *frame, const char *what)
{
    const bool is_pattern = rule->kind == RULE_PATTERN;

    if (!e->report)
        return false;
    return explain_fault(e, rule, value, frame, "%s%s%s", what, *what ? " " : "",
                         is_pattern ? json_string_value(rule->at.value)
                                    : show(e, rule->at.doc, rule->at.value));
}

bool explain_type(struct eval *e, const struct rule *rule, json_t *value, const struct frame *frame)
{
    struct schema_fault *fault;

    explain_value(e, rule, value, frame, "type");
    if (!e->report || !e->report->count)
        return false;
    fault = &e->report->faults[e->report->count - 1];
    fault->actual =
        arena_printf(&e->report->arena, "%s: %s", strict_type_name(value), fault->actual);
    return false;
}

static const char *nearest_key(json_t *object, struct str name)
{
    const char *keys[64];
    size_t n = 0;

    for (void *it = json_object_iter(object); it && n < ARRAY_LEN(keys);
         it = json_object_iter_next(object, it))
        keys[n++] = json_object_iter_key(it);
    return suggest_nearest(name, keys, n);
}

bool explain_missing(struct eval *e, const struct rule *rule, json_t *object,
                     const struct frame *frame, struct str name)
{
    const char *near;
    struct schema_fault *fault;

    explain_fault(e, rule, object, frame, "the member \"%.*s\"", STR_ARG(name));
    if (!e->report || !e->report->count)
        return false;
    fault = &e->report->faults[e->report->count - 1];
    fault->actual = "it is missing";
    near = nearest_key(object, name);
    if (near)
        fault->hint = arena_printf(&e->report->arena, "\"%s\" is there: misspelt?", near);
    return false;
}

bool explain_unexpected(struct eval *e, const struct rule *rule, json_t *member,
                        const struct frame *frame)
{
    const char *names[64];
    const char *near;
    struct schema_fault *fault;
    size_t n = 0;

    if (!e->report)
        return false;
    fault = add(e, rule->additional_at, "additionalProperties", member, frame);
    if (!fault)
        return false;
    for (; n < rule->count && n < ARRAY_LEN(names); n++)
        names[n] = rule->members[n].name.data;
    near = suggest_nearest(frame->key, names, n);
    fault->expected = arena_printf(&e->report->arena, "no member \"%.*s\"", STR_ARG(frame->key));
    if (near)
        fault->hint = arena_printf(&e->report->arena, "did you mean \"%s\"?", near);
    return false;
}

/* How near a branch came: far into the instance is near, a wrong type of the value itself is not.
 */
static size_t nearness(const struct schema_fault *faults, size_t count, size_t base_length)
{
    size_t deepest = 0;

    for (size_t i = 0; i < count; i++) {
        if (strlen(faults[i].pointer) == base_length &&
            (strcmp(faults[i].keyword, "type") == 0 || strcmp(faults[i].keyword, "const") == 0))
            return 0;
        if (strlen(faults[i].pointer) + 1 > deepest)
            deepest = strlen(faults[i].pointer) + 1;
    }
    return deepest;
}

/* The best branch in full, the others in a line each. */
bool explain_branches(struct eval *e, const struct rule *rule, json_t *value,
                      const struct frame *frame)
{
    struct schema_report *r = e->report;
    struct schema_fault **slices;
    size_t *counts, best = 0, best_nearness = 0, base, head;

    if (!r)
        return false;
    explain_fault(e, rule, value, frame, "%s of %zu schemas to match, none did",
                  rule->kind == RULE_ANY_OF ? "one" : "exactly one", rule->count);
    head = r->count;
    base = head ? strlen(r->faults[head - 1].pointer) : 0;
    slices = arena_array(&r->arena, rule->count, sizeof(*slices));
    counts = arena_array(&r->arena, rule->count, sizeof(*counts));
    e->level++;
    for (size_t i = 0; i < rule->count; i++) {
        size_t near;

        check_node(e, rule->nodes[i], value, frame);
        counts[i] = r->count - head;
        slices[i] = arena_array(&r->arena, counts[i] ? counts[i] : 1, sizeof(**slices));
        if (counts[i])
            memcpy(slices[i], r->faults + head, counts[i] * sizeof(**slices));
        near = nearness(slices[i], counts[i], base);
        if (near > best_nearness) {
            best = i;
            best_nearness = near;
        }
        r->count = head;
    }
    e->level--;
    for (size_t i = 0; i < rule->count; i++) {
        const size_t n = i == best ? counts[i] : counts[i] > 0;

        for (size_t k = 0; k < n && r->count < r->cap; k++)
            r->faults[r->count++] = slices[i][k];
    }
    return false;
}

enum schema_verdict schema_explain(const struct schema *schema, struct json_ref instance,
                                   struct schema_report *report)
{
    struct eval e = {.root = instance, .doc = instance.doc, .report = report};
    const bool good = check_node(&e, schema->root, instance.value, NULL);

    report->error = e.error;
    if (e.error)
        return SCHEMA_ERROR;
    return good ? SCHEMA_VALID : SCHEMA_INVALID;
}

void schema_report_release(struct schema_report *report)
{
    free(report->faults);
    arena_release(&report->arena);
    *report = (struct schema_report){0};
}
