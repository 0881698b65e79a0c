#include "base/codec.h"
#include "json/schema/explain.h"

static void add_token(struct buf *out, struct str token)
{
    buf_putc(out, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.data[i] == '~' || token.data[i] == '/')
            buf_add_c(out, token.data[i] == '~' ? "~0" : "~1");
        else
            buf_putc(out, token.data[i]);
    }
}

static void add_pointer(struct buf *out, const struct json_doc *doc, uint32_t from, uint32_t to)
{
    const struct json_span *s = doc->spans;

    while (from < to) {
        size_t n = 0;
        uint32_t i = from + 1;

        for (; s[i].next <= to; i = s[i].next)
            n++;
        if (s[from].type == JSON_OBJECT) {
            add_token(out, span_name(&s[i]));
        } else {
            buf_printf(out, "/%zu", n);
        }
        from = i;
    }
}

static const char *finish(struct arena *arena, struct buf *text)
{
    const char *copy = arena_dup_str(arena, buf_str(text));

    buf_release(text);
    return copy;
}

const char *explain_pointer(struct arena *arena, const struct json_doc *doc, uint32_t from,
                            uint32_t to)
{
    struct buf out = {0};

    add_pointer(&out, doc, from, to);
    return finish(arena, &out);
}

static void add_path(struct buf *out, const struct step *path)
{
    const struct rule *r;

    if (!path)
        return;
    add_path(out, path->up);
    r = path->rule;
    if (r->kind == RULE_REF || r->kind == RULE_DYNAMIC_REF)
        add_token(out, str_c(keyword_table[r->keyword].name));
    else
        add_pointer(out, r->owner->document->doc, r->owner->at, path->node->at);
}

const char *explain_keyword_location(struct arena *arena, const struct step *path,
                                     const struct node *n, uint32_t at)
{
    struct buf out = {0};

    add_path(&out, path);
    add_pointer(&out, n->document->doc, n->at, at);
    return finish(arena, &out);
}

const char *explain_absolute_location(struct arena *arena, const struct node *n, uint32_t at)
{
    struct buf out = {0}, pointer = {0};

    buf_add_c(&out, n->resource->uri);
    buf_putc(&out, '#');
    add_pointer(&pointer, n->document->doc, n->resource->index, at);
    percent_encode(&out, buf_str(&pointer), "/!$&'()*+,;=:@?");
    buf_release(&pointer);
    return finish(arena, &out);
}
