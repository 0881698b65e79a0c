#include "json/schema/compile.h"

#include <math.h>

#include "base/suggest.h"
#include "json/number.h"
#include "json/strict.h"

static const char *const type_names[] = {"object",  "array", "string", "number",
                                         "boolean", "null",  "integer"};

static unsigned type_bits(struct str name, const struct dialect *dialect)
{
    const unsigned integer =
        1u << JSON_INTEGER | (dialect->draft == SCHEMA_DRAFT_4 ? (unsigned)TYPE_WRITTEN_INTEGER
                                                               : (unsigned)TYPE_INTEGRAL);
    const unsigned bits[] = {1u << JSON_OBJECT,
                             1u << JSON_ARRAY,
                             1u << JSON_STRING,
                             1u << JSON_INTEGER | 1u << JSON_REAL,
                             1u << JSON_TRUE | 1u << JSON_FALSE,
                             1u << JSON_NULL,
                             integer};

    for (size_t i = 0; i < ARRAY_LEN(type_names); i++)
        if (str_eq_c(name, type_names[i]))
            return bits[i];
    return 0;
}

static unsigned read_type(struct building *b, uint32_t at)
{
    const bool is_text = b->doc->spans[at].type == JSON_STRING;
    const struct str name = is_text ? text_at(b, at) : (struct str){0};
    const unsigned bits = type_bits(name, b->dialect);
    const char *near;

    if (bits)
        return bits;
    near = is_text ? suggest_nearest(name, type_names, ARRAY_LEN(type_names)) : NULL;
    fault_hint(complain(b, at, "\"type\" has no such type"),
               near ? "did you mean \"%s\"?"
                    : "types are object array string number integer boolean null%s",
               near ? near : "");
    return 0;
}

static void compile_type(struct building *b, uint32_t at)
{
    const struct json_span *s = b->doc->spans;

    b->node->type_at = at;
    b->node->types = 0;
    if (s[at].type == JSON_STRING)
        b->node->types = read_type(b, at);
    else if (expect(b, at, s[at].type == JSON_ARRAY, "a string or an array of strings"))
        for (uint32_t i = at + 1; i < s[at].next; i = s[i].next)
            b->node->types |= read_type(b, i);
}

/* Strings only: found without looking at each. */
static void set_texts(struct building *b, struct rule *r, uint32_t first, uint32_t end)
{
    const struct json_span *s = b->doc->spans;
    struct arena *arena = &b->c->schema->arena;
    struct lookup_key *keys;
    uint32_t count = 0;

    for (uint32_t i = first; i < end; i = s[i].next, count++)
        if (s[i].type != JSON_STRING)
            return;
    keys = arena_array(arena, count ? count : 1, sizeof(*keys));
    for (uint32_t i = first; i < end; i = s[i].next)
        keys[r->count++].name = text_at(b, i);
    r->u.texts = arena_alloc(arena, sizeof(*r->u.texts));
    lookup_init(r->u.texts, arena, keys, count);
}

static void compile_constants(struct building *b)
{
    const struct json_span *s = b->doc->spans;
    const uint32_t constant = b->keywords[KEYWORD_CONST], choice = b->keywords[KEYWORD_ENUM];

    if (constant)
        set_texts(b, add_rule(b, GROUP_VALUE, RULE_CONST, KEYWORD_CONST, constant), constant,
                  constant + 1);
    if (choice && expect(b, choice, s[choice].type == JSON_ARRAY, "an array"))
        set_texts(b, add_rule(b, GROUP_VALUE, RULE_ENUM, KEYWORD_ENUM, choice), choice + 1,
                  s[choice].next);
}

static void compile_bound(struct building *b, enum keyword k, enum rule_kind kind)
{
    const uint32_t at = b->keywords[k];
    const struct json_span *s = &b->doc->spans[at];
    struct rule *r;

    if (!at || !expect(b, at, json_is_number(s->value), "a number"))
        return;
    r = add_rule(b, GROUP_NUMBER, kind, k, at);
    r->u.bound.real = json_number_value(s->value);
    r->by_int = s->type == JSON_INTEGER;
    if (r->by_int)
        r->u.bound.integer = json_integer_value(s->value);
    r->by_double = !json_doc_lexeme(b->doc, s->value).len && fabs(r->u.bound.real) < 0x1p53;
}

/* Draft 4 has the bound in `minimum` and says in `exclusiveMinimum` whether it is one itself. */
static void compile_old_bound(struct building *b, enum keyword k, enum rule_kind kind,
                              enum keyword exclusive, enum rule_kind exclusive_kind)
{
    const uint32_t at = b->keywords[exclusive];
    const struct json_span *s = &b->doc->spans[at];

    if (at && !expect(b, at, s->type == JSON_TRUE || s->type == JSON_FALSE, "true or false"))
        return;
    compile_bound(b, k, at && s->type == JSON_TRUE ? exclusive_kind : kind);
}

static void compile_numbers(struct building *b)
{
    const uint32_t multiple = b->keywords[KEYWORD_MULTIPLE_OF];
    const json_t *value = b->doc->spans[multiple].value;

    if (b->dialect->draft == SCHEMA_DRAFT_4) {
        compile_old_bound(b, KEYWORD_MINIMUM, RULE_MINIMUM, KEYWORD_EXCLUSIVE_MINIMUM,
                          RULE_EXCLUSIVE_MINIMUM);
        compile_old_bound(b, KEYWORD_MAXIMUM, RULE_MAXIMUM, KEYWORD_EXCLUSIVE_MAXIMUM,
                          RULE_EXCLUSIVE_MAXIMUM);
    } else {
        compile_bound(b, KEYWORD_MINIMUM, RULE_MINIMUM);
        compile_bound(b, KEYWORD_MAXIMUM, RULE_MAXIMUM);
        compile_bound(b, KEYWORD_EXCLUSIVE_MINIMUM, RULE_EXCLUSIVE_MINIMUM);
        compile_bound(b, KEYWORD_EXCLUSIVE_MAXIMUM, RULE_EXCLUSIVE_MAXIMUM);
    }
    compile_bound(b, KEYWORD_MULTIPLE_OF, RULE_MULTIPLE_OF);
    if (multiple && json_is_number(value)) {
        json_t *zero = json_integer(0);

        if (number_compare(b->doc, value, NULL, zero) <= 0)
            complain(b, multiple, "\"multipleOf\" must be greater than 0");
        json_decref(zero);
    }
}

bool read_count(struct building *b, uint32_t at, uint64_t *ret)
{
    const struct json_span *s = &b->doc->spans[at];
    const double v = json_number_value(s->value);

    if (!json_is_number(s->value) || v < 0 || !number_is_integer(b->doc, s->value)) {
        complain(b, at, "\"%.*s\" must be a whole number that is not negative",
                 STR_ARG(span_name(s)));
        return false;
    }
    *ret = v < 0x1p53 ? (uint64_t)v : UINT64_MAX; /* more than there can be, anyway */
    return true;
}

struct regex compile_regex(struct building *b, uint32_t at, bool is_key)
{
    const struct str source = is_key ? span_name(&b->doc->spans[at]) : text_at(b, at);
    const struct json_ref ref = node_ref(b->node, at);
    struct regex regex = {0};
    struct err err = {0};
    size_t offset = 0;

    regex.pattern =
        pattern_cache_get(b->c->schema->patterns, source, PATTERN_ECMA, 0, &offset, &err);
    if (regex.pattern) {
        regex.simple = simple_compile(&b->c->schema->arena, source);
        return regex;
    }
    b->c->frames->failed = true;
    json_fault(b->c->frames->faults, b->doc,
               is_key ? json_ref_key(ref) : json_ref_inside(ref, offset),
               "the pattern is wrong: %s", err.text);
    return regex;
}

static void compile_strings(struct building *b)
{
    static const struct {
        enum keyword keyword;
        enum rule_kind kind;
    } lengths[] = {{KEYWORD_MIN_LENGTH, RULE_MIN_LENGTH}, {KEYWORD_MAX_LENGTH, RULE_MAX_LENGTH}};
    const uint32_t pattern = b->keywords[KEYWORD_PATTERN], format = b->keywords[KEYWORD_FORMAT];
    const bool asserts = b->c->format || b->dialect->vocabularies & VOCABULARY_FORMAT_ASSERTION;
    uint64_t n;

    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        const uint32_t at = b->keywords[lengths[i].keyword];

        if (at && read_count(b, at, &n))
            add_rule(b, GROUP_STRING, lengths[i].kind, lengths[i].keyword, at)->u.number = n;
    }
    if (pattern && expect(b, pattern, b->doc->spans[pattern].type == JSON_STRING, "a string")) {
        const struct regex regex = compile_regex(b, pattern, false);

        add_rule(b, GROUP_STRING, RULE_PATTERN, KEYWORD_PATTERN, pattern)->u.regex = regex;
    }
    if (format && expect(b, format, b->doc->spans[format].type == JSON_STRING, "a string") &&
        asserts) {
        const struct format *f = format_find(text_at(b, format));

        if (f)
            add_rule(b, GROUP_STRING, RULE_FORMAT, KEYWORD_FORMAT, format)->u.format = f;
    }
}

void compile_values(struct building *b)
{
    if (b->keywords[KEYWORD_TYPE])
        compile_type(b, b->keywords[KEYWORD_TYPE]);
    compile_constants(b);
    compile_numbers(b);
    compile_strings(b);
}
