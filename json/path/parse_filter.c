#include "json/path/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"

/* What an expression gives (RFC 9535, 2.4.1). A query is nodes, and a value where it is singular.
 */
enum type { TYPE_LOGICAL, TYPE_VALUE, TYPE_NODES };

static const struct function {
    const char *name;
    enum expr_kind kind;
    enum type result;
    enum type arguments[2];
    size_t count;
} functions[] = {
    {"length", EXPR_LENGTH, TYPE_VALUE, {TYPE_VALUE}, 1},
    {"count", EXPR_COUNT, TYPE_VALUE, {TYPE_NODES}, 1},
    {"value", EXPR_VALUE, TYPE_VALUE, {TYPE_NODES}, 1},
    {"match", EXPR_MATCH, TYPE_LOGICAL, {TYPE_VALUE, TYPE_VALUE}, 2},
    {"search", EXPR_SEARCH, TYPE_LOGICAL, {TYPE_VALUE, TYPE_VALUE}, 2},
};

static bool parse_operand(struct parser *p, struct expr **ret);

static struct expr *new_expr(struct parser *p, enum expr_kind kind, size_t at)
{
    struct expr *e = arena_alloc(&p->query->arena, sizeof(*e));

    e->kind = kind;
    e->at = at;
    return e;
}

static bool is_value(const struct expr *e)
{
    switch (e->kind) {
    case EXPR_LITERAL:
    case EXPR_LENGTH:
    case EXPR_COUNT:
    case EXPR_VALUE:
        return true;
    case EXPR_QUERY:
        return e->query.singular;
    case EXPR_OR:
    case EXPR_AND:
    case EXPR_NOT:
    case EXPR_COMPARE:
    case EXPR_MATCH:
    case EXPR_SEARCH:
        return false;
    }
    return false;
}

static json_t *keep(struct parser *p, json_t *value)
{
    if (!p->query->strings)
        p->query->strings = json_array();
    json_array_append_new(p->query->strings, value);
    return value;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* number = (int / "-0") [ frac ] [ exp ]: what the reader of JSON takes, so that it reads it. */
static bool parse_number(struct parser *p, struct expr *e)
{
    const size_t start = p->at;
    struct json_doc *doc = NULL;
    struct err err = {0};

    while (parse_peek(p, 0) && strchr("+-0123456789.eE", parse_peek(p, 0)))
        p->at++;
    if (json_doc_parse(&doc, str_slice(p->text, start, p->at), "number", 0, &err) < 0)
        return parse_fail(p, start, "\"%.*s\" is no JSON number", (int)(p->at - start),
                          p->text.data + start);
    p->query->docs = mem_grow(p->query->docs, p->query->doc_count + 1, sizeof(struct json_doc *));
    p->query->docs[p->query->doc_count++] = doc;
    e->literal = json_doc_root(doc).value;
    e->doc = doc;
    return true;
}

static bool is_word_end(char c)
{
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
             c == '(');
}

static bool parse_literal(struct parser *p, struct expr **ret)
{
    static const struct {
        const char *word;
        json_t *(*make)(void);
    } words[] = {{"true", json_true}, {"false", json_false}, {"null", json_null}};
    const char c = parse_peek(p, 0);
    struct expr *e = new_expr(p, EXPR_LITERAL, p->at);
    struct str s;

    *ret = e;
    if (c == '\'' || c == '"') {
        if (!parse_string(p, &s))
            return false;
        e->literal = keep(p, json_stringn_nocheck(s.data, s.len));
        return true;
    }
    if (c == '-' || is_digit(c))
        return parse_number(p, e);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_starts(str_slice(p->text, p->at, p->text.len), str_c(words[i].word)) &&
            is_word_end(parse_peek(p, strlen(words[i].word)))) {
            p->at += strlen(words[i].word);
            e->literal = keep(p, words[i].make());
            return true;
        }
    return !parse_foreign(p, PLACE_OPERAND) &&
           parse_unexpected(p, "@, $, a literal, a function, ! or (");
}

static bool check_argument(struct parser *p, const struct function *f, size_t i,
                           const struct expr *e)
{
    if (f->arguments[i] == TYPE_NODES && e->kind != EXPR_QUERY)
        return parse_fail(p, e->at, "%s() takes a query such as @.a", f->name);
    if (f->arguments[i] == TYPE_VALUE && !is_value(e))
        return parse_fail(p, e->at,
                          "%s() takes a value: a literal, a query of names and indexes only, or a "
                          "function that gives a value",
                          f->name);
    return true;
}

/* A constant pattern is compiled now; one that is no I-Regexp never matches (RFC 9535, 2.4.6). */
static void prepare_pattern(struct parser *p, struct expr *e)
{
    struct path_query *q = p->query;
    const json_t *literal = e->right->literal;

    if (e->right->kind != EXPR_LITERAL)
        return;
    if (!json_is_string(literal) ||
        pattern_compile(
            &e->pattern, (struct str){json_string_value(literal), json_string_length(literal)},
            PATTERN_IREGEXP, e->kind == EXPR_MATCH ? PATTERN_FULL : 0, NULL, NULL) < 0) {
        e->pattern_is_wrong = true;
        return;
    }
    q->patterns = mem_grow(q->patterns, q->pattern_count + 1, sizeof(struct pattern *));
    q->patterns[q->pattern_count++] = e->pattern;
}

/*
 * No function of the RFC takes a condition, so that an argument is one operand and nothing more.
 */
static bool parse_arguments(struct parser *p, const struct function *f, struct expr *e)
{
    struct expr **places[] = {&e->left, &e->right};

    for (size_t i = 0; i < f->count; i++) {
        parse_blanks(p);
        if (i && !parse_accept(p, ","))
            return parse_fail(p, p->at, "%s() takes %zu arguments", f->name, f->count);
        parse_blanks(p);
        if (!parse_operand(p, places[i]) || !check_argument(p, f, i, *places[i]))
            return false;
    }
    parse_blanks(p);
    if (parse_peek(p, 0) == ',')
        return parse_fail(p, p->at, "%s() takes %zu argument%s", f->name, f->count,
                          f->count > 1 ? "s" : "");
    if (!parse_accept(p, ")"))
        return parse_unexpected(p, "\")\"");
    if (f->kind == EXPR_MATCH || f->kind == EXPR_SEARCH)
        prepare_pattern(p, e);
    return true;
}

/* Is a function's name with its parenthesis here? Its length, else 0. */
static size_t function_name(const struct parser *p)
{
    size_t n = 0;

    if (!(parse_peek(p, 0) >= 'a' && parse_peek(p, 0) <= 'z'))
        return 0;
    while ((parse_peek(p, n) >= 'a' && parse_peek(p, n) <= 'z') || is_digit(parse_peek(p, n)) ||
           parse_peek(p, n) == '_')
        n++;
    return parse_peek(p, n) == '(' ? n : 0;
}

static bool parse_function(struct parser *p, size_t len, struct expr **ret)
{
    const struct str name = str_slice(p->text, p->at, p->at + len);
    const char *names[ARRAY_LEN(functions)];
    const char *near;

    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        names[i] = functions[i].name;
        if (!str_eq_c(name, functions[i].name))
            continue;
        *ret = new_expr(p, functions[i].kind, p->at);
        p->at += len + 1;
        return parse_arguments(p, &functions[i], *ret);
    }
    near = suggest_nearest(name, names, ARRAY_LEN(names));
    return parse_fail(p, p->at, "there is no function %.*s()%s%s%s", STR_ARG(name),
                      near ? ", did you mean " : "; there are length count value match search",
                      near ? near : "", near ? "()?" : "");
}

static bool parse_operand(struct parser *p, struct expr **ret)
{
    const char c = parse_peek(p, 0);
    const size_t function = function_name(p);

    if (c == '@' || c == '$') {
        *ret = new_expr(p, EXPR_QUERY, p->at++);
        (*ret)->query.relative = c == '@';
        return parse_segments(p, &(*ret)->query);
    }
    return function ? parse_function(p, function, ret) : parse_literal(p, ret);
}

static bool parse_operator(struct parser *p, enum compare *ret)
{
    static const struct {
        const char *text;
        enum compare compare;
    } operators[] = {{"==", EQUAL},         {"!=", NOT_EQUAL}, {"<=", LESS_EQUAL},
                     {">=", GREATER_EQUAL}, {"<", LESS},       {">", GREATER}};

    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (parse_accept(p, operators[i].text)) {
            *ret = operators[i].compare;
            return true;
        }
    return false;
}

static bool check_comparable(struct parser *p, const struct expr *e)
{
    if (is_value(e))
        return true;
    if (e->kind == EXPR_QUERY)
        return parse_fail(
            p, e->at,
            "only a query of names and indexes is compared; this one may give several nodes");
    return parse_fail(p, e->at,
                      "match() and search() are true or false by themselves: nothing to compare");
}

static bool parse_comparison(struct parser *p, struct expr *left, enum compare compare,
                             struct expr **ret)
{
    struct expr *e = new_expr(p, EXPR_COMPARE, left->at);

    *ret = e;
    e->left = left;
    e->compare = compare;
    parse_blanks(p);
    return parse_operand(p, &e->right) && check_comparable(p, e->left) &&
           check_comparable(p, e->right);
}

/* "===" begins as "==" does, so that it is looked for first; "&&" does not end as "&" does. */
static bool is_foreign_operator(struct parser *p)
{
    const struct str rest = str_slice(p->text, p->at, p->text.len);

    if (str_starts(rest, STR("==")) && !str_starts(rest, STR("===")))
        return false;
    return !str_starts(rest, STR("&&")) && !str_starts(rest, STR("||")) &&
           parse_foreign(p, PLACE_OPERATOR);
}

/* comparison-expr or test-expr. */
static bool parse_test(struct parser *p, struct expr **ret)
{
    enum compare compare;
    size_t after;

    if (!parse_operand(p, ret))
        return false;
    after = p->at;
    parse_blanks(p);
    if (is_foreign_operator(p))
        return false;
    if (parse_operator(p, &compare))
        return parse_comparison(p, *ret, compare, ret);
    p->at = after;
    if ((*ret)->kind == EXPR_QUERY || !is_value(*ret))
        return true;
    return parse_fail(p, (*ret)->at,
                      (*ret)->kind == EXPR_LITERAL
                          ? "a literal alone is no condition"
                          : "this function gives a value: compare it with something");
}

static bool parse_parenthesis(struct parser *p, struct expr **ret)
{
    parse_blanks(p);
    if (!parse_filter(p, ret))
        return false;
    parse_blanks(p);
    return parse_accept(p, ")") || parse_unexpected(p, "\")\"");
}

static bool parse_basic(struct parser *p, struct expr **ret)
{
    const size_t at = p->at;
    struct expr *e;

    if (!parse_accept(p, "!"))
        return parse_accept(p, "(") ? parse_parenthesis(p, ret) : parse_test(p, ret);
    parse_blanks(p);
    e = new_expr(p, EXPR_NOT, at);
    *ret = e;
    if (parse_accept(p, "("))
        return parse_parenthesis(p, &e->left);
    if (!parse_test(p, &e->left))
        return false;
    return e->left->kind != EXPR_COMPARE ||
           parse_fail(p, at, "! before a comparison needs parentheses: !(a == b)");
}

/* Blanks count only when the operator follows. */
static bool accept_after_blanks(struct parser *p, const char *word)
{
    const size_t before = p->at;

    parse_blanks(p);
    if (parse_accept(p, word))
        return true;
    p->at = before;
    return false;
}

/* a || b || c is a || (b || c): however long, it is carried out in a loop. */
static bool parse_chain(struct parser *p, enum expr_kind kind, struct expr **ret)
{
    const bool is_or = kind == EXPR_OR;

    for (;;) {
        struct expr *e;

        if (is_or ? !parse_chain(p, EXPR_AND, ret) : !parse_basic(p, ret))
            return false;
        if (!accept_after_blanks(p, is_or ? "||" : "&&"))
            return true;
        e = new_expr(p, kind, (*ret)->at);
        e->left = *ret;
        *ret = e;
        ret = &e->right;
        parse_blanks(p);
    }
}

/* Words that join conditions elsewhere. */
static bool is_foreign_condition(struct parser *p)
{
    const size_t after = p->at;

    parse_blanks(p);
    if (parse_foreign(p, PLACE_CONDITION))
        return true;
    p->at = after;
    return false;
}

bool parse_filter(struct parser *p, struct expr **ret)
{
    bool good;

    if (++p->nesting > PATH_NESTING_MAX)
        return parse_fail(p, p->at, "filters are nested deeper than %d", PATH_NESTING_MAX);
    good = parse_chain(p, EXPR_OR, ret) && !is_foreign_condition(p);
    p->nesting--;
    return good;
}
