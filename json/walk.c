#include "json/doc.h"

#include "base/buf.h"
/* The member of that name whose value counts. */
static uint32_t find_member(const struct json_doc *doc, uint32_t object, struct str name)
{
    const uint32_t end = doc->spans[object].next;

    for (uint32_t i = object + 1; i < end; i = doc->spans[i].next)
        if (str_eq(name, (struct str){doc->spans[i].name, doc->spans[i].name_len}) &&
            !(doc->spans[i].flags & JSON_SPAN_REPLACED))
            return i;
    return 0;
}

struct json_ref json_ref_member(struct json_ref object, struct str key)
{
    json_t *value =
        object.value ? json_object_getn(object.value, key.data ? key.data : "", key.len) : NULL;

    if (!value)
        return (struct json_ref){0};
    return (struct json_ref){object.doc, value, find_member(object.doc, object.index, key)};
}

struct json_ref json_ref_member_c(struct json_ref object, const char *key)
{
    return json_ref_member(object, str_c(key));
}

struct json_ref json_ref_element(struct json_ref array, size_t i)
{
    json_t *value = json_array_get(array.value, i);
    uint32_t at = array.index + 1;

    if (!value)
        return (struct json_ref){0};
    while (i--)
        at = array.doc->spans[at].next;
    return (struct json_ref){array.doc, value, at};
}

/*
 * The child at `index`. jansson's keys end in NUL, as callers like; its order is the document's but
 * for objects with duplicate keys, where the spans have such names.
 */
static struct json_child child_at(struct json_child c, uint32_t index)
{
    const struct json_span *spans = c.parent_.doc->spans;
    const uint32_t end = spans[c.parent_.index].next;

    while (index < end && spans[index].flags & JSON_SPAN_REPLACED)
        index = spans[index].next;
    if (index >= end)
        return (struct json_child){0};
    c.ref = (struct json_ref){c.parent_.doc, spans[index].value, index};
    c.key = (struct str){spans[index].name, spans[index].name_len};
    if (c.iter_)
        c.key.data = json_object_iter_key(c.iter_);
    return c;
}

struct json_child json_child_first(struct json_ref container)
{
    struct json_child c = {.parent_ = container};

    if (!container.value)
        return c;
    if (!(container.doc->spans[container.index].flags & JSON_SPAN_DUPLICATES))
        c.iter_ = json_object_iter(container.value);
    return child_at(c, container.index + 1);
}

struct json_child json_child_next(struct json_child c)
{
    c.at++;
    if (c.iter_)
        c.iter_ = json_object_iter_next(c.parent_.value, c.iter_);
    return child_at(c, c.ref.doc->spans[c.ref.index].next);
}

/* RFC 6901, section 4: "~1" is "/", "~0" is "~"; an index has no leading zero. */
static bool unescape(struct buf *out, struct str token)
{
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

static struct json_ref step(struct json_ref at, struct str token)
{
    unsigned long long i;

    if (json_is_object(at.value))
        return json_ref_member(at, token);
    if (!json_is_array(at.value) || (token.len > 1 && token.data[0] == '0') ||
        !str_to_u64(token, UINT32_MAX, &i))
        return (struct json_ref){0};
    return json_ref_element(at, i);
}

struct json_ref json_ref_pointer(struct json_ref root, struct str pointer)
{
    struct json_ref at = root;
    struct str rest = pointer, token;
    struct buf name = {0};

    if (pointer.len == 0)
        return root;
    if (pointer.data[0] != '/')
        return (struct json_ref){0};
    rest = str_slice(pointer, 1, pointer.len);
    if (!rest.data)
        rest.data = "";
    while (at.value && str_cut(&rest, '/', &token)) {
        buf_clear(&name);
        at = unescape(&name, token) ? step(at, buf_str(&name)) : (struct json_ref){0};
    }
    buf_release(&name);
    return at;
}
