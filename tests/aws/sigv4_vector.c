#include "tests/aws/sigv4_vector.h"

#include <assert.h>
#include <stdio.h>

#include "base/file.h"

void sigv4_vector_header(struct sigv4_vector *v, struct str name, struct str value)
{
    assert(v->header_count < VECTOR_HEADERS_MAX);
    v->headers[v->header_count].name = arena_str(&v->arena, name);
    v->headers[v->header_count++].value = arena_str(&v->arena, value);
}

static void start_line(struct sigv4_vector *v, struct str line)
{
    const size_t first = str_find(line, STR(" "), 0);
    const size_t last = str_find(line, STR(" HTTP/1.1"), 0);

    assert(first != (size_t)-1 && last != (size_t)-1);
    v->method = arena_str(&v->arena, str_slice(line, 0, first));
    v->target = arena_str(&v->arena, str_slice(line, first + 1, last));
}

static void header_line(struct sigv4_vector *v, struct str line)
{
    const size_t colon = str_find(line, STR(":"), 0);

    if (line.data[0] == ' ') { /* goes on where the last one stopped */
        struct sigv4_header *h = &v->headers[v->header_count - 1];

        h->value = str_c(arena_printf(&v->arena, "%.*s\n%.*s", STR_ARG(h->value), STR_ARG(line)));
        return;
    }
    assert(colon != (size_t)-1);
    sigv4_vector_header(v, str_slice(line, 0, colon), str_slice(line, colon + 1, line.len));
}

void sigv4_vector_parse(struct sigv4_vector *v, struct str text)
{
    struct str rest = arena_str(&v->arena, text), line;

    str_cut(&rest, '\n', &line);
    start_line(v, line);
    while (str_cut(&rest, '\n', &line) && line.len)
        header_line(v, line);
    v->body = rest;
}

void sigv4_vector_release(struct sigv4_vector *v)
{
    arena_release(&v->arena);
}

bool sigv4_vector_file(struct buf *out, const char *folder, const char *name)
{
    char path[1024];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    buf_clear(out);
    return file_read(out, path, 1 << 20, NULL) == 0;
}
