/* From a case's object to a struct testcase: keys, types and settings; nothing is expanded yet. */
#ifndef RUNNER_LOAD_CASE_H
#define RUNNER_LOAD_CASE_H

#include "runner/testcase.h"

extern const struct case_settings case_settings_default;

/* Reads "defaults" of a suite over the given settings. */
bool settings_read(struct case_settings *settings, struct json_ref at, struct faults *faults);

/*
 * Reads one case. `test->suite` and `test->role` are set. Faults are added; what can be read of it
 * is there all the same, and without what it takes to make items of it, it is `unreadable`.
 */
void case_read(struct testcase *test, struct json_ref at, const struct runner_config *config,
               struct arena *arena, struct faults *faults);

/* The i-th key of a case, of the table the loader reads by; NULL behind the last. */
const char *case_key(size_t i);

/* The same of a case file. */
const char *suite_key(size_t i);

#endif
