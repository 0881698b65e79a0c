/* What the files of the compiler share: private to json/schema/. */
#ifndef JSON_SCHEMA_COMPILE_H
#define JSON_SCHEMA_COMPILE_H

#include "json/schema/node.h"

struct compiler {
    struct schema *schema;
    struct frames *frames;
    bool format;         /* asserts wherever it stands */
    struct node **queue; /* found, not compiled yet */
    size_t queue_count, queue_cap;
};

/* One schema on its way to a node. */
struct building {
    struct compiler *c;
    struct node *node;
    const struct json_doc *doc;
    const struct dialect *dialect;
    uint32_t keywords[KEYWORD_COUNT]; /* the index of each keyword's value; 0: not there */
    struct rule *rules;
    size_t count, cap;
};

/* The node of the schema at a place, compiled now or later. */
struct node *compile_place(struct compiler *c, struct document *d, uint32_t index,
                           struct resource *owner);

/* The same for a value below the schema that is being built. */
struct node *compile_below(struct building *b, uint32_t index);

/* A new rule at a value; the pointer is valid until the next one. */
struct rule *add_rule(struct building *b, enum rule_group group, enum rule_kind kind,
                      enum keyword keyword, uint32_t at);

/* Adds a fault at a value of the schema that is being built. */
struct fault *complain(struct building *b, uint32_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Complains "\"minLength\" must be WHAT, found a string" unless `good`, which it returns. */
bool expect(struct building *b, uint32_t at, bool good, const char *what);

struct str text_at(const struct building *b, uint32_t at); /* of a string */

void compile_values(struct building *b); /* type const enum, numbers, strings */
void compile_arrays(struct building *b);
void compile_objects(struct building *b);
void compile_in_place(struct building *b); /* references and the like */

/* A pattern of the schema; `at` is its value, or with `is_key` the member it names. */
struct regex compile_regex(struct building *b, uint32_t at, bool is_key);

/* A whole number that is not negative. */
bool read_count(struct building *b, uint32_t at, uint64_t *ret);

/* Lets schemas that are nothing but a reference stand for what they lead to. */
void compile_aliases(struct schema *schema);

/* Finds schemas that lead back to themselves without going into the instance. */
void refuse_circles(struct compiler *c);

#endif
