/* AWS's service model of Lambda, when it is there: what an operation's request and reply look like.
 */
#ifndef TESTS_LAMBDA_MODEL_H
#define TESTS_LAMBDA_MODEL_H

#include <stdbool.h>

#include <jansson.h>

#include "aws/request.h"

/* Loads $SMOKEGATE_SUITES/lambda-model/service-2.json; NULL when it is absent. Returns owned. */
json_t *model_load(void);

/*
 * Fails the running test unless `r` is what the model says of its operation: method, path (labels
 * match anything without a slash), query and header names and header values, every member of the
 * body at every depth with its type and its enumeration, and no required member missing.
 */
void model_check_request(const json_t *model, const struct aws_request *r);

/* The values of an enumeration of strings, e.g. "State". Borrowed. */
const json_t *model_enum(const json_t *model, const char *shape);

/*
 * An answer to the operation with every member there is: a string holds its member's name (an enum
 * its first value), an integer 7, a list one element, a map one entry "1". Returns owned.
 */
json_t *model_reply(const json_t *model, const char *operation);

#endif
