/* What the files of the reader share; nobody else includes it. */
#ifndef JSON_DOC_H
#define JSON_DOC_H

#include "json/reader.h"

/* One a value, in pre-order. Offsets fit 32 bits: a text is at most JSON_TEXT_MAX. */
struct json_span {
    uint32_t start, end; /* first byte, first byte after */
    uint32_t key;        /* of a member: the quote that opens its key; 0 for others */
    uint32_t next;       /* pre-order number of what follows the whole value */
};

#define JSON_TEXT_MAX 0xfffffff0u

/* The spelling of a number that its json_t does not tell exactly. */
struct json_lexeme {
    const json_t *number;
    uint32_t start, len;
};

struct json_duplicate {
    uint32_t key;    /* offset of the second occurrence */
    struct str name; /* in `names` */
};

struct json_doc {
    char *name;
    char *text; /* NUL-terminated */
    size_t len;
    json_t *root;
    struct json_span *spans;
    uint32_t span_count, span_cap;
    struct json_lexeme *lexemes; /* open addressing by address, capacity a power of two */
    size_t lexeme_count, lexeme_cap;
    struct json_duplicate *duplicates;
    size_t duplicate_count;
    json_t *replaced; /* array: keeps the values of first duplicates alive, so that addresses stay
                         unique */
    uint32_t *line_starts; /* made on first use */
    uint32_t line_count;
};

void json_doc_add_lexeme(struct json_doc *doc, const json_t *number, size_t start, size_t len);

/* The position of any byte of the text. */
struct json_pos json_doc_pos(const struct json_doc *doc, size_t offset);

#endif
