/* Private to merging: the streams as they were read. */
#ifndef REPORTS_MERGE_PRIVATE_H
#define REPORTS_MERGE_PRIVATE_H

#include <stdio.h>

#include "base/err.h"
#include "runner/event.h"

/* Where a case's line stands, so that it need not be kept. */
struct merge_line {
    size_t place; /* in the undivided run */
    long offset;
};

/* One shard. */
struct merge_part {
    const char *path;   /* borrowed */
    FILE *file;         /* owned */
    struct arena arena; /* holds what run and end point to */
    struct run_info run;
    struct run_summary end;
    bool started, ended;
    struct merge_line *lines;
    size_t count, cap;
};

struct merge_case {
    const struct merge_part *part; /* NULL: in none */
    long offset;
};

struct merge {
    struct merge_part *parts;
    size_t count;
    struct merge_case *cases; /* by place, once proven */
    struct arena arena;
    struct run_function *functions; /* once proven: of all parts */
    size_t function_count;
};

int merge_part_read(struct merge_part *part, const char *path, struct err *err);
void merge_part_release(struct merge_part *part);

/* The case whose line stands at `offset`, owned. ERR_IO when the file is not what it was. */
struct case_result *merge_case_read(const struct merge_part *part, long offset, struct err *err);

#endif
