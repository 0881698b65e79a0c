/* The parser's parts: private to json/path/. */
#ifndef JSON_PATH_PARSE_H
#define JSON_PATH_PARSE_H

#include "json/path/program.h"

struct parser {
    struct path_query *query;
    struct str text;
    size_t at;
    unsigned nesting;
    size_t fault_at;
    struct err *err;
};

/* Where another dialect's spelling may stand. */
enum parse_place {
    PLACE_START,     /* of the query */
    PLACE_END,       /* behind its last segment */
    PLACE_NAME,      /* behind "." or ".." */
    PLACE_SELECTOR,  /* behind "[" or "," */
    PLACE_OPERAND,   /* of a filter */
    PLACE_OPERATOR,  /* behind an operand */
    PLACE_CONDITION, /* behind a whole condition */
};

/* The byte `ahead` of the current one; 0 behind the end (and for a NUL: see parse_at_end). */
char parse_peek(const struct parser *p, size_t ahead);
bool parse_at_end(const struct parser *p);
void parse_blanks(struct parser *p);
bool parse_accept(struct parser *p, const char *word);

/* Set the error, with its place. Return false. */
bool parse_fail(struct parser *p, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool parse_unexpected(struct parser *p, const char *expected);

/* Is a spelling here that only other dialects have? Then the error says how RFC 9535 spells it. */
bool parse_foreign(struct parser *p, enum parse_place place);

bool parse_segments(struct parser *p, struct query *q);
bool parse_string(struct parser *p, struct str *ret);
bool parse_filter(struct parser *p, struct expr **ret);

#endif
