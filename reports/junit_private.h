/*
 * Private to the JUnit report. A *piece* is what one file holds of a suite: all of it, or, where
 * the report goes on in further files (report.h), the cases that came before the file was full.
 */
#ifndef REPORTS_JUNIT_PRIVATE_H
#define REPORTS_JUNIT_PRIVATE_H

#include "reports/account.h"

/* Nobody reads more, and GitLab refuses a text of 10 MB. A case may have a hundred attempts. */
enum {
    JUNIT_MESSAGE_MAX = 4 << 10,
    JUNIT_BODY_MAX = 64 << 10,
    JUNIT_EARLIER_MAX = 16 << 10,
    JUNIT_SYSTEM_OUT_MAX = 64 << 10
};

/* Some readers stumble over an empty name, and others drop what has one. */
#define JUNIT_UNNAMED "unnamed"

/* What all suites of a report say. */
struct junit_run {
    bool strict;
    int64_t start_ms;
    char *host, *environment, *alias, *region, *id; /* owned */
    unsigned shard, shards;
};

void junit_run_begin(struct junit_run *run, const struct run_info *info);
void junit_run_release(struct junit_run *run);

struct junit_sums {
    size_t tests, failures, errors, skipped;
    int64_t total_us;
};

/* Whose cases a piece holds: of a case file, or of an environment's steps or findings. */
struct junit_suite {
    const char *name;
    const char *file; /* seen from the repository's root; NULL: a promotion's `kind`, no file */
    const char *class_name;       /* of its cases; with `file` */
    const char *scope, *function; /* of a promotion: which run, and whom it asks; else NULL */
    const char *kind;             /* "promotion", "audit", or NULL */
    const char *environment;      /* with `kind` */
};

struct junit_piece {
    struct junit_suite suite; /* owns its texts */
    size_t part;              /* the file, from 1 */
    long from, to;            /* of its cases in the spool */
    struct junit_sums sums;
    int64_t start_us;
};

/* ---- junit_case.c: a testcase ---- */

void junit_case(struct buf *out, bool strict, const struct junit_suite *suite,
                const struct case_result *r);

/* The name of its class: the path with dots; `scope`, of a promotion, stands before it. */
void junit_class_name(struct buf *out, const char *scope, const char *file);
/* " name="value"", cut at JUNIT_MESSAGE_MAX. */
void junit_attribute(struct buf *out, const char *name, const char *value);
/* A part of a class name: dots make packages of it, one in the text must not. NULL: nothing. */
void junit_class_part(struct buf *out, const char *text);
/* "1.234": in the C locale whatever the user's is; a decimal comma breaks every consumer. */
void junit_seconds(struct buf *out, int64_t us);

/* ---- junit_suite.c: what stands around testcases ---- */

void junit_document_open(struct buf *out, const struct junit_run *run, size_t part, size_t parts,
                         const struct junit_sums *sums);
/* `id`: from 0, the suite's number in its file, which the strict dialect tells. */
void junit_suite_open(struct buf *out, const struct junit_run *run, const struct junit_piece *piece,
                      size_t id, const struct run_summary *end);
void junit_suite_close(struct buf *out, const struct junit_run *run);
/* At least as many bytes as a suite takes around its cases. */
size_t junit_suite_bytes(const struct run_info *info);

/* ---- junit_account.c: a promotion ---- */

/* A step or a finding as a testcase. */
struct junit_told {
    struct junit_suite suite;
    enum verdict verdict;
    int64_t start_us, duration_us;
};

/*
 * Tells `take` a suite "promotion: ENVIRONMENT" of its steps for each environment, and one "audit:
 * ENVIRONMENT" where there are findings, case by case: the taker takes the testcase out of `text`.
 */
void junit_account(const struct account *a, bool strict,
                   void (*take)(void *ctx, const struct junit_told *told, struct buf *text),
                   void *ctx);

#endif
