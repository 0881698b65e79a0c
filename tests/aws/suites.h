/* Finding and reading the official data under SMOKEGATE_SUITES, and counting what of it passes. */
#ifndef TESTS_AWS_SUITES_H
#define TESTS_AWS_SUITES_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/compiler.h"

/* "$SMOKEGATE_SUITES/<name>"; returns owned. */
char *suites_path(const char *name);

/* A JSON file below it, NULL when it is absent. Returns owned. */
json_t *suites_load(const char *name);

/* A member's text, "" when there is none. */
const char *suites_text(const json_t *object, const char *key);

struct tally {
    const char *name;
    size_t passed, failed, left_out;
};

void tally_pass(struct tally *t);
void tally_fail(struct tally *t, const char *which, const char *fmt, ...) PRINTF_LIKE(3, 4);
void tally_leave_out(struct tally *t, const char *which, const char *reason);

/* Prints one line, and fails the running test when something failed or nothing ran. */
void tally_end(const struct tally *t);

#endif
