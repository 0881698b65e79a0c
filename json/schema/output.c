#include "json/schema/explain.h"

/* An annotation: one keyword's value at one place of the instance. */
struct note {
    const struct node *node;
    uint32_t at;       /* the keyword's value */
    uint32_t instance; /* the value it is about */
    const char *keyword_location;
};

struct notes {
    struct arena arena;
    struct note *items;
    size_t count, cap;
};

size_t notes_count(const struct eval *e)
{
    return e->notes->count;
}

static void add_note(struct eval *e, const struct node *n, uint32_t at, const struct json_span *v)
{
    struct notes *notes = e->notes;

    if (notes->count == notes->cap) {
        notes->cap = notes->cap ? notes->cap * 2 : 16;
        notes->items = mem_grow(notes->items, notes->cap, sizeof(*notes->items));
    }
    notes->items[notes->count++] = (struct note){
        n, at, (uint32_t)(v - e->spans), explain_keyword_location(&notes->arena, e->path, n, at)};
}

/* Is the keyword one that only annotates? Those about content are for strings alone. */
static bool annotates(const struct node *n, struct str name, const struct json_span *v)
{
    static const char *const silent[] = {"$comment", "$schema", "$vocabulary", "$id", "id"};
    const enum keyword k = keyword_find(n->resource->dialect, name);

    for (size_t i = 0; i < ARRAY_LEN(silent); i++)
        if (str_eq_c(name, silent[i]))
            return false;
    if (k == KEYWORD_CONTENT_SCHEMA)
        return v->type == JSON_STRING &&
               document_member(n->document->doc, n->at, "contentMediaType") != 0;
    if (str_starts(name, STR("content")) && k == KEYWORD_COUNT)
        return v->type == JSON_STRING;
    return k == KEYWORD_COUNT || k == KEYWORD_FORMAT;
}

void notes_finish(struct eval *e, const struct node *n, const struct json_span *v, size_t before,
                  bool good)
{
    const struct json_span *s = n->document->doc->spans;
    const bool alone = n->resource->dialect->draft <= SCHEMA_DRAFT_7 &&
                       document_member(n->document->doc, n->at, "$ref") != 0;

    if (!good) {
        e->notes->count = before;
        return;
    }
    if (s[n->at].type != JSON_OBJECT || alone)
        return;
    for (uint32_t i = n->at + 1; i < s[n->at].next; i = s[i].next)
        if (annotates(n, span_name(&s[i]), v))
            add_note(e, n, i, v);
}

/* ---- writing ---- */

static void add_text(struct buf *out, const char *key, const char *text)
{
    json_t *value = json_string(text);
    char *written = json_dumps(value, JSON_ENCODE_ANY);

    buf_printf(out, "\"%s\":%s", key, written ? written : "\"\"");
    free(written);
    json_decref(value);
}

/* A value as its source has it, on one line. */
static void add_source(struct buf *out, const struct json_doc *doc, const struct json_span *s)
{
    bool in_string = false;

    for (uint32_t i = s->start; i < s->end; i++) {
        const char c = doc->text[i];

        if (!in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
            continue;
        buf_putc(out, c);
        if (in_string && c == '\\')
            buf_putc(out, doc->text[++i]);
        else if (c == '"')
            in_string = !in_string;
    }
}

static void open_unit(struct buf *out, bool valid, const char *keyword, const char *absolute,
                      const char *instance)
{
    buf_printf(out, "{\"valid\":%s,", valid ? "true" : "false");
    add_text(out, "keywordLocation", keyword);
    if (absolute) {
        buf_putc(out, ',');
        add_text(out, "absoluteKeywordLocation", absolute);
    }
    buf_putc(out, ',');
    add_text(out, "instanceLocation", instance);
}

static void write_faults(struct buf *out, const struct schema_report *r)
{
    buf_add_c(out, ",\"errors\":[");
    for (size_t i = 0; i < r->count; i++) {
        CLEANUP(buf_release) struct buf message = {0};
        const struct schema_fault *f = &r->faults[i];

        buf_printf(&message, "expected %s, actual %s", f->expected, f->actual);
        if (i)
            buf_putc(out, ',');
        open_unit(out, false, f->keyword_location, f->absolute_location, f->pointer);
        buf_putc(out, ',');
        add_text(out, "error", buf_c(&message));
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

static void write_notes(struct buf *out, struct notes *notes, const struct eval *e)
{
    buf_add_c(out, ",\"annotations\":[");
    for (size_t i = 0; i < notes->count; i++) {
        const struct note *n = &notes->items[i];
        const struct json_doc *doc = n->node->document->doc;

        if (i)
            buf_putc(out, ',');
        open_unit(out, true, n->keyword_location,
                  explain_absolute_location(&notes->arena, n->node, n->at),
                  explain_pointer(&notes->arena, e->doc, e->root.index, n->instance));
        buf_add_c(out, ",\"annotation\":");
        add_source(out, doc, &doc->spans[n->at]);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

static void output_valid(const struct schema *schema, struct json_ref instance, struct buf *out)
{
    struct eval e = eval_new(schema, instance);
    struct notes notes = {0};

    e.notes = &notes;
    eval_run(&e);
    open_unit(out, true, "", NULL, "");
    write_notes(out, &notes, &e);
    buf_putc(out, '}');
    free(notes.items);
    arena_release(&notes.arena);
}

enum schema_verdict schema_output(const struct schema *schema, struct json_ref instance,
                                  struct buf *out)
{
    struct schema_report report = {0};
    const enum schema_verdict verdict = explain_all(schema, instance, true, &report);

    switch (verdict) {
    case SCHEMA_VALID:
        output_valid(schema, instance, out);
        break;
    case SCHEMA_INVALID:
        open_unit(out, false, "", NULL, "");
        write_faults(out, &report);
        buf_putc(out, '}');
        break;
    case SCHEMA_ERROR:
        buf_add_c(out, "{\"valid\":null,");
        add_text(out, "error", report.error ? report.error : "undecided");
        buf_putc(out, '}');
        break;
    }
    schema_report_release(&report);
    return verdict;
}
