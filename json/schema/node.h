/* The compiled form: private to json/schema/. */
#ifndef JSON_SCHEMA_NODE_H
#define JSON_SCHEMA_NODE_H

#include "json/pattern.h"
#include "json/schema/schema.h"

/* One keyword of one schema object. */
enum rule_kind {
    RULE_TYPE,
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
    RULE_MIN_ITEMS,
    RULE_MAX_ITEMS,
    RULE_UNIQUE_ITEMS,
    RULE_MIN_PROPERTIES,
    RULE_MAX_PROPERTIES,
    RULE_REQUIRED,
    RULE_DEPENDENT_REQUIRED,
    RULE_PREFIX_ITEMS,
    RULE_ITEMS,
    RULE_CONTAINS,
    RULE_PROPERTIES, /* with patternProperties and additionalProperties */
    RULE_PROPERTY_NAMES,
    RULE_DEPENDENT_SCHEMAS,
    RULE_REF,
    RULE_ALL_OF,
    RULE_ANY_OF,
    RULE_ONE_OF,
    RULE_NOT,
    RULE_IF,
};

struct member {
    struct str name;
    struct node *node;
};

struct pattern_member {
    struct pattern *pattern;
    struct node *node;
};

struct rule {
    enum rule_kind kind;
    const char *keyword;
    struct json_ref at; /* the keyword's value */
    unsigned types;     /* RULE_TYPE: a bit for each json_type, and TYPE_INTEGER */
    uint64_t number;    /* lengths and counts; RULE_ITEMS: the first index it is for */
    uint64_t most;      /* RULE_CONTAINS: maxContains */
    struct pattern *pattern;
    struct node *node;      /* items, contains, not, if, $ref, propertyNames */
    struct node **nodes;    /* allOf, anyOf, oneOf, prefixItems; then and else of if */
    struct member *members; /* properties, dependentSchemas */
    struct pattern_member *patterns;
    struct node *additional; /* NULL: not written */
    struct json_ref additional_at;
    size_t count, pattern_count;
};

enum { TYPE_INTEGER = 1u << 16 };

struct node {
    json_t *value;      /* the schema: an object, or a boolean */
    bool always, never; /* true and false */
    struct rule *rules; /* cheap ones first */
    size_t rule_count;
    struct json_ref at;
    struct node *next; /* all of a schema */
};

struct schema {
    struct arena arena;
    struct node *nodes;
    struct node *root;
    struct pattern_cache *patterns;
    struct json_ref document; /* the root of the document that local references start from */
};

#endif
