#include "json/schema/resolve.h"

#include <string.h>

#include "base/codec.h"
#include "json/schema/uri.h"

static struct resource *find_resource(struct frames *f, struct str uri)
{
    return names_get(&f->uris, NULL, uri);
}

void frames_name(struct frames *f, struct str uri, struct resource *r)
{
    if (!find_resource(f, uri))
        names_set(&f->uris, f->arena, NULL, arena_str(f->arena, uri), r);
}

void frames_rename(struct frames *f, struct str uri, struct resource *r)
{
    if (find_resource(f, uri))
        names_set(&f->uris, f->arena, NULL, uri, r);
}

/* ---- dialects ---- */

static const struct dialect *unknown_dialect(struct frames *f, struct json_ref at, struct str uri,
                                             const struct dialect *otherwise)
{
    const char *near = schema_registry_nearest(f->registry, uri);

    fault_hint(frames_fault(f, at, "\"$schema\" names a meta-schema that is not known: \"%.*s\"",
                            STR_ARG(uri)),
               near ? "the nearest that is known: \"%s\"%s" : "map it to a file, or use \"%s\"%s",
               near ? near : "https://json-schema.org/draft/2020-12/schema", "");
    return otherwise;
}

/* A meta-schema of one's own: its vocabularies over the dialect that it is written in. */
static const struct dialect *custom_dialect(struct frames *f, struct json_ref at, struct str uri,
                                            struct json_ref meta, const struct dialect *otherwise)
{
    struct str base = {json_string_value(json_object_get(meta.value, "$schema")),
                       json_string_length(json_object_get(meta.value, "$schema"))};
    const struct json_ref vocabulary = json_ref_member_c(meta, "$vocabulary");
    struct dialect *own;

    uri_cut_fragment(&base);
    if (!dialect_by_uri(base))
        return unknown_dialect(f, at, base.len ? base : uri, otherwise);
    own = arena_alloc(f->arena, sizeof(*own));
    *own = *dialect_by_uri(base);
    own->uri = arena_dup_str(f->arena, uri);
    if (own->draft < SCHEMA_DRAFT_2019_09 || !json_is_object(vocabulary.value))
        return own;
    own->vocabularies = VOCABULARY_CORE;
    for (struct json_child k = json_child_first(vocabulary); k.ref.value; k = json_child_next(k)) {
        const unsigned bit = vocabulary_by_uri(k.key);

        own->vocabularies |= bit;
        if (bit == VOCABULARY_FORMAT && json_is_true(k.ref.value) &&
            own->draft == SCHEMA_DRAFT_2019_09)
            own->vocabularies |= VOCABULARY_FORMAT_ASSERTION;
        if (!bit && json_is_true(k.ref.value))
            frames_fault(f, at,
                         "the meta-schema \"%.*s\" needs the vocabulary \"%.*s\", which is "
                         "not known",
                         STR_ARG(uri), STR_ARG(k.key));
    }
    return own;
}

const struct dialect *frames_dialect(struct frames *f, struct document *d, uint32_t index,
                                     const struct dialect *otherwise)
{
    const uint32_t i = document_member(d->doc, index, "$schema");
    const struct json_ref at = document_ref(d, i);
    struct json_ref meta;
    struct str uri;

    if (!i || d->doc->spans[i].type != JSON_STRING)
        return otherwise;
    uri = json_span_text(d->doc, &d->doc->spans[i]);
    uri_cut_fragment(&uri);
    if (dialect_by_uri(uri))
        return dialect_by_uri(uri);
    switch (schema_registry_find(f->registry, uri, &meta, f->faults)) {
    case 0:
        return custom_dialect(f, at, uri, meta, otherwise);
    case -1:
        f->failed = true;
        return otherwise;
    default:
        return unknown_dialect(f, at, uri, otherwise);
    }
}

/* ---- references ---- */

/* RFC 6901, section 4. False: the token is no reference token. */
static bool unescape(struct buf *out, struct str token)
{
    buf_clear(out);
    for (size_t i = 0; i < token.len; i++) {
        char c = token.data[i];

        if (c == '~') {
            if (i + 1 == token.len || (token.data[i + 1] != '0' && token.data[i + 1] != '1'))
                return false;
            c = token.data[++i] == '0' ? '~' : '/';
        }
        buf_putc(out, c);
    }
    return true;
}

/* Members of an object under their names, of an array under their numbers; the first of a name. */
static void index_members(struct frames *f, struct document *d, uint32_t at)
{
    struct json_span *s = d->doc->spans;
    size_t n = 0;

    for (uint32_t i = at + 1; i < s[at].next; i = s[i].next) {
        const struct str name = s[at].type == JSON_OBJECT
                                    ? span_name(&s[i])
                                    : str_c(arena_printf(f->arena, "%zu", n++));

        if (!names_get(&f->members, &s[at], name))
            names_set(&f->members, f->arena, &s[at], name, &s[i]);
    }
    d->indexed[at - d->first] = true;
}

/* Many references may lead into one large object: after some steps it is looked up in a table. */
static uint32_t step(struct frames *f, struct document *d, uint32_t at, struct str token)
{
    enum { FEW = 16 };
    struct json_span *s = d->doc->spans, *member;
    const bool is_object = s[at].type == JSON_OBJECT;
    unsigned long long n = UINT32_MAX;
    size_t looked_at = 0;

    if (!is_object && (s[at].type != JSON_ARRAY || (token.len > 1 && token.data[0] == '0') ||
                       !str_to_u64(token, UINT32_MAX, &n)))
        return 0;
    for (uint32_t i = at + 1; i < s[at].next && looked_at < FEW; i = s[i].next, looked_at++)
        if (is_object ? str_eq(span_name(&s[i]), token) : looked_at == n)
            return i;
    if (looked_at < FEW)
        return 0;
    if (!d->indexed[at - d->first])
        index_members(f, d, at);
    member = names_get(&f->members, &s[at], token);
    return member ? (uint32_t)(member - s) : 0;
}

/* Goes down from the target's place and keeps track of whose schemas it passes. */
static bool follow_pointer(struct frames *f, struct target *t, struct str pointer)
{
    struct str rest = str_slice(pointer, 1, pointer.len), token;
    struct buf name = {0};
    bool good = true;

    while (good && str_cut(&rest, '/', &token)) {
        const uint32_t next =
            unescape(&name, token) ? step(f, t->document, t->index, buf_str(&name)) : 0;

        good = next != 0;
        if (!good)
            break;
        t->index = next;
        if (t->document->owner[next - t->document->first])
            t->resource = t->document->owner[next - t->document->first];
    }
    buf_release(&name);
    return good;
}

static bool follow_anchor(const struct frames *f, struct target *t, struct str name)
{
    struct anchor *a = names_get(&f->anchors, t->resource, name);

    if (!a)
        return false;
    t->index = a->index;
    t->anchor = a;
    return true;
}

static struct resource *load(struct frames *f, struct json_ref at, struct str uri)
{
    const char *near = NULL;
    struct json_ref root;

    switch (schema_registry_find(f->registry, uri, &root, f->faults)) {
    case 0:
        return frames_add(f, root, uri) ? find_resource(f, uri) : NULL;
    case -1:
        frames_fault(f, at, "the document of this reference cannot be used: \"%.*s\"",
                     STR_ARG(uri));
        return NULL;
    default:
        near = schema_registry_nearest(f->registry, uri);
        fault_hint(frames_fault(f, at,
                                "the reference leads to a document that is not known: \"%.*s\"",
                                STR_ARG(uri)),
                   near ? "the nearest that is known: \"%s\"; nothing is fetched, map it to a file"
                        : "nothing is fetched: map it to a file%s",
                   near ? near : "");
        return NULL;
    }
}

static bool follow_fragment(struct frames *f, struct target *t, struct str fragment,
                            struct json_ref at)
{
    struct buf name = {0};
    bool good = true;

    percent_decode(&name, fragment);
    if (name.len)
        good = name.data[0] == '/' ? follow_pointer(f, t, buf_str(&name))
                                   : follow_anchor(f, t, buf_str(&name));
    if (!good)
        frames_fault(f, at, "\"%.*s\" leads nowhere: the document has no \"#%.*s\"",
                     STR_ARG(span_name(&at.doc->spans[at.index])), STR_ARG(fragment));
    buf_release(&name);
    return good;
}

bool frames_resolve(struct frames *f, const struct resource *from, struct json_ref at,
                    struct target *ret)
{
    const struct str reference = json_span_text(at.doc, &at.doc->spans[at.index]);
    CLEANUP(buf_release) struct buf full = {0};
    struct str uri, fragment;
    struct resource *r;
    struct target t;

    uri_resolve(&full, str_c(from->uri), reference);
    uri = buf_str(&full);
    fragment = uri_cut_fragment(&uri);
    r = find_resource(f, uri);
    if (!r)
        r = load(f, at, uri);
    if (!r)
        return false;
    t = (struct target){r->document, r->index, r, NULL};
    if (!follow_fragment(f, &t, fragment, at))
        return false;
    frames_look_at(f, t.document, t.index, t.resource);
    if (t.document->owner[t.index - t.document->first])
        t.resource = t.document->owner[t.index - t.document->first];
    *ret = t;
    return true;
}
