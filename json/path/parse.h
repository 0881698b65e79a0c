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

/* The byte `ahead` of the current one; 0 behind the end (and for a NUL: see parse_at_end). */
char parse_peek(const struct parser *p, size_t ahead);
bool parse_at_end(const struct parser *p);
void parse_blanks(struct parser *p);
bool parse_accept(struct parser *p, const char *word);

/* Set the error, with its place. Return false. */
bool parse_fail(struct parser *p, size_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool parse_unexpected(struct parser *p, const char *expected);

bool parse_segments(struct parser *p, struct query *q);
bool parse_string(struct parser *p, struct str *ret);
bool parse_filter(struct parser *p, struct expr **ret);

#endif
