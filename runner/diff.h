/*
 * What differs between two values, and nothing else: a line a difference, "- path: value" for what
 * was expected, "+ path: value" for what is there.
 */
#ifndef RUNNER_DIFF_H
#define RUNNER_DIFF_H

#include "base/buf.h"
#include "json/reader.h"

enum { DIFF_LINES_MAX = 200, DIFF_VALUE_MAX = 300 };

void diff_values(struct buf *out, const struct json_doc *expected_doc, json_t *expected,
                 const struct json_doc *actual_doc, json_t *actual);

#endif
