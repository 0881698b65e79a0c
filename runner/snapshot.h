/*
 * Snapshots: a response kept in a file, compared without what is ignored. What was ignored when the
 * file was written is not in it.
 */
#ifndef RUNNER_SNAPSHOT_H
#define RUNNER_SNAPSHOT_H

#include "runner/answer.h"
#include "runner/check/check.h"

struct snapshot {
    const char *path;
    enum runner_snapshots mode;
    struct path_query **ignored; /* borrowed from the caches */
    size_t ignored_count;
};

/* A file name, or { "file": name, "ignore": [paths] }. NULL after adding faults. */
struct snapshot *snapshot_compile(struct check_compiler *c, struct json_ref at);

/* Compiles an "ignore" list ({0}: none). false after adding faults. */
bool ignore_compile(struct check_compiler *c, struct json_ref at, struct path_query ***ret,
                    size_t *ret_count);

/*
 * The payload as a document of its own without what the queries select: members are taken out,
 * elements become null so that the others keep their places. NULL: it is no JSON.
 */
struct json_doc *ignore_apply(struct answer *answer, struct path_query *const *ignored,
                              size_t count);

/* The same of a payload that is nobody's answer any more. */
struct json_doc *ignore_apply_text(struct str payload, struct path_query *const *ignored,
                                   size_t count);

/* Compares, or writes the file where the mode says so. */
enum check_result snapshot_run(const struct snapshot *s, struct json_ref at, struct answer *answer,
                               struct check_run *run);

#endif
