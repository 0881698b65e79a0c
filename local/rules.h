/*
 * Checks of request members as the service model has them, and the message AWS makes of what fails:
 * "2 validation errors detected: Value 'x' at 'y' failed to satisfy constraint: Member must ...".
 */
#ifndef LOCAL_RULES_H
#define LOCAL_RULES_H

#include <stddef.h>

#include <jansson.h>

#include "base/buf.h"
#include "local/call.h"

struct rules; /* the compiled patterns; one a server, used under its lock */

struct rules *rules_new(void);
void rules_free(struct rules *r);

enum rule_pattern {
    RULE_FUNCTION_NAME, /* of all operations but CreateFunction */
    RULE_FUNCTION_NEW,  /* CreateFunction's */
    RULE_FUNCTION_OLD,  /* those operations whose pattern has no dots and no .PUBLISHED */
    RULE_QUALIFIER,
    RULE_ALIAS_QUALIFIER, /* function URLs: an alias only */
    RULE_ALIAS_NAME,
    RULE_VERSION, /* $LATEST or a number, as CreateAlias wants it */
    RULE_WEIGHT_VERSION,
    RULE_ROLE,
    RULE_STATEMENT_ID,
    RULE_LAYER_ARN,
    RULE_LAYER_VERSION_ARN,
    RULE_LAYER_NAME,
    RULE_HANDLER,
    RULE_TAGGABLE_ARN,
    RULE_DESTINATION,
    RULE_ACTION,
    RULE_LAYER_ACTION,
    RULE_SUBNET,
    RULE_SECURITY_GROUP,
    RULE_VARIABLE, /* the name of an environment variable */
    RULE_PATTERNS
};

/* What was found wrong so far. Zero it, then finish with checks_end(). */
struct checks {
    struct call *call;
    unsigned count;
    struct buf text;
};

void checks_begin(struct checks *k, struct call *c);

/* NULL values are not checked; check_present() is for required members. `at` is the path as AWS
 * writes it: "functionName", "routingConfig.additionalVersionWeights". */
void check_present(struct checks *k, const void *value, const char *at);
void check_length(struct checks *k, const char *value, const char *at, size_t min, size_t max);
void check_pattern(struct checks *k, const char *value, const char *at, enum rule_pattern pattern);
void check_range(struct checks *k, json_int_t value, const char *at, json_int_t min,
                 json_int_t max);
void check_enum(struct checks *k, const char *value, const char *at, const char *const *allowed,
                size_t count);

/* Any other constraint: the value as text, and what it must satisfy. */
void check_failed(struct checks *k, const char *at, const char *value, const char *must);

/* The same where the value is nobody's business: "Value at 'environment.variables' failed". */
void check_failed_secret(struct checks *k, const char *at, const char *must);

const char *rule_text(enum rule_pattern pattern);
bool rule_matches(struct call *c, enum rule_pattern pattern, const char *value);

/* 0 when nothing failed; else answers ValidationException and returns -1. Releases `k`. */
int checks_end(struct checks *k);

/* As checks_end, but of another kind: FAIL_PARAMETER for a few limits of CreateFunction. */
int checks_end_as(struct checks *k, enum fail kind);

#endif
