#include "json/schema/eval.h"

#include "json/number.h"

static bool is_written_integer(const struct eval *e, const json_t *number)
{
    const struct str lexeme = json_doc_lexeme(e->doc, number);

    for (size_t i = 0; i < lexeme.len; i++)
        if (lexeme.data[i] != '-' && (lexeme.data[i] < '0' || lexeme.data[i] > '9'))
            return false;
    return lexeme.len > 0;
}

bool eval_types(const struct eval *e, unsigned types, const struct json_span *v)
{
    if (types >> v->type & 1)
        return true;
    if (v->type != JSON_REAL)
        return false;
    if (types & TYPE_INTEGRAL)
        return number_is_integer(e->doc, v->value);
    return types & TYPE_WRITTEN_INTEGER && is_written_integer(e, v->value);
}

static bool check_rule(struct eval *e, const struct rule *r, const struct json_span *v,
                       struct marks *m)
{
    switch (r->group) {
    case GROUP_VALUE:
        return eval_value(e, r, v);
    case GROUP_NUMBER:
        return eval_number(e, r, v);
    case GROUP_STRING:
        return eval_string(e, r, v);
    case GROUP_ARRAY:
        return eval_array(e, r, v, m);
    case GROUP_OBJECT:
        return eval_object(e, r, v, m);
    case GROUP_IN_PLACE:
        return eval_apply(e, r, v, m);
    default:
        return eval_unevaluated(e, r, v, m);
    }
}

static bool check_rules(struct eval *e, const struct node *n, const struct json_span *v,
                        struct marks *m)
{
    bool good = true;

    for (const struct rule **r = n->by_type[v->type]; *r; r++) {
        if (check_rule(e, *r, v, m))
            continue;
        good = false;
        if (!e->report || e->error)
            return false;
    }
    return good && !e->error;
}

bool eval_give_up(struct eval *e, const struct node *node, uint32_t at, const struct json_span *v,
                  const char *why)
{
    if (e->error)
        return false;
    e->error = why;
    e->stuck_rule = node_ref(node, at);
    e->stuck_at = v->start;
    return false;
}

static const char too_many[] = "it takes too many steps";

bool eval_out_of_steps(struct eval *e, const struct rule *r, const struct json_span *v)
{
    e->steps_left = 0;
    return eval_give_up(e, r->owner, r->at, v, too_many);
}

bool eval_leaf(struct eval *e, const struct node *n, const struct json_span *v)
{
    if (--e->steps_left < 0)
        return eval_give_up(e, n, n->at, v, too_many);
    for (const struct rule **r = n->by_type[v->type]; *r; r++)
        if ((*r)->group == GROUP_STRING   ? !eval_string(e, *r, v)
            : (*r)->group == GROUP_NUMBER ? !eval_number(e, *r, v)
                                          : !eval_value(e, *r, v))
            return false;
    return true;
}

/* A schema with unevaluated* marks for itself: what cousins evaluated does not count for it. */
static bool check_with_marks(struct eval *e, const struct node *n, const struct json_span *v,
                             struct marks *outer)
{
    struct marks *const touched = e->touched;
    struct marks own, own_touched;
    bool good;

    marks_init(&own, eval_children(v));
    if (e->report) {
        marks_init(&own_touched, eval_children(v));
        e->touched = &own_touched;
    }
    good = check_rules(e, n, v, &own);
    e->touched = touched;
    if (e->report)
        marks_release(&own_touched);
    if (good && outer)
        marks_merge(outer, &own);
    marks_release(&own);
    return good;
}

static bool check_in_scope(struct eval *e, const struct node *n, const struct json_span *v,
                           struct marks *m)
{
    const struct scope scope = {e->scope, n->resource};
    bool good;

    e->scope = &scope;
    good = n->wants_marks ? check_with_marks(e, n, v, m) : check_rules(e, n, v, m);
    e->scope = scope.up;
    return good;
}

static bool check_entered(struct eval *e, const struct node *n, const struct json_span *v,
                          struct marks *m)
{
    bool good;

    if (e->total >= EVAL_TOTAL_MAX)
        return eval_give_up(e, n, n->at, v, "schemas and values are nested too deep");
    if (--e->steps_left < 0)
        return eval_give_up(e, n, n->at, v, too_many);
    e->total++;
    good = e->schema->has_dynamic ? check_in_scope(e, n, v, m)
           : n->wants_marks       ? check_with_marks(e, n, v, m)
                                  : check_rules(e, n, v, m);
    e->total--;
    return good;
}

bool eval_quick(struct eval *e, const struct node *n, const struct json_span *v)
{
    const unsigned in_place = e->in_place;
    bool good;

    e->in_place = 0;
    good = check_entered(e, n, v, NULL);
    e->in_place = in_place;
    return good;
}

bool eval_node(struct eval *e, const struct node *n, const struct json_span *v, struct marks *m)
{
    const size_t notes = e->notes ? notes_count(e) : 0;
    bool good = true;

    if (!(n->types >> v->type & 1) && !eval_types(e, n->types, v)) {
        good = explain_type(e, n, v);
        if (!e->report)
            return false;
    }
    if (n->by_type[v->type])
        good = check_entered(e, n, v, m) && good;
    if (e->notes)
        notes_finish(e, n, v, notes, good);
    return good;
}

bool eval_in_place(struct eval *e, const struct rule *r, const struct node *node,
                   const struct json_span *v, struct marks *m)
{
    const struct step step = {e->path, r, node};
    bool good;

    if (e->in_place >= SCHEMA_DEPTH_MAX)
        return eval_give_up(e, node, node->at, v,
                            "schemas refer to each other deeper than 512 levels");
    if (!e->report && !e->notes && node->alias)
        node = node->alias;
    e->in_place++;
    e->path = &step;
    good = eval_node(e, node, v, m);
    e->path = step.up;
    e->in_place--;
    return good;
}

bool eval_inner(struct eval *e, const struct rule *r, const struct node *node,
                const struct json_span *child)
{
    const struct step step = {e->path, r, node};
    struct marks *const touched = e->touched;
    const unsigned in_place = e->in_place;
    bool good;

    e->in_place = 0;
    e->touched = NULL;
    e->path = &step;
    good = eval_node(e, node, child, NULL);
    e->path = step.up;
    e->touched = touched;
    e->in_place = in_place;
    return good;
}

bool eval_quietly(struct eval *e, const struct rule *r, const struct node *node,
                  const struct json_span *v, struct marks *m)
{
    struct schema_report *const report = e->report;
    bool good;

    e->report = NULL;
    good = eval_in_place(e, r, node, v, m);
    e->report = report;
    return good;
}

enum schema_verdict eval_run(struct eval *e)
{
    const bool good = eval_node(e, e->schema->root, &e->spans[e->root.index], NULL);

    if (e->error)
        return SCHEMA_ERROR;
    return good ? SCHEMA_VALID : SCHEMA_INVALID;
}

struct eval eval_new(const struct schema *schema, struct json_ref instance)
{
    return (struct eval){.schema = schema,
                         .root = instance,
                         .doc = instance.doc,
                         .spans = instance.doc->spans,
                         .steps_left = EVAL_STEPS_MAX,
                         .pattern_work = PATTERN_WORK_LIMIT};
}

enum schema_verdict schema_check(const struct schema *schema, struct json_ref instance)
{
    struct eval e = eval_new(schema, instance);

    return eval_run(&e);
}
