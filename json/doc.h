/*
 * What the files of the reader share, and the flat form of a document: its values in pre-order, for
 * evaluators that go over whole documents (json/schema/) without a call a node.
 */
#ifndef JSON_DOC_H
#define JSON_DOC_H

#include <string.h>

#include "base/arena.h"
#include "json/reader.h"

enum json_span_flags {
    JSON_SPAN_ESCAPED = 1,    /* a string with escapes: its content is in `value` only */
    JSON_SPAN_REPLACED = 2,   /* a member that a later one of the same name replaces */
    JSON_SPAN_DUPLICATES = 4, /* an object with such members; its names end in NUL */
};

/* One a value, in pre-order. Offsets fit 32 bits: a text is at most JSON_TEXT_MAX. */
struct json_span {
    uint32_t start, end; /* first byte, first byte after */
    uint32_t key;        /* of a member: the quote that opens its key; 0 for others */
    uint32_t next;       /* pre-order number of what follows the whole value */
    json_t *value;       /* borrowed from the tree */
    const char *name;    /* of a member: its key without escapes; NULL for others */
    uint32_t name_len;
    uint8_t type;  /* enum json_type */
    uint8_t flags; /* enum json_span_flags */
};

/* Bytes that may be read behind any `name` and any string's content: what they hold means nothing.
 */
enum { JSON_TEXT_PADDING = 16 };

#define JSON_TEXT_MAX 0xfffffff0u

enum { JSON_POS_STRIDE = 1024 }; /* bytes counted at most for a column, however long the line is */

/* The spelling of a number that its json_t does not tell exactly. */
struct json_lexeme {
    const json_t *number;
    uint32_t start, len;
};

struct json_duplicate {
    uint32_t key;    /* offset of the second occurrence */
    struct str name; /* as in its span */
};

struct json_doc {
    char *name;
    void *block; /* the text, and behind it the first spans */
    size_t block_size;
    char *text; /* NUL-terminated */
    size_t len;
    json_t *root;
    struct json_span *spans; /* in the block until they outgrow it */
    uint32_t span_count, span_cap;
    struct json_lexeme *lexemes; /* open addressing by address, capacity a power of two */
    size_t lexeme_count, lexeme_cap;
    struct json_duplicate *duplicates;
    size_t duplicate_count, duplicate_cap;
    struct arena names; /* keys that have escapes */
    json_t *replaced;   /* array: keeps the values of first duplicates alive, so that addresses stay
                           unique */
    uint32_t *line_starts; /* made on first use */
    uint32_t line_count;
    uint32_t *code_points; /* made with it: how many stand before every JSON_POS_STRIDE-th byte */
};

/* Makes the block: a copy of the text and room for `spans`. */
void json_doc_hold(struct json_doc *doc, struct str text, uint32_t spans);

void json_doc_add_span_room(struct json_doc *doc); /* when span_count is span_cap */

void json_doc_add_lexeme(struct json_doc *doc, const json_t *number, size_t start, size_t len);

/*
 * The content of a string value, or of what looks like one (JSON_SPAN_ESCAPED not set). Inline:
 * evaluators ask for it all the time.
 */
static inline struct str json_span_text(const struct json_doc *doc, const struct json_span *s)
{
    if (s->flags & JSON_SPAN_ESCAPED)
        return (struct str){json_string_value(s->value), json_string_length(s->value)};
    return (struct str){doc->text + s->start + 1, s->end - s->start - 2};
}

/*
 * The first eight bytes of a name, zero-padded: with the length they tell nearly all names apart.
 * JSON_TEXT_PADDING readable bytes must follow.
 */
static inline uint64_t json_head(struct str name)
{
    uint64_t head;

    memcpy(&head, name.data, 8);
    if (name.len >= 8)
        return head;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return name.len ? head >> (64 - name.len * 8) : 0;
#else
    return head & (((uint64_t)1 << (name.len * 8)) - 1);
#endif
}

/* The position of any byte of the text. */
struct json_pos json_doc_pos(const struct json_doc *doc, size_t offset);

#endif
