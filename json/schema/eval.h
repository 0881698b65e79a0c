/*
 * The evaluator. One program, one set of functions: without a reporter they stop at the first fault
 * and allocate nothing; with one they go on and tell every fault. Private to json/schema/.
 */
#ifndef JSON_SCHEMA_EVAL_H
#define JSON_SCHEMA_EVAL_H

#include "json/schema/marks.h"
#include "json/schema/node.h"

/* The resources entered, innermost first: where dynamic references look. */
struct scope {
    const struct scope *up;
    const struct resource *resource;
};

/* The way from the root schema to the present one, newest first; only with a reporter. */
struct step {
    const struct step *up;
    const struct rule *rule; /* that led to it */
    const struct node *node;
};

struct eval {
    const struct schema *schema;
    struct json_ref root; /* the instance */
    const struct json_doc *doc;
    const struct json_span *spans;
    const char *error;          /* set: the verdict is SCHEMA_ERROR */
    struct json_ref stuck_rule; /* then: what could not be decided, */
    uint32_t stuck_at;          /* and where in the instance's text */
    unsigned in_place;          /* schemas entered for the present value */
    unsigned total;             /* and for all values around it */
    int64_t steps_left;         /* before giving up */
    int64_t pattern_work;       /* left for regular expressions */
    const struct scope *scope;
    struct schema_report *report; /* NULL: stop at the first fault, allocate nothing */
    const struct step *path;
    unsigned level;        /* of faults inside branches */
    bool all_branches;     /* report every branch in full */
    struct notes *notes;   /* annotations wanted: nothing is cut short */
    struct marks *touched; /* with a reporter: evaluated by something that failed */
};

enum {
    EVAL_TOTAL_MAX = 4096, /* schemas within schemas, a bound of the stack */
    /* Bounds of the time: schemas applied; other work counts as that many as take as long. */
    EVAL_STEPS_MAX = 100 * 1000 * 1000,
    EVAL_STEPS_MAX_EXPLAINING = 50 * 1000 * 1000,
};

struct eval eval_new(const struct schema *schema, struct json_ref instance);
enum schema_verdict eval_run(struct eval *e); /* of the whole instance */

/* Has it one of the types? */
bool eval_types(const struct eval *e, unsigned types, const struct json_span *v);

/*
 * Does the value meet the schema? `v` is a value of the document, or stands for the name of a
 * member. `m`, when there is one, gets what was evaluated if it does.
 */
bool eval_node(struct eval *e, const struct node *node, const struct json_span *v, struct marks *m);

/* The same for a schema that a rule leads to: for the same value, or for one inside it. */
bool eval_in_place(struct eval *e, const struct rule *r, const struct node *node,
                   const struct json_span *v, struct marks *m);
bool eval_inner(struct eval *e, const struct rule *r, const struct node *node,
                const struct json_span *child);

/* The same without telling faults. */
bool eval_quietly(struct eval *e, const struct rule *r, const struct node *node,
                  const struct json_span *v, struct marks *m);

/* As eval_inner in the first pass, where neither faults nor annotations are wanted. */
bool eval_leaf(struct eval *e, const struct node *node, const struct json_span *child);
bool eval_quick(struct eval *e, const struct node *node, const struct json_span *child);

/* As eval_inner, on the shortest way there is: most of the time goes through here. */
static inline bool eval_child(struct eval *e, const struct rule *r, const struct node *node,
                              const struct json_span *child)
{
    if (e->report || e->notes)
        return eval_inner(e, r, node, child);
    if (node->alias)
        node = node->alias;
    if (!(node->types >> child->type & 1) && !eval_types(e, node->types, child))
        return false;
    if (!node->by_type[child->type])
        return true;
    return node->leaf >> child->type & 1 ? eval_leaf(e, node, child) : eval_quick(e, node, child);
}

/* One function a group of rules. */
bool eval_value(struct eval *e, const struct rule *r, const struct json_span *v);
bool eval_number(struct eval *e, const struct rule *r, const struct json_span *v);
bool eval_string(struct eval *e, const struct rule *r, const struct json_span *v);
bool eval_array(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m);
bool eval_object(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m);
bool eval_apply(struct eval *e, const struct rule *r, const struct json_span *v, struct marks *m);
bool eval_unevaluated(struct eval *e, const struct rule *r, const struct json_span *v,
                      struct marks *m);

/* Annotations, output.c: how many there are; after a schema, those of it, or back to `before`. */
size_t notes_count(const struct eval *e);
void notes_finish(struct eval *e, const struct node *n, const struct json_span *v, size_t before,
                  bool good);

/* Sets the error and where it came to light, unless there is one; returns false. */
bool eval_give_up(struct eval *e, const struct node *node, uint32_t at, const struct json_span *v,
                  const char *why);

/*
 * Counts work that is no schema applied: 64 bytes looked at, a value compared are one step. False
 * when nothing is left: then it has given up.
 */
bool eval_out_of_steps(struct eval *e, const struct rule *r, const struct json_span *v);
static inline bool eval_spend(struct eval *e, const struct rule *r, const struct json_span *v,
                              uint64_t steps)
{
    if (steps > EVAL_STEPS_MAX)
        steps = EVAL_STEPS_MAX + 1;
    e->steps_left -= (int64_t)steps;
    return e->steps_left >= 0 || eval_out_of_steps(e, r, v);
}

/*
 * Does it match? Gives up, and says no, when the pattern does. `at` is the pattern's place in the
 * rule's document, `v` the value, or the member whose name the subject is.
 */
bool eval_pattern(struct eval *e, const struct rule *rule, uint32_t at, const struct regex *regex,
                  const struct json_span *v, struct str subject);

/* Has the value, an object, a member of that name? */
bool eval_has_member(const struct json_span *v, struct str name);

/* Are two values of the instance the same, or one of it and one of a schema? */
bool eval_unique(struct eval *e, const struct rule *r, const struct json_span *v);

static inline size_t eval_children(const struct json_span *v)
{
    return v->type == JSON_OBJECT  ? json_object_size(v->value)
           : v->type == JSON_ARRAY ? json_array_size(v->value)
                                   : 0;
}

/* ---- what a fault says: explain.c. All stay silent without a reporter, and return false. ---- */

bool explain_fault(struct eval *e, const struct rule *rule, const struct json_span *v,
                   const char *fmt, ...) PRINTF_LIKE(4, 5);
bool explain_type(struct eval *e, const struct node *node, const struct json_span *v);
/* "WHAT VALUE-OF-THE-KEYWORD" */
bool explain_value(struct eval *e, const struct rule *rule, const struct json_span *v,
                   const char *what);
bool explain_missing(struct eval *e, const struct rule *rule, uint32_t at, enum keyword keyword,
                     const struct json_span *object, struct str name);
bool explain_unexpected(struct eval *e, const struct rule *rule, uint32_t at, enum keyword keyword,
                        const struct json_span *member);
bool explain_name(struct eval *e, const struct rule *rule, const struct json_span *member);
bool explain_not(struct eval *e, const struct rule *rule, const struct json_span *v);
bool explain_branches(struct eval *e, const struct rule *rule, const struct json_span *v);
bool explain_ambiguous(struct eval *e, const struct rule *rule, const struct json_span *v,
                       size_t first, size_t second);

#endif
