/* The compiled form: private to json/path/. */
#ifndef JSON_PATH_PROGRAM_H
#define JSON_PATH_PROGRAM_H

#include "base/arena.h"
#include "json/path/path.h"
#include "json/pattern.h"

enum selector_kind { SELECT_NAME, SELECT_INDEX, SELECT_WILDCARD, SELECT_SLICE, SELECT_FILTER };

struct selector {
    enum selector_kind kind;
    struct str name;
    int64_t index;     /* SELECT_INDEX; the start of a slice */
    int64_t end, step; /* of a slice */
    bool has_start, has_end;
    struct expr *filter;
};

struct segment {
    bool descendant;
    struct selector *selectors;
    size_t count;
};

/* $... or, in a filter, @... */
struct query {
    bool relative;
    bool singular;
    struct segment *segments;
    size_t count;
};

enum expr_kind {
    EXPR_OR,
    EXPR_AND,
    EXPR_NOT,
    EXPR_COMPARE,
    EXPR_QUERY,
    EXPR_LITERAL,
    EXPR_LENGTH,
    EXPR_COUNT,
    EXPR_VALUE,
    EXPR_MATCH,
    EXPR_SEARCH,
};

enum compare { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL };

struct expr {
    enum expr_kind kind;
    enum compare compare;
    struct expr *left, *right; /* operands, arguments */
    struct query query;
    json_t *literal;
    const struct json_doc *doc; /* of a number literal, for its exact value */
    struct pattern *pattern;    /* of match() and search() when it is a literal */
    bool pattern_is_wrong;      /* a literal that is no I-Regexp: never matches */
    size_t at;                  /* in the query, for messages */
};

struct path_query {
    struct arena arena;
    struct query query;
    struct json_doc **docs; /* of number literals */
    size_t doc_count;
    struct pattern **patterns;
    size_t pattern_count;
    json_t *strings; /* array: owns the string and word literals */
};

#endif
