/*
 * The same case against another alias: its answer must be the same but for what is ignored. The
 * engine asks the other alias when everything else about the case holds.
 */
#ifndef RUNNER_SAME_AS_H
#define RUNNER_SAME_AS_H

#include "runner/answer.h"
#include "runner/check/check.h"

struct same_as {
    struct json_ref at;
    const char *alias;
    struct path_query **ignored; /* borrowed from the caches */
    size_t ignored_count;
};

/* An alias, or { "alias": name, "ignore": [paths] }. NULL after adding faults. */
struct same_as *same_as_compile(struct check_compiler *c, struct json_ref at);

/* `ours` is what was tested, `other` what the other alias answered. */
enum check_result same_as_run(const struct same_as *s, struct answer *ours, struct answer *other,
                              struct check_run *run);

#endif
