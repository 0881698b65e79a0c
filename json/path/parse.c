#include "json/path/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/scan.h"

char parse_peek(const struct parser *p, size_t ahead)
{
    return p->at + ahead < p->text.len ? p->text.data[p->at + ahead] : '\0';
}

bool parse_at_end(const struct parser *p)
{
    return p->at >= p->text.len;
}

void parse_blanks(struct parser *p)
{
    while (!parse_at_end(p) && strchr(" \t\n\r", parse_peek(p, 0)) && parse_peek(p, 0))
        p->at++;
}

bool parse_accept(struct parser *p, const char *word)
{
    if (!str_starts(str_slice(p->text, p->at, p->text.len), str_c(word)))
        return false;
    p->at += strlen(word);
    return true;
}

bool parse_fail(struct parser *p, size_t at, const char *fmt, ...)
{
    char text[300];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    p->fault_at = at;
    err_set(p->err, ERR_INPUT, "%s", text);
    return false;
}

bool parse_unexpected(struct parser *p, const char *expected)
{
    char found[48];

    scan_describe(found, sizeof(found), p->text.data + p->at, p->text.data + p->text.len);
    return parse_fail(p, p->at, "found %s, expected %s", found, expected);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* RFC 9535, 2.1: an I-JSON integer, -(2^53 - 1) to 2^53 - 1, without leading zeros and not -0. */
static bool parse_int(struct parser *p, int64_t *ret)
{
    const size_t start = p->at;
    const bool negative = parse_accept(p, "-");
    int64_t v = 0;

    if (!is_digit(parse_peek(p, 0)))
        return parse_unexpected(p, "a digit");
    if (parse_peek(p, 0) == '0' && (negative || is_digit(parse_peek(p, 1))))
        return parse_fail(p, start,
                          negative ? "an index is not -0" : "an index has no leading zeros");
    while (is_digit(parse_peek(p, 0))) {
        v = v * 10 + (parse_peek(p, 0) - '0');
        if (v > 9007199254740991)
            return parse_fail(p, start, "an index lies within -(2^53-1) and 2^53-1");
        p->at++;
    }
    *ret = negative ? -v : v;
    return true;
}

static bool starts_int(const struct parser *p)
{
    return parse_peek(p, 0) == '-' || is_digit(parse_peek(p, 0));
}

/* slice-selector = [start S] ":" S [end S] [":" [S step ]], the start being read already. */
static bool parse_slice(struct parser *p, struct selector *s)
{
    s->kind = SELECT_SLICE;
    s->step = 1;
    p->at++;
    parse_blanks(p);
    if (starts_int(p)) {
        if (!parse_int(p, &s->end))
            return false;
        s->has_end = true;
        parse_blanks(p);
    }
    if (!parse_accept(p, ":"))
        return true;
    parse_blanks(p);
    return !starts_int(p) || parse_int(p, &s->step);
}

static bool parse_index_or_slice(struct parser *p, struct selector *s)
{
    size_t after;

    s->kind = SELECT_INDEX;
    if (starts_int(p)) {
        if (!parse_int(p, &s->index))
            return false;
        s->has_start = true;
    }
    after = p->at;
    parse_blanks(p);
    if (parse_peek(p, 0) == ':')
        return parse_slice(p, s);
    p->at = after;
    return true;
}

static bool parse_selector(struct parser *p, struct selector *s)
{
    const char c = parse_peek(p, 0);

    if (c == '\'' || c == '"') {
        s->kind = SELECT_NAME;
        return parse_string(p, &s->name);
    }
    if (c == '*') {
        s->kind = SELECT_WILDCARD;
        p->at++;
        return true;
    }
    if (c == '?') {
        s->kind = SELECT_FILTER;
        p->at++;
        parse_blanks(p);
        return parse_filter(p, &s->filter);
    }
    if (c == ':' || starts_int(p))
        return parse_index_or_slice(p, s);
    if (parse_foreign(p, PLACE_SELECTOR))
        return false;
    return parse_unexpected(p, "a name in quotes, an index, a slice, * or ?");
}

static bool add_selector(struct parser *p, struct segment *seg, size_t *cap,
                         const struct selector *s)
{
    if (seg->count == *cap) {
        struct selector *more = arena_array(&p->query->arena, *cap * 2 + 1, sizeof(*more));

        if (seg->count)
            memcpy(more, seg->selectors, seg->count * sizeof(*more));
        seg->selectors = more;
        *cap = *cap * 2 + 1;
    }
    seg->selectors[seg->count++] = *s;
    return true;
}

/* "[" S selector *(S "," S selector) S "]", the bracket being read already. */
static bool parse_bracketed(struct parser *p, struct segment *seg)
{
    size_t cap = 0;

    do {
        struct selector s = {0};

        parse_blanks(p);
        if (!parse_selector(p, &s) || !add_selector(p, seg, &cap, &s))
            return false;
        parse_blanks(p);
    } while (parse_accept(p, ","));
    return parse_accept(p, "]") || parse_unexpected(p, "\",\" or \"]\"");
}

static bool is_name_first(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* member-name-shorthand or *, behind "." or "..". */
static bool parse_shorthand(struct parser *p, struct segment *seg)
{
    struct selector s = {.kind = SELECT_WILDCARD};
    const size_t start = p->at;
    size_t cap = 0;

    if (!parse_accept(p, "*")) {
        if (!is_name_first(parse_peek(p, 0)))
            return !parse_foreign(p, PLACE_NAME) &&
                   parse_unexpected(p, "a name or *; other names are written ['...']");
        while (is_name_first(parse_peek(p, 0)) || is_digit(parse_peek(p, 0)))
            p->at++;
        s.kind = SELECT_NAME;
        s.name = arena_str(&p->query->arena, str_slice(p->text, start, p->at));
        if (parse_peek(p, 0) == '-')
            return parse_fail(p, p->at, "a name with \"-\" is written in brackets: ['...-...']");
        if (parse_peek(p, 0) == '(')
            return parse_fail(p, start,
                              "functions stand in filters only: [?length(@.a) > 1]; smokegate has "
                              "\"length\" and \"count\" matchers");
    }
    return add_selector(p, seg, &cap, &s);
}

static bool parse_segment(struct parser *p, struct segment *seg)
{
    if (parse_accept(p, "[")) /* first: most are */
        return parse_bracketed(p, seg);
    if (parse_accept(p, "..")) {
        seg->descendant = true;
        return parse_accept(p, "[") ? parse_bracketed(p, seg) : parse_shorthand(p, seg);
    }
    p->at++;
    if (parse_peek(p, 0) == '[')
        return parse_fail(p, p->at - 1, "no \".\" stands before \"[\"");
    return parse_shorthand(p, seg);
}

static bool is_singular(const struct segment *seg)
{
    return !seg->descendant && seg->count == 1 &&
           (seg->selectors[0].kind == SELECT_NAME || seg->selectors[0].kind == SELECT_INDEX);
}

/* segments = *(S segment): blanks only count when a segment follows. */
bool parse_segments(struct parser *p, struct query *q)
{
    struct segment segments[64], *more = NULL;
    size_t cap = 0;

    q->singular = true;
    for (;;) {
        const size_t before = p->at;
        struct segment seg = {0};

        parse_blanks(p);
        if (parse_peek(p, 0) != '.' && parse_peek(p, 0) != '[') {
            p->at = before;
            break;
        }
        if (!parse_segment(p, &seg)) {
            free(more);
            return false;
        }
        q->singular = q->singular && is_singular(&seg);
        if (q->count == ARRAY_LEN(segments) || q->count == cap) {
            if (q->count >= ARRAY_LEN(segments)) {
                const bool first = !more;

                cap = q->count * 2;
                more = mem_grow(more, cap, sizeof(*more));
                if (first)
                    memcpy(more, segments, sizeof(segments));
            }
        }
        if (more)
            more[q->count++] = seg;
        else
            segments[q->count++] = seg;
    }
    q->segments = arena_array(&p->query->arena, q->count ? q->count : 1, sizeof(*q->segments));
    if (q->count)
        memcpy(q->segments, more ? more : segments, q->count * sizeof(*q->segments));
    free(more);
    return true;
}

static bool parse_document(struct parser *p)
{
    if (!parse_accept(p, "$"))
        return !parse_foreign(p, PLACE_START) && parse_unexpected(p, "\"$\"");
    if (!parse_segments(p, &p->query->query))
        return false;
    if (parse_at_end(p))
        return true;
    if (parse_foreign(p, PLACE_END))
        return false;
    return parse_unexpected(p, "\".\", \"[\" or the end");
}

int path_compile(struct path_query **ret, struct str text, size_t *ret_offset, struct err *err)
{
    struct err ignored = {0};
    struct parser p = {.query = mem_zalloc(sizeof(struct path_query)),
                       .text = text.data ? text : STR(""),
                       .err = err ? err : &ignored};

    if (text.len <= PATH_QUERY_MAX
            ? parse_document(&p)
            : parse_fail(&p, 0, "the query is longer than %d bytes", PATH_QUERY_MAX)) {
        *ret = p.query;
        return 0;
    }
    path_free(p.query);
    if (ret_offset)
        *ret_offset = p.fault_at;
    return -1;
}

void path_free(struct path_query *query)
{
    if (!query)
        return;
    for (size_t i = 0; i < query->doc_count; i++)
        json_doc_free(query->docs[i]);
    for (size_t i = 0; i < query->pattern_count; i++)
        pattern_free(query->patterns[i]);
    free(query->docs);
    free(query->patterns);
    json_decref(query->strings);
    arena_release(&query->arena);
    free(query);
}

void path_freep(struct path_query **query)
{
    path_free(*query);
}

bool path_is_singular(const struct path_query *query)
{
    return query->query.singular;
}
