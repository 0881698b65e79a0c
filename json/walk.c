#include "json/doc.h"

#include <string.h>

#include "json/scan.h"

/* Does the key of the member with this span read `name`? */
static bool key_is(const struct json_doc *doc, const struct json_span *span, struct str name)
{
    struct buf content = {0};
    struct scan_string s = {
        .at = doc->text + span->key + 1, .end = doc->text + doc->len, .out = &content};
    const char *start = s.at;
    bool same;

    if (name.len && *start != '\\' && *start != name.data[0])
        return false;
    scan_string(&s);
    same =
        str_eq(name, s.escaped ? buf_str(&content) : (struct str){start, (size_t)(s.at - start)});
    buf_release(&content);
    return same;
}

/* The last member of that name: with duplicates, the one whose value counts. */
static uint32_t find_member(const struct json_doc *doc, uint32_t object, struct str name)
{
    const uint32_t end = doc->spans[object].next;
    uint32_t found = 0;

    for (uint32_t i = object + 1; i < end; i = doc->spans[i].next) {
        if (!key_is(doc, &doc->spans[i], name))
            continue;
        found = i;
        if (!doc->duplicate_count)
            break;
    }
    return found;
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

static struct json_child member_at(struct json_child c, uint32_t index)
{
    if (!c.iter_)
        return (struct json_child){0};
    c.key = (struct str){json_object_iter_key(c.iter_), json_object_iter_key_len(c.iter_)};
    if (c.parent_.doc->duplicate_count) /* members and spans do not go side by side then */
        index = find_member(c.parent_.doc, c.parent_.index, c.key);
    c.ref = (struct json_ref){c.parent_.doc, json_object_iter_value(c.iter_), index};
    return c;
}

struct json_child json_child_first(struct json_ref container)
{
    struct json_child c = {.parent_ = container};

    if (json_is_object(container.value)) {
        c.iter_ = json_object_iter(container.value);
        return member_at(c, container.index + 1);
    }
    c.ref = json_is_array(container.value) ? json_ref_element(container, 0) : (struct json_ref){0};
    return c;
}

struct json_child json_child_next(struct json_child c)
{
    const uint32_t next = c.ref.doc->spans[c.ref.index].next;

    if (c.iter_) {
        c.iter_ = json_object_iter_next(c.parent_.value, c.iter_);
        c.at++;
        return member_at(c, next);
    }
    c.ref.value = json_array_get(c.parent_.value, ++c.at);
    c.ref.index = next;
    return c;
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
