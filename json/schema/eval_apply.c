#include "json/schema/eval.h"

/*
 * A schema that must hold: what it evaluates counts at once, as all fails if it does not. A report
 * keeps apart what a failed one touched, so that unevaluated* need not tell the fault again.
 */
static bool check_needed(struct eval *e, const struct rule *r, const struct node *node,
                         const struct json_span *v, struct marks *m)
{
    struct marks own;
    bool good;

    if (m && !eval_spend(e, r, v, eval_children(v) / 64))
        return false;
    if (!m || !e->report)
        return eval_in_place(e, r, node, v, m);
    marks_init(&own, eval_children(v));
    good = eval_in_place(e, r, node, v, &own);
    marks_merge(good || !e->touched ? m : e->touched, &own);
    marks_release(&own);
    return good;
}

/* A schema that may fail: what it evaluates counts only if it does not. */
static bool check_possible(struct eval *e, const struct rule *r, const struct node *node,
                           const struct json_span *v, struct marks *m)
{
    struct marks own;
    bool good;

    if (!m)
        return eval_quietly(e, r, node, v, NULL);
    if (!eval_spend(e, r, v, eval_children(v) / 64))
        return false;
    marks_init(&own, eval_children(v));
    good = eval_quietly(e, r, node, v, &own);
    if (good)
        marks_merge(m, &own);
    marks_release(&own);
    return good;
}

static bool check_all(struct eval *e, const struct rule *r, const struct json_span *v,
                      struct marks *m)
{
    bool good = true;

    for (size_t i = 0; i < r->u.many.count && eval_spend(e, r, v, 1); i++) {
        good = check_needed(e, r, r->u.many.nodes[i], v, m) && good;
        if (e->error || (!good && !e->report))
            return false;
    }
    return good && !e->error;
}

static bool check_any(struct eval *e, const struct rule *r, const struct json_span *v,
                      struct marks *m)
{
    bool met = false;

    /* whoever wants marks or annotations needs those of every branch */
    for (size_t i = 0; i < r->u.many.count && (!met || m || e->notes) && eval_spend(e, r, v, 1);
         i++)
        met = check_possible(e, r, r->u.many.nodes[i], v, m) || met;
    if (e->error)
        return false;
    return met || explain_branches(e, r, v);
}

static bool check_one(struct eval *e, const struct rule *r, const struct json_span *v,
                      struct marks *m)
{
    size_t met = 0, first = 0, last = 0;

    for (size_t i = 0; i < r->u.many.count && met < 2 && eval_spend(e, r, v, 1); i++) {
        if (!check_possible(e, r, r->u.many.nodes[i], v, m))
            continue;
        first = met ? first : i;
        last = i;
        met++;
    }
    if (e->error)
        return false;
    if (met > 1)
        return explain_ambiguous(e, r, v, first, last);
    return met || explain_branches(e, r, v);
}

static bool check_if(struct eval *e, const struct rule *r, const struct json_span *v,
                     struct marks *m)
{
    const bool met = check_possible(e, r, r->u.many.nodes[0], v, m);
    const struct node *next = r->u.many.nodes[met ? 1 : 2];

    if (e->error)
        return false;
    return !next || check_needed(e, r, next, v, m);
}

/* The outermost resource entered so far that has the anchor decides. */
static const struct node *dynamic_target(struct eval *e, const struct rule *r,
                                         const struct json_span *v)
{
    const struct node *found = r->u.ref.node;
    uint64_t entered = 0;

    for (const struct scope *s = e->scope; s; s = s->up, entered++) {
        const struct anchor *a = resource_dynamic_anchor(s->resource, r->u.ref.name);

        if (a)
            found = a->node;
    }
    eval_spend(e, r, v, entered / 8);
    return found;
}

bool eval_apply(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m)
{
    bool met;

    switch (r->kind) {
    case RULE_REF:
        return check_needed(e, r, r->u.ref.node, v, m);
    case RULE_DYNAMIC_REF:
        return check_needed(e, r, dynamic_target(e, r, v), v, m);
    case RULE_ALL_OF:
        return check_all(e, r, v, m);
    case RULE_ANY_OF:
        return check_any(e, r, v, m);
    case RULE_ONE_OF:
        return check_one(e, r, v, m);
    case RULE_NOT:
        met = eval_quietly(e, r, r->u.items.node, v, NULL);
        if (e->error)
            return false;
        return !met || explain_not(e, r, v);
    case RULE_IF:
        return check_if(e, r, v, m);
    case RULE_DEPENDENT_SCHEMA:
        return !eval_has_member(v, r->u.dependent.key) ||
               check_needed(e, r, r->u.dependent.node, v, m);
    default:
        return true;
    }
}
