/*
 * What the drafts have: their keywords in one table, vocabularies, and the dialect that a
 * "$schema" URI names. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_DIALECT_H
#define JSON_SCHEMA_DIALECT_H

#include "json/schema/schema.h"

/* From 2019-09 on a meta-schema chooses among these with "$vocabulary"; older drafts have all. */
enum vocabulary {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_META_DATA = 16,
    VOCABULARY_FORMAT = 32,
    VOCABULARY_FORMAT_ASSERTION = 64,
    VOCABULARY_CONTENT = 128,
    VOCABULARY_ALL = 255 - VOCABULARY_FORMAT_ASSERTION,
};

struct dialect {
    enum schema_draft draft;
    unsigned vocabularies;
    const char *uri; /* of the meta-schema, without a fragment */
};

/* What kind of value a keyword has, as far as there are schemas in it. */
enum keyword_shape {
    SHAPE_VALUE,
    SHAPE_SCHEMA,
    SHAPE_SCHEMA_OR_ARRAY, /* of schemas */
    SHAPE_ARRAY,           /* of schemas */
    SHAPE_MEMBERS,         /* an object of schemas */
    SHAPE_DEPENDENCIES,    /* an object of schemas or arrays of names */
};

/* name, identifier, first draft, last draft, vocabulary, shape. Sorted by name. */
#define KEYWORDS(K)                                                                                \
    K("$anchor", ANCHOR, 2019_09, 2020_12, CORE, VALUE)                                            \
    K("$defs", DEFS, 2019_09, 2020_12, CORE, MEMBERS)                                              \
    K("$dynamicAnchor", DYNAMIC_ANCHOR, 2020_12, 2020_12, CORE, VALUE)                             \
    K("$dynamicRef", DYNAMIC_REF, 2020_12, 2020_12, CORE, VALUE)                                   \
    K("$id", ID, 6, 2020_12, CORE, VALUE)                                                          \
    K("$recursiveAnchor", RECURSIVE_ANCHOR, 2019_09, 2019_09, CORE, VALUE)                         \
    K("$recursiveRef", RECURSIVE_REF, 2019_09, 2019_09, CORE, VALUE)                               \
    K("$ref", REF, 4, 2020_12, CORE, VALUE)                                                        \
    K("additionalItems", ADDITIONAL_ITEMS, 4, 2019_09, APPLICATOR, SCHEMA)                         \
    K("additionalProperties", ADDITIONAL_PROPERTIES, 4, 2020_12, APPLICATOR, SCHEMA)               \
    K("allOf", ALL_OF, 4, 2020_12, APPLICATOR, ARRAY)                                              \
    K("anyOf", ANY_OF, 4, 2020_12, APPLICATOR, ARRAY)                                              \
    K("const", CONST, 6, 2020_12, VALIDATION, VALUE)                                               \
    K("contains", CONTAINS, 6, 2020_12, APPLICATOR, SCHEMA)                                        \
    K("contentSchema", CONTENT_SCHEMA, 2019_09, 2020_12, CONTENT, SCHEMA)                          \
    K("definitions", DEFINITIONS, 4, 2020_12, CORE, MEMBERS)                                       \
    K("dependencies", DEPENDENCIES, 4, 2020_12, APPLICATOR, DEPENDENCIES)                          \
    K("dependentRequired", DEPENDENT_REQUIRED, 2019_09, 2020_12, VALIDATION, VALUE)                \
    K("dependentSchemas", DEPENDENT_SCHEMAS, 2019_09, 2020_12, APPLICATOR, MEMBERS)                \
    K("else", ELSE, 7, 2020_12, APPLICATOR, SCHEMA)                                                \
    K("enum", ENUM, 4, 2020_12, VALIDATION, VALUE)                                                 \
    K("exclusiveMaximum", EXCLUSIVE_MAXIMUM, 4, 2020_12, VALIDATION, VALUE)                        \
    K("exclusiveMinimum", EXCLUSIVE_MINIMUM, 4, 2020_12, VALIDATION, VALUE)                        \
    K("format", FORMAT, 4, 2020_12, FORMAT, VALUE)                                                 \
    K("id", OLD_ID, 4, 4, CORE, VALUE)                                                             \
    K("if", IF, 7, 2020_12, APPLICATOR, SCHEMA)                                                    \
    K("items", ITEMS, 4, 2020_12, APPLICATOR, SCHEMA_OR_ARRAY)                                     \
    K("maxContains", MAX_CONTAINS, 2019_09, 2020_12, VALIDATION, VALUE)                            \
    K("maxItems", MAX_ITEMS, 4, 2020_12, VALIDATION, VALUE)                                        \
    K("maxLength", MAX_LENGTH, 4, 2020_12, VALIDATION, VALUE)                                      \
    K("maxProperties", MAX_PROPERTIES, 4, 2020_12, VALIDATION, VALUE)                              \
    K("maximum", MAXIMUM, 4, 2020_12, VALIDATION, VALUE)                                           \
    K("minContains", MIN_CONTAINS, 2019_09, 2020_12, VALIDATION, VALUE)                            \
    K("minItems", MIN_ITEMS, 4, 2020_12, VALIDATION, VALUE)                                        \
    K("minLength", MIN_LENGTH, 4, 2020_12, VALIDATION, VALUE)                                      \
    K("minProperties", MIN_PROPERTIES, 4, 2020_12, VALIDATION, VALUE)                              \
    K("minimum", MINIMUM, 4, 2020_12, VALIDATION, VALUE)                                           \
    K("multipleOf", MULTIPLE_OF, 4, 2020_12, VALIDATION, VALUE)                                    \
    K("not", NOT, 4, 2020_12, APPLICATOR, SCHEMA)                                                  \
    K("oneOf", ONE_OF, 4, 2020_12, APPLICATOR, ARRAY)                                              \
    K("pattern", PATTERN, 4, 2020_12, VALIDATION, VALUE)                                           \
    K("patternProperties", PATTERN_PROPERTIES, 4, 2020_12, APPLICATOR, MEMBERS)                    \
    K("prefixItems", PREFIX_ITEMS, 2020_12, 2020_12, APPLICATOR, ARRAY)                            \
    K("properties", PROPERTIES, 4, 2020_12, APPLICATOR, MEMBERS)                                   \
    K("propertyNames", PROPERTY_NAMES, 6, 2020_12, APPLICATOR, SCHEMA)                             \
    K("required", REQUIRED, 4, 2020_12, VALIDATION, VALUE)                                         \
    K("then", THEN, 7, 2020_12, APPLICATOR, SCHEMA)                                                \
    K("type", TYPE, 4, 2020_12, VALIDATION, VALUE)                                                 \
    K("unevaluatedItems", UNEVALUATED_ITEMS, 2019_09, 2020_12, UNEVALUATED, SCHEMA)                \
    K("unevaluatedProperties", UNEVALUATED_PROPERTIES, 2019_09, 2020_12, UNEVALUATED, SCHEMA)      \
    K("uniqueItems", UNIQUE_ITEMS, 4, 2020_12, VALIDATION, VALUE)

enum keyword {
#define KEYWORD_ID(text, id, first, last, vocabulary, shape) KEYWORD_##id,
    KEYWORDS(KEYWORD_ID)
#undef KEYWORD_ID
        KEYWORD_COUNT,
};

struct keyword_info {
    const char *name;
    enum schema_draft first, last;
    unsigned vocabulary;
    enum keyword_shape shape;
};

extern const struct keyword_info keyword_table[KEYWORD_COUNT];

/* The keyword of that name in a dialect; KEYWORD_COUNT: it has none, the member is an annotation.
 */
enum keyword keyword_find(const struct dialect *dialect, struct str name);

/* A name of a schema as the nearest keyword of the dialect, or NULL: for "did you mean". */
const char *keyword_nearest(const struct dialect *dialect, struct str name);

/* One of the published dialects by the URI of its meta-schema (without a fragment), or NULL. */
const struct dialect *dialect_by_uri(struct str uri);
const struct dialect *dialect_of_draft(enum schema_draft draft);

/* The bit of a vocabulary URI; 0: unknown. */
unsigned vocabulary_by_uri(struct str uri);

#endif
