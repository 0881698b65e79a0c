#include "json/schema/uri.h"

#include <string.h>

#include "base/codec.h"

struct parts {
    struct str scheme, authority, path, query, fragment; /* data NULL: not there */
};

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t scheme_length(struct str s)
{
    size_t i = 0;

    if (!s.len || !is_alpha(s.data[0]))
        return 0;
    while (i < s.len && (is_alpha(s.data[i]) || (s.data[i] >= '0' && s.data[i] <= '9') ||
                         s.data[i] == '+' || s.data[i] == '-' || s.data[i] == '.'))
        i++;
    return i < s.len && s.data[i] == ':' ? i : 0;
}

bool uri_is_absolute(struct str uri)
{
    return scheme_length(uri) > 0;
}

struct str uri_cut_fragment(struct str *uri)
{
    const char *hash = uri->len ? memchr(uri->data, '#', uri->len) : NULL;
    struct str fragment = {0};

    if (!hash)
        return fragment;
    fragment = (struct str){hash + 1, uri->len - (size_t)(hash + 1 - uri->data)};
    uri->len = (size_t)(hash - uri->data);
    return fragment;
}

static struct parts split(struct str s)
{
    struct parts p = {0};
    const size_t scheme = scheme_length(s);
    size_t i;

    p.fragment = uri_cut_fragment(&s);
    if (scheme) {
        p.scheme = str_slice(s, 0, scheme);
        s = str_slice(s, scheme + 1, s.len);
    }
    if (s.len >= 2 && s.data[0] == '/' && s.data[1] == '/') {
        for (i = 2; i < s.len && s.data[i] != '/' && s.data[i] != '?'; i++)
            ;
        p.authority = str_slice(s, 2, i);
        s = str_slice(s, i, s.len);
    }
    for (i = 0; i < s.len && s.data[i] != '?'; i++)
        ;
    p.path = str_slice(s, 0, i);
    if (i < s.len)
        p.query = str_slice(s, i + 1, s.len);
    return p;
}

/* Takes the last segment with its slash off what was written since `from`. */
static bool drop_segment(struct buf *out, size_t from)
{
    size_t i = out->len;

    if (i == from || (i - from == 2 && memcmp(out->data + from, "..", 2) == 0) ||
        (i - from > 2 && memcmp(out->data + i - 3, "/..", 3) == 0))
        return false;
    while (i > from && out->data[i - 1] != '/')
        i--;
    out->len = i > from ? i - 1 : from;
    out->data[out->len] = '\0';
    return true;
}

/* RFC 3986, section 5.2.4, segment by segment. */
static void add_without_dots(struct buf *out, struct str path)
{
    const size_t from = out->len;
    const bool rooted = path.len && path.data[0] == '/';
    struct str rest = rooted ? str_slice(path, 1, path.len) : path, segment;
    bool first = !rooted, open = false;

    if (!rest.data)
        return;
    while (str_cut(&rest, '/', &segment)) {
        const bool last = !rest.data;

        open = last && (str_eq_c(segment, ".") || str_eq_c(segment, ".."));
        if (str_eq_c(segment, "."))
            continue;
        if (str_eq_c(segment, "..") && (drop_segment(out, from) || rooted)) {
            first = !rooted && out->len == from;
            continue;
        }
        if (!first)
            buf_putc(out, '/');
        first = false;
        buf_add_str(out, segment);
    }
    if (open && (rooted || out->len > from))
        buf_putc(out, '/');
}

/* Section 5.2.3. */
static void add_merged(struct buf *out, const struct parts *base, struct str path)
{
    struct buf merged = {0};
    size_t slash = base->path.len;

    while (slash && base->path.data[slash - 1] != '/')
        slash--;
    if (base->authority.data && !base->path.len)
        buf_putc(&merged, '/');
    buf_add_str(&merged, str_slice(base->path, 0, slash));
    buf_add_str(&merged, path);
    add_without_dots(out, buf_str(&merged));
    buf_release(&merged);
}

void uri_resolve(struct buf *out, struct str base_uri, struct str reference)
{
    const struct parts base = split(base_uri), ref = split(reference);
    const bool own_authority = ref.scheme.data || ref.authority.data;
    const struct parts *from = ref.scheme.data ? &ref : &base;
    const struct str authority = own_authority ? ref.authority : base.authority;

    if (from->scheme.data) {
        buf_add_str(out, from->scheme);
        buf_putc(out, ':');
    }
    if (authority.data) {
        buf_add_c(out, "//");
        buf_add_str(out, authority);
    }
    if (own_authority || (ref.path.len && ref.path.data[0] == '/'))
        add_without_dots(out, ref.path);
    else if (ref.path.len)
        add_merged(out, &base, ref.path);
    else
        buf_add_str(out, base.path);
    if (ref.query.data || (!own_authority && !ref.path.len && base.query.data)) {
        buf_putc(out, '?');
        buf_add_str(out, ref.query.data ? ref.query : base.query);
    }
    if (ref.fragment.data) {
        buf_putc(out, '#');
        buf_add_str(out, ref.fragment);
    }
}

void uri_from_path(struct buf *out, const char *path)
{
    buf_add_c(out, "file:");
    percent_encode(out, str_c(path), "/!$&'()*+,;=:@");
}
