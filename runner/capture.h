/*
 * Captures: values taken out of an answer for later cases of the same file. A pipeline of steps
 * separated by '|': a source ("payload", "log", "header:NAME"), then JSONPaths (singular), "json",
 * "base64", "text", "/regex/" (its first group, else the whole match).
 */
#ifndef RUNNER_CAPTURE_H
#define RUNNER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/answer.h"
#include "runner/check/check.h"

enum capture_op {
    CAPTURE_PAYLOAD,
    CAPTURE_LOG,
    CAPTURE_HEADER,
    CAPTURE_PATH,
    CAPTURE_JSON,
    CAPTURE_BASE64,
    CAPTURE_TEXT,
    CAPTURE_REGEX,
};

struct capture_step {
    enum capture_op op;
    struct path_query *query;
    struct pattern *pattern;
    const char *text; /* the header's name in lower case; the step as written otherwise */
};

struct capture {
    const char *name;
    struct json_ref at;
    struct capture_step *steps;
    size_t count;
    bool secret; /* its value is masked from then on */
};

struct captures {
    struct capture *items;
    size_t count;
};

/* Compiles the object at `at` ({0}: none). A value is a pipeline, or {"from": pipeline, "secret":
 * true}. */
bool captures_compile(struct captures *ret, struct check_compiler *c, struct json_ref at);

/*
 * Registers what captures with "secret": true find in the answer: every text and number in it.
 * What cannot be had is none.
 */
void captures_hide(const struct captures *captures, struct answer *answer);

/*
 * Takes every value out of the answer and sets it in `values`. What cannot be had is a failure of
 * the case, recorded in `run`.
 */
enum check_result captures_run(const struct captures *captures, struct answer *answer,
                               json_t *values, struct check_run *run);

#endif
