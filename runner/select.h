/*
 * Which items of a set run, and in which order. What a selected case needs, and its suite's setup
 * and teardown, come along.
 */
#ifndef RUNNER_SELECT_H
#define RUNNER_SELECT_H

#include <stddef.h>

#include "base/err.h"
#include "runner/testcase.h"

struct select_line {
    const char *file;
    unsigned line; /* the case around this line */
};

struct select_wish {
    const char *const *tags; /* one of them; none: any */
    size_t tag_count;
    const char *filter;              /* regex on "suite > name", or NULL */
    const struct select_line *lines; /* only these; none: any */
    size_t line_count;
    json_t *titles; /* object whose keys are the only "suite > name" wanted; NULL: any */
    bool shuffle;
    uint64_t seed;
};

/* The chosen items in order; returns owned in *ret_order. ERR_USAGE for a bad regex. */
int select_items(const struct testset *set, const struct select_wish *wish, size_t **ret_order,
                 size_t *ret_count, struct err *err);

#endif
