/*
 * What differs between two values, and nothing else: a line a difference, "- path: value" for what
 * was expected, "+ path: value" for what is there. Objects are compared by key, arrays by alignment
 * (an element put in or taken out does not make all behind it differ), texts of several lines by
 * line, other long strings by the part that differs.
 */
#ifndef RUNNER_DIFF_H
#define RUNNER_DIFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "json/reader.h"

enum {
    DIFF_LINES_MAX = 200,
    DIFF_VALUE_MAX = 300,   /* bytes shown of one value */
    DIFF_STRING_LONG = 60,  /* bytes from which a string is shown by its differing part */
    DIFF_STRING_AROUND = 16 /* bytes shown of what is equal at each side of that part */
};

void diff_values(struct buf *out, const struct json_doc *expected_doc, json_t *expected,
                 const struct json_doc *actual_doc, json_t *actual);

/* Is a diff of these two worth more than the values themselves? */
bool diff_is_useful(const json_t *expected, const json_t *actual);

#endif
