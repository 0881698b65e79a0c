/* The evaluator, with or without a reporter: private to json/schema/. */
#ifndef JSON_SCHEMA_CHECK_H
#define JSON_SCHEMA_CHECK_H

#include "json/schema/node.h"

/* The way from the instance's root to a value: a list on the C stack, newest first. */
struct frame {
    const struct frame *up;
    struct str key; /* of a member; data NULL for an element */
    size_t index;   /* of an element */
};

struct eval {
    struct json_ref root;         /* the instance */
    const struct json_doc *doc;   /* of the instance */
    unsigned depth;               /* of schemas entered */
    const char *error;            /* set: the verdict is SCHEMA_ERROR */
    struct schema_report *report; /* NULL: stop at the first fault, allocate nothing */
    unsigned level;               /* of faults inside branches */
};

bool check_node(struct eval *e, const struct node *node, json_t *value, const struct frame *frame);

/* What a fault says; explain.c. All take the rule, and stay silent without a reporter. Return
 * false. */
bool explain_fault(struct eval *e, const struct rule *rule, json_t *value,
                   const struct frame *frame, const char *fmt, ...) PRINTF_LIKE(5, 6);
bool explain_never(struct eval *e, const struct node *node, json_t *value,
                   const struct frame *frame);
bool explain_value(struct eval *e, const struct rule *rule, json_t *value,
                   const struct frame *frame, const char *what);
bool explain_type(struct eval *e, const struct rule *rule, json_t *value,
                  const struct frame *frame);
bool explain_missing(struct eval *e, const struct rule *rule, json_t *object,
                     const struct frame *frame, struct str name);
bool explain_unexpected(struct eval *e, const struct rule *rule, json_t *member,
                        const struct frame *frame);
bool explain_branches(struct eval *e, const struct rule *rule, json_t *value,
                      const struct frame *frame);

#endif
