/* The rules of a fault script as values, and the strict reader that makes them. */
#ifndef LOCAL_FAULT_RULE_H
#define LOCAL_FAULT_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "local/fault.h"

struct fault_rule {
    json_t *source;          /* the whole rule */
    const json_t *operation; /* a name, a list of names, or NULL: all; in `source` */
    const char *function;    /* in `source`, or NULL: all */
    int64_t nth;             /* fires from its nth match on */
    int64_t count;           /* at most so often; 0: no limit */
    double probability;
    struct fault_effects effects; /* texts in `source` */
    int64_t matched, fired;
};

struct fault_rules {
    uint64_t seed;
    struct fault_rule *items;
    size_t count;
};

/* Is `name` what `pattern` says, where "*" stands for anything: "orders-*", "*-dev"? */
bool fault_name_matches(const char *pattern, const char *name);

/* ERR_INPUT: every key is checked, the first fault is told. */
int fault_rules_read(struct fault_rules *ret, struct str text, const char *name, struct err *err);
void fault_rules_release(struct fault_rules *r);

#endif
