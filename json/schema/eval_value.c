#include "json/schema/eval.h"

#include "json/equal.h"
#include "json/number.h"

/* A string with escapes lies in its json_t, whose end is the end: it may not be read further. */
static bool is_one_of(const struct eval *e, const struct rule *r, const struct json_span *v)
{
    const struct str text = json_span_text(e->doc, v);

    if (!(v->flags & JSON_SPAN_ESCAPED))
        return lookup_find(r->u.texts, text);
    for (uint32_t i = 0; i < r->count; i++)
        if (str_eq(r->u.texts->keys[i].name, text))
            return true;
    return false;
}

/* Among strings and others. A `const` here is no string. */
static bool is_among(const struct rule *r, struct str text)
{
    const struct json_doc *doc = r->owner->document->doc;
    const struct json_span *s = doc->spans;

    for (uint32_t i = r->at + 1; r->kind == RULE_ENUM && i < s[r->at].next; i = s[i].next)
        if (s[i].type == JSON_STRING && str_eq(json_span_text(doc, &s[i]), text))
            return true;
    return false;
}

bool eval_value(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const struct json_doc *doc = r->owner->document->doc;
    const struct json_span *s = doc->spans;
    uint64_t work = 0;
    bool good = false;

    if (r->count) /* strings only */
        good = v->type == JSON_STRING && is_one_of(e, r, v);
    else if (v->type == JSON_STRING) /* may be a name, that no json_t stands for */
        good = is_among(r, json_span_text(e->doc, v));
    else if (r->kind == RULE_CONST)
        good = json_equal_counted(e->doc, v->value, doc, s[r->at].value, &work);
    else
        for (uint32_t i = r->at + 1; i < s[r->at].next && !good; i = s[i].next)
            good = json_equal_counted(e->doc, v->value, doc, s[i].value, &work);
    if (work > 1 && !eval_spend(e, r, v, work))
        return false;
    return good || explain_value(e, r, v, r->kind == RULE_CONST ? "" : "one of");
}

/* Less than 0, 0, more than 0 as the instance is less than, equal to, more than the bound. */
static int compare(const struct eval *e, const struct rule *r, const struct json_span *v)
{
    if (r->by_int && v->type == JSON_INTEGER) {
        const int64_t n = json_integer_value(v->value);

        return (n > r->u.bound.integer) - (n < r->u.bound.integer);
    }
    if (r->by_double && v->type == JSON_REAL && !e->doc->lexeme_count) {
        const double n = json_real_value(v->value);

        return (n > r->u.bound.real) - (n < r->u.bound.real);
    }
    return number_compare(e->doc, v->value, r->owner->document->doc,
                          r->owner->document->doc->spans[r->at].value);
}

/* Numbers of many digits: comparing goes over them, dividing by them over the product. */
static bool spend_digits(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const struct json_doc *doc = r->owner->document->doc;
    const uint64_t own = json_doc_lexeme(doc, doc->spans[r->at].value).len;
    const uint64_t theirs = json_doc_lexeme(e->doc, v->value).len;

    if (r->kind == RULE_MULTIPLE_OF && own > NUMBER_SHORT_DIVISOR)
        return eval_spend(e, r, v, (theirs + 4 * own) * own / 4);
    return own + theirs < 64 || eval_spend(e, r, v, (own + theirs) / 16);
}

bool eval_number(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const struct json_doc *doc = r->owner->document->doc;

    if ((e->doc->lexeme_count || doc->lexeme_count) && !spend_digits(e, r, v))
        return false;
    switch (r->kind) {
    case RULE_MINIMUM:
        return compare(e, r, v) >= 0 || explain_value(e, r, v, "at least");
    case RULE_MAXIMUM:
        return compare(e, r, v) <= 0 || explain_value(e, r, v, "at most");
    case RULE_EXCLUSIVE_MINIMUM:
        return compare(e, r, v) > 0 || explain_value(e, r, v, "more than");
    case RULE_EXCLUSIVE_MAXIMUM:
        return compare(e, r, v) < 0 || explain_value(e, r, v, "less than");
    default:
        return number_is_multiple(e->doc, v->value, doc, doc->spans[r->at].value) ||
               explain_value(e, r, v, "a multiple of");
    }
}

/* JSON Schema counts characters as code points (RFC 8259), not bytes. */
static uint64_t code_points(struct str s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.data[i] & 0xc0) != 0x80;
    return n;
}

bool eval_pattern(struct eval *e, const struct rule *rule, uint32_t at, const struct regex *regex,
                  const struct json_span *v, struct str subject)
{
    const enum simple_result simple =
        regex->simple ? simple_match(regex->simple, subject) : SIMPLE_ASK;
    enum pattern_result result;

    if (simple != SIMPLE_ASK)
        return simple == SIMPLE_MATCH;
    result = pattern_match_within(regex->pattern, subject, &e->pattern_work);
    if (result == PATTERN_GAVE_UP)
        return eval_give_up(e, rule->owner, at, v,
                            "the pattern gave up: it needs too many steps on this text");
    return result == PATTERN_MATCH;
}

static bool check_length(struct eval *e, const struct rule *r, const struct json_span *v,
                         struct str text)
{
    const bool least = r->kind == RULE_MIN_LENGTH;
    uint64_t n;

    /* between a quarter of the bytes and all of them */
    if (least ? text.len / 4 >= r->u.number : text.len <= r->u.number)
        return true;
    if (!eval_spend(e, r, v, text.len / 64))
        return false;
    n = code_points(text);
    if (least ? n >= r->u.number : n <= r->u.number)
        return true;
    return explain_fault(e, r, v, "%s %llu character%s, found %llu", least ? "at least" : "at most",
                         (unsigned long long)r->u.number, r->u.number == 1 ? "" : "s",
                         (unsigned long long)n);
}

bool eval_string(struct eval *e, const struct rule *r, const struct json_span *v)
{
    const struct str text = json_span_text(e->doc, v);

    switch (r->kind) {
    case RULE_PATTERN:
        return eval_pattern(e, r, r->at, &r->u.regex, v, text) || explain_value(e, r, v, "pattern");
    case RULE_FORMAT:
        if (!eval_spend(e, r, v, text.len / 8))
            return false;
        return r->u.format->check(text) || explain_value(e, r, v, "format");
    default:
        return check_length(e, r, v, text);
    }
}
