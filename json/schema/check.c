#include "json/schema/check.h"

#include "json/equal.h"
#include "json/number.h"

static struct str text_of(const json_t *string)
{
    return (struct str){json_string_value(string), json_string_length(string)};
}

/* JSON Schema counts characters as code points (RFC 8259), not bytes. */
static uint64_t code_points(struct str s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.data[i] & 0xc0) != 0x80;
    return n;
}

static bool pattern_ok(struct eval *e, struct pattern *p, struct str subject, bool *ret_match)
{
    const enum pattern_result r = pattern_match(p, subject);

    if (r == PATTERN_GAVE_UP)
        e->error = "a pattern gave up";
    *ret_match = r == PATTERN_MATCH;
    return r != PATTERN_GAVE_UP;
}

static bool has_type(const struct eval *e, const struct rule *r, const json_t *v)
{
    if (r->types & 1u << json_typeof(v))
        return true;
    return r->types & TYPE_INTEGER && json_is_number(v) && number_is_integer(e->doc, v);
}

static bool check_enum(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    const json_t *one;
    size_t i;

    json_array_foreach(r->at.value, i, one)
    {
        if (json_equal_exact(e->doc, v, r->at.doc, one))
            return true;
    }
    return explain_value(e, r, v, f, "one of");
}

static bool check_bound(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    int order;

    if (!json_is_number(v))
        return true;
    if (r->kind == RULE_MULTIPLE_OF)
        return number_is_multiple(e->doc, v, r->at.doc, r->at.value) ||
               explain_value(e, r, v, f, "a multiple of");
    order = number_compare(e->doc, v, r->at.doc, r->at.value);
    if (r->kind == RULE_MINIMUM)
        return order >= 0 || explain_value(e, r, v, f, "at least");
    if (r->kind == RULE_MAXIMUM)
        return order <= 0 || explain_value(e, r, v, f, "at most");
    if (r->kind == RULE_EXCLUSIVE_MINIMUM)
        return order > 0 || explain_value(e, r, v, f, "more than");
    return order < 0 || explain_value(e, r, v, f, "less than");
}

static bool check_count(struct eval *e, const struct rule *r, json_t *v, const struct frame *f,
                        uint64_t n, bool least, const char *what)
{
    if (least ? n >= r->number : n <= r->number)
        return true;
    return explain_fault(e, r, v, f, "%s %llu %s, found %llu", least ? "at least" : "at most",
                         (unsigned long long)r->number, what, (unsigned long long)n);
}

static bool check_length(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    return !json_is_string(v) || check_count(e, r, v, f, code_points(text_of(v)),
                                             r->kind == RULE_MIN_LENGTH, "characters");
}

static bool check_pattern(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    bool match;

    if (!json_is_string(v) || !pattern_ok(e, r->pattern, text_of(v), &match) || match)
        return true;
    return explain_value(e, r, v, f, "pattern");
}

static bool check_required(struct eval *e, const struct rule *r, const json_t *names, json_t *v,
                           const struct frame *f)
{
    const json_t *name;
    bool good = true;
    size_t i;

    json_array_foreach(names, i, name)
    {
        const struct str key = text_of(name);

        if (!json_object_getn(v, key.data, key.len))
            good = explain_missing(e, r, v, f, key);
        if (!good && !e->report)
            return false;
    }
    return good;
}

static bool check_dependent_required(struct eval *e, const struct rule *r, json_t *v,
                                     const struct frame *f)
{
    bool good = true;

    for (void *it = json_object_iter(r->at.value); it; it = json_object_iter_next(r->at.value, it))
        if (json_object_getn(v, json_object_iter_key(it), json_object_iter_key_len(it)))
            good = check_required(e, r, json_object_iter_value(it), v, f) && good;
    return good;
}

static bool check_unique(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    const size_t n = json_array_size(v);

    if (!json_is_array(v) || !json_is_true(r->at.value))
        return true;
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (json_equal_exact(e->doc, json_array_get(v, i), e->doc, json_array_get(v, k)))
                return explain_fault(e, r, v, f, "unique items, but %zu and %zu are equal", k, i);
    return true;
}

/* ---- applicators ---- */

static bool check_elements(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    const size_t n = json_array_size(v);
    const size_t from = r->kind == RULE_ITEMS ? (size_t)r->number : 0;
    const size_t to = r->kind == RULE_ITEMS || n < r->count ? n : r->count;
    bool good = true;

    for (size_t i = from; json_is_array(v) && i < to && (good || e->report); i++) {
        const struct frame here = {f, {0}, i};

        good = check_node(e, r->kind == RULE_ITEMS ? r->node : r->nodes[i], json_array_get(v, i),
                          &here) &&
               good;
    }
    return good;
}

static bool quietly(struct eval *e, const struct node *node, json_t *v, const struct frame *f)
{
    struct schema_report *report = e->report;
    bool good;

    e->report = NULL;
    good = check_node(e, node, v, f);
    e->report = report;
    return good;
}

static bool check_contains(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    uint64_t found = 0;
    json_t *item;
    size_t i;

    if (!json_is_array(v))
        return true;
    json_array_foreach(v, i, item)
    {
        const struct frame here = {f, {0}, i};

        found += quietly(e, r->node, item, &here);
    }
    if (found >= r->number && found <= r->most)
        return true;
    return explain_fault(e, r, v, f, "%s %llu items that match, found %llu",
                         found < r->number ? "at least" : "at most",
                         (unsigned long long)(found < r->number ? r->number : r->most),
                         (unsigned long long)found);
}

static const struct node *find_member(const struct rule *r, struct str name)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->members[i].name, name))
            return r->members[i].node;
    return NULL;
}

static bool check_member(struct eval *e, const struct rule *r, json_t *v, const struct frame *here)
{
    const struct node *own = find_member(r, here->key);
    bool known = own != NULL, good = true, match;

    if (own)
        good = check_node(e, own, v, here);
    for (size_t i = 0; i < r->pattern_count; i++) {
        if (!pattern_ok(e, r->patterns[i].pattern, here->key, &match) || !match)
            continue;
        known = true;
        good = check_node(e, r->patterns[i].node, v, here) && good;
    }
    if (known || !r->additional || r->additional->always)
        return good;
    if (r->additional->never)
        return explain_unexpected(e, r, v, here);
    return check_node(e, r->additional, v, here) && good;
}

/* Over the instance's members, not the schema's: each is looked at once for all three keywords. */
static bool check_properties(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    bool good = true;

    if (!json_is_object(v))
        return true;
    for (void *it = json_object_iter(v); it && (good || e->report);
         it = json_object_iter_next(v, it)) {
        const struct frame here = {f, {json_object_iter_key(it), json_object_iter_key_len(it)}, 0};

        good = check_member(e, r, json_object_iter_value(it), &here) && good;
    }
    return good;
}

static bool check_property_names(struct eval *e, const struct rule *r, json_t *v,
                                 const struct frame *f)
{
    bool good = true;

    if (!json_is_object(v))
        return true;
    for (void *it = json_object_iter(v); it && good; it = json_object_iter_next(v, it)) {
        json_t *name = json_stringn_nocheck(json_object_iter_key(it), json_object_iter_key_len(it));

        if (!quietly(e, r->node, name, f))
            good = explain_fault(e, r, v, f, "names that match propertyNames, found \"%s\"",
                                 json_object_iter_key(it));
        json_decref(name);
    }
    return good;
}

static bool check_dependent_schemas(struct eval *e, const struct rule *r, json_t *v,
                                    const struct frame *f)
{
    bool good = true;

    for (size_t i = 0; json_is_object(v) && i < r->count; i++)
        if (json_object_getn(v, r->members[i].name.data, r->members[i].name.len))
            good = check_node(e, r->members[i].node, v, f) && good;
    return good;
}

static bool check_all(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    bool good = true;

    for (size_t i = 0; i < r->count && (good || e->report); i++)
        good = check_node(e, r->nodes[i], v, f) && good;
    return good;
}

static bool check_alternatives(struct eval *e, const struct rule *r, json_t *v,
                               const struct frame *f)
{
    size_t met = 0;

    for (size_t i = 0; i < r->count && met < (r->kind == RULE_ANY_OF ? 1 : 2); i++)
        met += quietly(e, r->nodes[i], v, f);
    if (met == 1)
        return true;
    if (met > 1)
        return explain_fault(e, r, v, f, "exactly one of %zu schemas to match, more did", r->count);
    return explain_branches(e, r, v, f);
}

static bool check_if(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    const struct node *then = quietly(e, r->node, v, f) ? r->nodes[0] : r->nodes[1];

    return !then || check_node(e, then, v, f);
}

static bool check_rule(struct eval *e, const struct rule *r, json_t *v, const struct frame *f)
{
    switch (r->kind) {
    case RULE_TYPE:
        return has_type(e, r, v) || explain_type(e, r, v, f);
    case RULE_CONST:
        return json_equal_exact(e->doc, v, r->at.doc, r->at.value) || explain_value(e, r, v, f, "");
    case RULE_ENUM:
        return check_enum(e, r, v, f);
    case RULE_MINIMUM:
    case RULE_MAXIMUM:
    case RULE_EXCLUSIVE_MINIMUM:
    case RULE_EXCLUSIVE_MAXIMUM:
    case RULE_MULTIPLE_OF:
        return check_bound(e, r, v, f);
    case RULE_MIN_LENGTH:
    case RULE_MAX_LENGTH:
        return check_length(e, r, v, f);
    case RULE_PATTERN:
        return check_pattern(e, r, v, f);
    case RULE_MIN_ITEMS:
    case RULE_MAX_ITEMS:
        return !json_is_array(v) ||
               check_count(e, r, v, f, json_array_size(v), r->kind == RULE_MIN_ITEMS, "items");
    case RULE_MIN_PROPERTIES:
    case RULE_MAX_PROPERTIES:
        return !json_is_object(v) || check_count(e, r, v, f, json_object_size(v),
                                                 r->kind == RULE_MIN_PROPERTIES, "members");
    case RULE_UNIQUE_ITEMS:
        return check_unique(e, r, v, f);
    case RULE_REQUIRED:
        return !json_is_object(v) || check_required(e, r, r->at.value, v, f);
    case RULE_DEPENDENT_REQUIRED:
        return !json_is_object(v) || check_dependent_required(e, r, v, f);
    case RULE_PREFIX_ITEMS:
    case RULE_ITEMS:
        return check_elements(e, r, v, f);
    case RULE_CONTAINS:
        return check_contains(e, r, v, f);
    case RULE_PROPERTIES:
        return check_properties(e, r, v, f);
    case RULE_PROPERTY_NAMES:
        return check_property_names(e, r, v, f);
    case RULE_DEPENDENT_SCHEMAS:
        return check_dependent_schemas(e, r, v, f);
    case RULE_REF:
        return check_node(e, r->node, v, f);
    case RULE_ALL_OF:
        return check_all(e, r, v, f);
    case RULE_ANY_OF:
    case RULE_ONE_OF:
        return check_alternatives(e, r, v, f);
    case RULE_NOT:
        return !quietly(e, r->node, v, f) ||
               explain_fault(e, r, v, f, "not to match the schema of \"not\"");
    case RULE_IF:
        return check_if(e, r, v, f);
    }
    return true;
}

bool check_node(struct eval *e, const struct node *node, json_t *value, const struct frame *frame)
{
    bool good = true;

    if (node->always)
        return true;
    if (node->never)
        return explain_never(e, node, value, frame);
    if (++e->depth > SCHEMA_DEPTH_MAX) /* a reference that leads back without consuming anything */
        e->error = "schemas refer to each other deeper than 512 levels";
    for (size_t i = 0; i < node->rule_count && !e->error && (good || e->report); i++)
        good = check_rule(e, &node->rules[i], value, frame) && good;
    e->depth--;
    return good;
}

enum schema_verdict schema_check(const struct schema *schema, struct json_ref instance)
{
    struct eval e = {.root = instance, .doc = instance.doc};
    const bool good = check_node(&e, schema->root, instance.value, NULL);

    if (e.error)
        return SCHEMA_ERROR;
    return good ? SCHEMA_VALID : SCHEMA_INVALID;
}
