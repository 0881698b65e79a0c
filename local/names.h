/*
 * Which function a request means: a name, "name:qualifier", a partial or a full ARN in the path,
 * and maybe a Qualifier in the query.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html#API_GetFunction_RequestSyntax
 */
#ifndef LOCAL_NAMES_H
#define LOCAL_NAMES_H

#include "local/call.h"
#include "local/rules.h"

/* Both in the call's arena. */
struct function_ref {
    const char *name;
    const char *qualifier; /* NULL: none was given */
};

/*
 * Reads labels[0] and, when `with_query`, the parameter Qualifier. Answers and returns -1 when they
 * do not satisfy the model, disagree (400), or name another Region (404) or account (403).
 */
int function_ref_read(struct call *c, bool with_query, struct function_ref *ret);

/* The same of any text, with the patterns and the checks that stand before it in `checks`. */
int function_ref_parse(struct call *c, struct checks *checks, const char *text,
                       enum rule_pattern pattern, const char *qualifier,
                       enum rule_pattern qualifier_pattern, struct function_ref *ret);

/* "7" -> 7, "$LATEST" -> 0, anything else -> -1. */
int64_t version_number(const char *qualifier);

/* 0 -> "$LATEST", 7 -> "7", in the arena. */
const char *version_name(struct call *c, int64_t number);

#endif
