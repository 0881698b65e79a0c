#include "json/schema/frame.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/schema/resolve.h"
#include "json/schema/uri.h"
#include "json/strict.h"

struct fault *frames_fault(struct frames *f, struct json_ref at, const char *fmt, ...)
{
    CLEANUP(buf_release) struct buf text = {0};
    va_list ap;

    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    f->failed = true;
    return json_fault(f->faults, at.doc, json_ref_start(at), "%s", buf_c(&text));
}

uint32_t document_member(const struct json_doc *doc, uint32_t object, const char *name)
{
    const struct json_span *s = doc->spans;
    const size_t len = strlen(name);

    if (s[object].type != JSON_OBJECT)
        return 0;
    for (uint32_t i = object + 1; i < s[object].next; i = s[i].next)
        if (s[i].name_len == len && memcmp(s[i].name, name, len) == 0)
            return i;
    return 0;
}

/* A member that is a string, or {NULL, 0}. */
static struct str text_member(const struct document *d, uint32_t object, const char *name)
{
    const uint32_t i = document_member(d->doc, object, name);

    if (!i || d->doc->spans[i].type != JSON_STRING)
        return (struct str){0};
    return json_span_text(d->doc, &d->doc->spans[i]);
}

static void frame_schema(struct frames *f, struct document *d, uint32_t index, struct resource *up);

static struct resource *add_resource(struct frames *f, struct document *d, uint32_t index,
                                     struct str uri, const struct dialect *dialect)
{
    struct resource *r = arena_alloc(f->arena, sizeof(*r));

    *r = (struct resource){.next = f->resources,
                           .document = d,
                           .uri = arena_dup_str(f->arena, uri),
                           .index = index,
                           .dialect = dialect};
    f->resources = r;
    frames_name(f, str_c(r->uri), r);
    return r;
}

static void add_anchor(struct frames *f, struct resource *r, struct str name, uint32_t index,
                       bool dynamic)
{
    struct anchor *a = arena_alloc(f->arena, sizeof(*a));

    *a = (struct anchor){r->anchors, arena_str(f->arena, name), index, dynamic, NULL};
    r->anchors = a;
    names_set(&f->anchors, f->arena, r, a->name, a);
}

struct anchor *resource_dynamic_anchor(const struct resource *r, struct str name)
{
    for (struct anchor *a = r->anchors; a; a = a->next)
        if (a->dynamic && str_eq(a->name, name))
            return a;
    return NULL;
}

static void frame_anchors(struct frames *f, struct document *d, uint32_t index, struct resource *r)
{
    const struct dialect *dialect = r->dialect;
    struct str name;

    if (dialect->draft < SCHEMA_DRAFT_2019_09)
        return;
    name = text_member(d, index, "$anchor");
    if (name.data)
        add_anchor(f, r, name, index, false);
    if (dialect->draft == SCHEMA_DRAFT_2019_09) {
        const uint32_t i = document_member(d->doc, index, "$recursiveAnchor");

        if (i && r->index == index && d->doc->spans[i].type == JSON_TRUE)
            add_anchor(f, r, STR(""), index, true);
        return;
    }
    name = text_member(d, index, "$dynamicAnchor");
    if (name.data)
        add_anchor(f, r, name, index, true);
}

/*
 * The resource that the schema at `index` belongs to: a new one when it has an identifier. Up to
 * draft 7 whatever stands beside "$ref" does not count, and "#name" is an anchor.
 */
static struct resource *enter(struct frames *f, struct document *d, uint32_t index,
                              struct resource *up, const struct dialect *dialect)
{
    const bool old = dialect->draft <= SCHEMA_DRAFT_7;
    struct str id = text_member(d, index, dialect->draft == SCHEMA_DRAFT_4 ? "id" : "$id");
    struct str fragment;
    struct buf uri = {0};
    struct resource *r = up;

    if (!id.data || (old && text_member(d, index, "$ref").data))
        return up;
    fragment = uri_cut_fragment(&id);
    if (id.len) {
        uri_resolve(&uri, str_c(up->uri), id);
        r = add_resource(f, d, index, buf_str(&uri), dialect);
        buf_release(&uri);
    }
    if (old && fragment.len)
        add_anchor(f, r, fragment, index, false);
    return r;
}

static void frame_children(struct frames *f, struct document *d, uint32_t parent,
                           struct resource *r, bool only_schemas)
{
    const struct json_span *s = d->doc->spans;

    for (uint32_t i = parent + 1; i < s[parent].next; i = s[i].next)
        if (!only_schemas || s[i].type != JSON_ARRAY)
            frame_schema(f, d, i, r);
}

static void frame_keyword(struct frames *f, struct document *d, uint32_t i, struct resource *r,
                          enum keyword_shape shape)
{
    const struct json_span *s = &d->doc->spans[i];

    switch (shape) {
    case SHAPE_VALUE:
        return;
    case SHAPE_SCHEMA:
        frame_schema(f, d, i, r);
        return;
    case SHAPE_SCHEMA_OR_ARRAY:
        if (s->type == JSON_ARRAY)
            frame_children(f, d, i, r, false);
        else
            frame_schema(f, d, i, r);
        return;
    case SHAPE_ARRAY:
        if (s->type == JSON_ARRAY)
            frame_children(f, d, i, r, false);
        return;
    case SHAPE_MEMBERS:
    case SHAPE_DEPENDENCIES:
        if (s->type == JSON_OBJECT)
            frame_children(f, d, i, r, shape == SHAPE_DEPENDENCIES);
        return;
    }
}

static void frame_schema(struct frames *f, struct document *d, uint32_t index, struct resource *up)
{
    const struct json_span *s = d->doc->spans;
    struct resource *r = up;

    if (s[index].type != JSON_OBJECT && s[index].type != JSON_TRUE && s[index].type != JSON_FALSE)
        return; /* compiling it says what is wrong */
    if (s[index].type == JSON_OBJECT) {
        const struct dialect *dialect = up->dialect;

        if (index != up->index && text_member(d, index, "$schema").data &&
            (text_member(d, index, "$id").data || text_member(d, index, "id").data))
            dialect = frames_dialect(f, d, index, dialect);
        r = enter(f, d, index, up, dialect);
    }
    d->owner[index - d->first] = r;
    if (s[index].type != JSON_OBJECT)
        return;
    frame_anchors(f, d, index, r);
    for (uint32_t i = index + 1; i < s[index].next; i = s[i].next) {
        const enum keyword k = keyword_find(r->dialect, span_name(&s[i]));

        if (k != KEYWORD_COUNT)
            frame_keyword(f, d, i, r, keyword_table[k].shape);
    }
}

void frames_look_at(struct frames *f, struct document *d, uint32_t index, struct resource *r)
{
    if (!d->owner[index - d->first])
        frame_schema(f, d, index, r);
}

struct document *frames_add(struct frames *f, struct json_ref root, struct str uri)
{
    struct document *d = arena_alloc(f->arena, sizeof(*d));
    const uint32_t end = root.doc->spans[root.index].next;
    struct resource *base;
    const bool failed = f->failed;

    *d = (struct document){.next = f->documents, .doc = root.doc, .first = root.index, .end = end};
    d->owner = mem_array(end - root.index, sizeof(*d->owner));
    d->nodes = mem_array(end - root.index, sizeof(*d->nodes));
    d->indexed = mem_array(end - root.index, sizeof(*d->indexed));
    f->documents = d;
    f->failed = false;
    base = add_resource(f, d, root.index, uri, f->dialect);
    base->dialect = frames_dialect(f, d, root.index, f->dialect);
    frame_schema(f, d, root.index, base);
    if (d->owner[0] && d->owner[0] != base) /* its "$id" is not where it was found */
        frames_rename(f, uri, d->owner[0]);
    if (f->failed)
        return NULL;
    f->failed = failed;
    return d;
}

void frames_release(struct frames *f)
{
    for (struct document *d = f->documents; d; d = d->next) {
        free(d->owner);
        free(d->nodes);
        free(d->indexed);
    }
    f->documents = NULL;
}
