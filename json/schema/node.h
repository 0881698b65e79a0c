/*
 * The compiled form: a graph of nodes, one a schema, each with its rules in the order they are
 * cheap. A rule that is for one type of instance stands in that type's group, so that others never
 * look at it. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_NODE_H
#define JSON_SCHEMA_NODE_H

#include "json/pattern.h"
#include "json/schema/format.h"
#include "json/schema/frame.h"
#include "json/schema/lookup.h"
#include "json/schema/simple.h"

enum rule_kind {
    RULE_CONST,
    RULE_ENUM,
    RULE_MINIMUM,
    RULE_MAXIMUM,
    RULE_EXCLUSIVE_MINIMUM,
    RULE_EXCLUSIVE_MAXIMUM,
    RULE_MULTIPLE_OF,
    RULE_MIN_LENGTH,
    RULE_MAX_LENGTH,
    RULE_PATTERN,
    RULE_FORMAT,
    RULE_MIN_ITEMS,
    RULE_MAX_ITEMS,
    RULE_PREFIX_ITEMS, /* also the array form of items */
    RULE_ITEMS,        /* from `number` on; also additionalItems */
    RULE_CONTAINS,
    RULE_UNIQUE_ITEMS,
    RULE_MIN_PROPERTIES,
    RULE_MAX_PROPERTIES,
    RULE_OBJECT, /* properties, required, patternProperties, additionalProperties, propertyNames:
                    one loop over the members */
    RULE_DEPENDENT_REQUIRED,
    RULE_DEPENDENT_SCHEMA,
    RULE_REF,
    RULE_DYNAMIC_REF, /* also $recursiveRef */
    RULE_ALL_OF,
    RULE_ANY_OF,
    RULE_ONE_OF,
    RULE_NOT,
    RULE_IF,
    RULE_UNEVALUATED_ITEMS,
    RULE_UNEVALUATED_PROPERTIES,
};

/* Groups of rules, in the order they are carried out. */
enum rule_group {
    GROUP_VALUE, /* const, enum: any type */
    GROUP_NUMBER,
    GROUP_STRING,
    GROUP_ARRAY,
    GROUP_OBJECT,
    GROUP_IN_PLACE, /* other schemas for the same instance */
    GROUP_UNEVALUATED,
    GROUP_COUNT,
};

/* Bits beyond 1 << enum json_type: a number that has no fraction, or is written without one. */
enum { TYPE_INTEGRAL = 1u << 8, TYPE_WRITTEN_INTEGER = 1u << 9, TYPE_ALL = 0xff };

struct regex {
    struct pattern *pattern;
    const struct simple *simple; /* the same without an engine, or NULL */
};

struct pattern_member {
    struct regex regex;
    struct node *node;
    uint32_t at; /* the member of patternProperties */
};

/* What RULE_OBJECT looks for in one pass over an instance's members. */
struct object_rule {
    struct lookup keys; /* of properties and required; see struct lookup_key */
    size_t required_count;
    struct pattern_member *patterns;
    size_t pattern_count;
    struct node *additional; /* of every other member; NULL: anything */
    struct node *names;      /* propertyNames */
    uint32_t properties_at, required_at, additional_at,
        names_at;                   /* the keywords' values; 0: none */
    bool additional_is_unevaluated; /* unevaluatedProperties with nothing in place beside it */
};

struct rule {
    uint8_t kind;           /* enum rule_kind */
    uint8_t keyword;        /* enum keyword */
    uint8_t group;          /* enum rule_group */
    bool by_double, by_int; /* a bound that the number tells exactly */
    uint32_t at;            /* the keyword's value, in the node's document */
    struct node *owner;
    union {
        struct {
            double real;
            int64_t integer;
        } bound;
        struct {
            struct node *node;
            uint64_t number, most; /* of items: the first index; of contains: the least, the most */
        } items;
        struct {
            struct node **nodes; /* a NULL stands for "then" or "else" that is not there */
            size_t count;
        } many;
        struct {
            struct node *node;
            struct str name; /* dynamic: looked for in the resources entered so far */
            bool dynamic;
        } ref;
        struct {
            struct str key;
            struct node *node; /* of a dependent schema */
        } dependent;
        struct lookup *texts; /* of const and enum, when they are all strings: `count` */
        struct regex regex;
        const struct format *format;
        struct object_rule *object;
        uint64_t number; /* lengths and counts */
    } u;
    uint32_t count;
};

struct node {
    unsigned types;   /* what it is for: a bit each enum json_type, and the bits above */
    bool wants_marks; /* has unevaluated* */
    uint8_t visit;    /* when looking for circles */
    uint8_t leaf;     /* a bit each enum json_type: its rules look at nothing but the value */
    /* what concerns an instance of each enum json_type, cheap ones first, ended by NULL; NULL: the
     * type says it all */
    const struct rule **by_type[8];
    const struct node *alias; /* of nothing but a reference: where it leads, for the first pass */
    struct rule *rules;       /* all, by group */
    size_t rule_count;
    struct resource *resource;
    struct document *document;
    uint32_t at, type_at; /* the schema; its "type", 0: none */
    struct node *next;    /* all of a schema */
};

struct schema {
    struct arena arena;
    struct frames frames;
    struct schema_registry *own_registry; /* when the caller had none */
    struct pattern_cache *patterns;
    struct node *nodes, *root;
    bool has_dynamic; /* the resources entered must be remembered */
};

static inline struct json_ref node_ref(const struct node *n, uint32_t at)
{
    return document_ref(n->document, at);
}

#endif
