#include "json/path/select.h"

#include <string.h>

#include "json/equal.h"
#include "json/number.h"

/* RFC 9535's ValueType: a JSON value, a number counted here, or Nothing (kind 0). */
struct operand {
    enum { NOTHING, JSON, COUNT } kind;
    json_t *value;
    const struct json_doc *doc;
    json_int_t count;
};

static struct operand evaluate(struct selection *s, const struct expr *e, json_t *current);

static json_t *start_of(const struct selection *s, const struct query *q, json_t *current)
{
    return q->relative ? current : s->root;
}

static struct operand json_operand(json_t *value, const struct json_doc *doc)
{
    return value ? (struct operand){JSON, value, doc, 0} : (struct operand){NOTHING};
}

/* length(): code points, elements or members; Nothing for the rest (2.4.4). */
static struct operand length_of(struct selection *s, struct operand o)
{
    json_int_t n = 0;

    if (o.kind != JSON)
        return (struct operand){NOTHING};
    if (json_is_array(o.value))
        n = (json_int_t)json_array_size(o.value);
    else if (json_is_object(o.value))
        n = (json_int_t)json_object_size(o.value);
    else if (!json_is_string(o.value) || !select_spend(s, json_string_length(o.value) / 64))
        return (struct operand){NOTHING};
    else
        for (size_t i = 0; i < json_string_length(o.value); i++)
            n += ((unsigned char)json_string_value(o.value)[i] & 0xc0) != 0x80;
    return (struct operand){.kind = COUNT, .count = n};
}

/* count() and value() (2.4.5, 2.4.8). */
static struct operand of_nodes(struct selection *s, const struct expr *e, json_t *current)
{
    const struct query *q = &e->left->query;
    const struct path_nodes *nodes;

    if (e->kind == EXPR_VALUE && q->singular)
        return json_operand(select_singular(q, start_of(s, q, current)), s->doc);
    nodes = select_inner(s, q, start_of(s, q, current));
    if (e->kind == EXPR_COUNT)
        return (struct operand){.kind = COUNT, .count = (json_int_t)nodes->count};
    return nodes->count == 1 ? json_operand(nodes->items[0].value, s->doc)
                             : (struct operand){NOTHING};
}

static struct operand evaluate(struct selection *s, const struct expr *e, json_t *current)
{
    switch (e->kind) {
    case EXPR_LITERAL:
        return json_operand(e->literal, e->doc);
    case EXPR_QUERY:
        return json_operand(select_singular(&e->query, start_of(s, &e->query, current)), s->doc);
    case EXPR_LENGTH:
        return length_of(s, evaluate(s, e->left, current));
    case EXPR_COUNT:
    case EXPR_VALUE:
        return of_nodes(s, e, current);
    case EXPR_OR:
    case EXPR_AND:
    case EXPR_NOT:
    case EXPR_COMPARE:
    case EXPR_MATCH:
    case EXPR_SEARCH:
        break; /* no values: the parser does not let them come here */
    }
    return (struct operand){NOTHING};
}

static bool is_number(struct operand o)
{
    return o.kind == COUNT || (o.kind == JSON && json_is_number(o.value));
}

static int compare_numbers(struct operand a, struct operand b)
{
    if (a.kind == COUNT)
        return b.kind == COUNT ? (a.count > b.count) - (a.count < b.count)
                               : -number_compare_integer(b.doc, b.value, a.count);
    return b.kind == COUNT ? number_compare_integer(a.doc, a.value, b.count)
                           : number_compare(a.doc, a.value, b.doc, b.value);
}

/* A number's digits may be many, on either side. */
static size_t cost_of(struct operand o)
{
    return o.kind == JSON ? json_doc_lexeme(o.doc, o.value).len / 16 : 0;
}

static bool equal(struct selection *s, struct operand a, struct operand b)
{
    uint64_t work = 0;
    bool same;

    if (a.kind == NOTHING || b.kind == NOTHING)
        return a.kind == b.kind;
    if (is_number(a) && is_number(b))
        return select_spend(s, cost_of(a) + cost_of(b)) && compare_numbers(a, b) == 0;
    if (a.kind != JSON || b.kind != JSON)
        return false;
    same = json_equal_counted(a.doc, a.value, b.doc, b.value, &work);
    return select_spend(s, work - 1) && same; /* the value itself has been counted */
}

/* Only numbers and strings have an order; strings by code point, which UTF-8 keeps (2.3.5.2.2). */
static bool less(struct selection *s, struct operand a, struct operand b)
{
    if (is_number(a) && is_number(b))
        return select_spend(s, cost_of(a) + cost_of(b)) && compare_numbers(a, b) < 0;
    if (a.kind != JSON || b.kind != JSON || !json_is_string(a.value) || !json_is_string(b.value))
        return false;
    if (!select_spend(s, json_string_length(a.value) / 64))
        return false;
    return str_cmp((struct str){json_string_value(a.value), json_string_length(a.value)},
                   (struct str){json_string_value(b.value), json_string_length(b.value)}) < 0;
}

static bool compare(struct selection *s, enum compare how, struct operand a, struct operand b)
{
    switch (how) {
    case EQUAL:
        return equal(s, a, b);
    case NOT_EQUAL:
        return !equal(s, a, b);
    case LESS:
        return less(s, a, b);
    case LESS_EQUAL:
        return less(s, a, b) || equal(s, a, b);
    case GREATER:
        return less(s, b, a);
    case GREATER_EQUAL:
        return less(s, b, a) || equal(s, a, b);
    }
    return false;
}

static bool match(struct selection *s, struct pattern *p, const json_t *subject)
{
    const struct str text = {json_string_value(subject), json_string_length(subject)};
    const enum pattern_result r = pattern_match_within(p, text, &s->work);

    if (r == PATTERN_GAVE_UP)
        s->error = "a regular expression gave up: it needs too many steps on this text";
    return r == PATTERN_MATCH;
}

/* Of a pattern that stands in the document; NULL: it is none. The last one is kept: it is often the
 * same for all. */
static struct pattern *computed(struct selection *s, const struct expr *e, json_t *current)
{
    const struct operand o = evaluate(s, e->right, current);
    struct str source;

    if (o.kind != JSON || !json_is_string(o.value))
        return NULL;
    if (s->computed_from == o.value && s->computed_for == e)
        return s->computed;
    source = (struct str){json_string_value(o.value), json_string_length(o.value)};
    pattern_free(s->computed);
    s->computed = NULL;
    s->computed_from = o.value;
    s->computed_for = e;
    s->work -= 12000 + 64 * (int64_t)source.len; /* what compiling takes, in steps of matching */
    if (pattern_compile(&s->computed, source, PATTERN_IREGEXP,
                        e->kind == EXPR_MATCH ? PATTERN_FULL : 0, NULL, NULL) < 0)
        return NULL;
    return s->computed;
}

static bool matches(struct selection *s, const struct expr *e, json_t *current)
{
    const struct operand subject = evaluate(s, e->left, current);
    struct pattern *p = e->pattern;

    if (subject.kind != JSON || !json_is_string(subject.value) || e->pattern_is_wrong)
        return false;
    if (!p)
        p = computed(s, e, current);
    return p && match(s, p, subject.value);
}

static bool exists(struct selection *s, const struct query *q, json_t *current)
{
    if (q->singular)
        return select_singular(q, start_of(s, q, current)) != NULL;
    return select_inner(s, q, start_of(s, q, current))->count > 0;
}

bool filter_holds(struct selection *s, const struct expr *e, json_t *current)
{
    for (; e->kind == EXPR_OR || e->kind == EXPR_AND; e = e->right)
        if (!select_spend(s, 1) || filter_holds(s, e->left, current) == (e->kind == EXPR_OR))
            return e->kind == EXPR_OR && !s->error;
    if (s->error)
        return false;
    switch (e->kind) {
    case EXPR_OR:
    case EXPR_AND:
        break; /* above */
    case EXPR_NOT:
        return !filter_holds(s, e->left, current);
    case EXPR_COMPARE:
        return compare(s, e->compare, evaluate(s, e->left, current),
                       evaluate(s, e->right, current));
    case EXPR_QUERY:
        return exists(s, &e->query, current);
    case EXPR_MATCH:
    case EXPR_SEARCH:
        return matches(s, e, current);
    case EXPR_LITERAL:
    case EXPR_LENGTH:
    case EXPR_COUNT:
    case EXPR_VALUE:
        break; /* no conditions: the parser does not let them come here */
    }
    return false;
}
