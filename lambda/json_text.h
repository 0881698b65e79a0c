/*
 * Private to lambda/: JSON in and out of the fixed-size texts of its values. A text that does not
 * fit is an error, never cut: an identifier that lost its end names something else.
 */
#ifndef LAMBDA_JSON_TEXT_H
#define LAMBDA_JSON_TEXT_H

#include <stdbool.h>

#include <jansson.h>

#include "aws/request.h"
#include "base/err.h"

/* An object, or ERR_UNKNOWN: the service answered 2xx with something else. Returns owned. */
json_t *lambda_parse(struct str body, const char *operation, struct err *err);

/* Copies a string member; absent or null gives "". ERR_UNKNOWN: no string, or longer than `size`.
 */
int lambda_text(char *out, size_t size, const json_t *object, const char *key, struct err *err);

/* As lambda_text, but of texts for people (reasons): cut when too long. */
void lambda_prose(char *out, size_t size, const json_t *object, const char *key);

int64_t lambda_integer(const json_t *object, const char *key, int64_t otherwise);

/* object[key] = text, unless it is NULL. */
void lambda_put(json_t *object, const char *key, const char *text);

/* object.ZipFile = the bytes as base64, unless there are none. */
void lambda_put_zip(json_t *object, struct str zip);
void lambda_put_list(json_t *object, const char *key, const char *const *items, size_t count);

/* Makes `object` (consumed) the body of the request. */
void lambda_body(struct aws_request *r, json_t *object);

/* "/2015-03-31/functions/NAME", the name for messages and the control-plane quota. */
void lambda_begin(struct aws_request *r, const char *operation, const char *method,
                  enum aws_effect effect, const char *function);

/* The same of a younger API: `api` is "/2019-09-30" or so. */
void lambda_begin_at(struct aws_request *r, const char *api, const char *operation,
                     const char *method, enum aws_effect effect, const char *function);

#endif
