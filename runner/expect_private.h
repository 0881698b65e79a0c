/*
 * Private to the expectations: how each kind is compiled (expect_compile.c) and run (expect_run.c);
 * the table of them is in expect.c.
 */
#ifndef RUNNER_EXPECT_PRIVATE_H
#define RUNNER_EXPECT_PRIVATE_H

#include "runner/expect.h"

struct expect_kind {
    const char *name;
    bool needs_answer; /* there is none for Event and DryRun */
    bool (*compile)(struct check_compiler *c, struct json_ref at, struct expectation *e);
    enum check_result (*run)(const struct expectation *e, struct answer *a, struct check_run *run);
};

/* false after adding faults. */
typedef bool expect_compiler(struct check_compiler *c, struct json_ref at, struct expectation *e);

expect_compiler expect_compile_matcher, expect_compile_check, expect_compile_ms,
    expect_compile_bytes, expect_compile_bool, expect_compile_status, expect_compile_function_error,
    expect_compile_snapshot, expect_compile_same_as, expect_compile_latency;

typedef enum check_result expect_runner(const struct expectation *e, struct answer *a,
                                        struct check_run *run);

expect_runner expect_run_payload, expect_run_paths, expect_run_text, expect_run_log,
    expect_run_duration, expect_run_billed, expect_run_init, expect_run_memory, expect_run_cold,
    expect_run_version, expect_run_status, expect_run_function_error, expect_run_snapshot,
    expect_run_later;

#endif
