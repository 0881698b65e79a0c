/* Helpers of the runner's tests: case files in a temporary folder, answers made by hand. */
#ifndef TESTS_RUNNER_SUPPORT_H
#define TESTS_RUNNER_SUPPORT_H

#include "base/buf.h"
#include "base/fault.h"
#include "runner/answer.h"
#include "runner/compile.h"
#include "runner/testcase.h"

/* A temporary folder (created; returns owned) and a file in it (returns its path, owned). */
char *support_dir(void);
char *support_file(const char *dir, const char *name, const char *text);
char *support_read(const char *path); /* returns owned, NUL-terminated; fails the test */

/* Every fault as "line:column: text | hint\n". */
void support_faults(struct buf *out, const struct faults *faults);

/* A 200 answer of version 7 with this payload and log tail. */
void support_answer(struct answer *a, const char *payload, const char *log);

/* The first item of a case file of this text, compiled; fails the test when it is wrong. */
struct support_case {
    char *dir, *file;
    struct runner_config config;
    struct testset set;
    struct compiled *compiled;
};
void support_case_open(struct support_case *c, const char *text);
void support_case_close(struct support_case *c);

#endif
