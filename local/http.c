#include "local/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/mem.h"
#include "local/stream.h"

static bool same_name(struct str a, const char *b)
{
    return a.len == strlen(b) && strncasecmp(a.data, b, a.len) == 0;
}

struct str http_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (same_name(r->headers[i].name, name))
            return r->headers[i].value;
    return (struct str){0};
}

static const char *decoded(struct arena *arena, struct str text)
{
    struct buf blanks = {0}, plain = {0};
    const char *copy;

    /* A plus sign is a blank in queries: clients that mean a plus send %2B. */
    for (size_t i = 0; i < text.len; i++)
        buf_putc(&blanks, text.data[i] == '+' ? ' ' : text.data[i]);
    percent_decode(&plain, buf_str(&blanks));
    copy = arena_dup(arena, buf_c(&plain));
    buf_release(&blanks);
    buf_release(&plain);
    return copy;
}

size_t http_query_all(const struct http_request *r, struct arena *arena, const char *name,
                      const char **values, size_t max)
{
    struct str rest = r->query, part;
    size_t count = 0;

    while (rest.data && count < max && str_cut(&rest, '&', &part)) {
        const size_t eq = str_find(part, STR("="), 0);
        const struct str key = str_slice(part, 0, eq == (size_t)-1 ? part.len : eq);

        if (str_eq_c(key, name))
            values[count++] =
                eq == (size_t)-1 ? "" : decoded(arena, str_slice(part, eq + 1, part.len));
    }
    return count;
}

const char *http_query(const struct http_request *r, struct arena *arena, const char *name)
{
    const char *value = NULL;

    return http_query_all(r, arena, name, &value, 1) ? value : NULL;
}

void http_split_target(struct http_request *r)
{
    const size_t mark = str_find(r->target, STR("?"), 0);

    r->path = str_slice(r->target, 0, mark == (size_t)-1 ? r->target.len : mark);
    r->query = (struct str){0};
    if (mark != (size_t)-1)
        r->query = str_slice(r->target, mark + 1, r->target.len);
}

void http_reply_header(struct http_reply *r, const char *name, const char *value)
{
    assert(r->header_count < HTTP_REPLY_HEADERS_MAX);
    r->headers[r->header_count].name = name;
    r->headers[r->header_count++].value = mem_dup(value);
}

const char *http_reply_get(const struct http_reply *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (strcasecmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return NULL;
}

void http_reply_clear(struct http_reply *r)
{
    for (size_t i = 0; i < r->header_count; i++)
        free(r->headers[i].value);
    buf_release(&r->body);
    http_stream_free(r->stream);
    *r = (struct http_reply){0};
}

void http_reply_release(struct http_reply *r)
{
    http_reply_clear(r);
}
