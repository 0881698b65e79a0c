/*
 * The loop that runs cases: one thread, one curl multi, many flights. The only place in runner/
 * with effects. An invocation is sent at most once unless the service certainly did not carry it
 * out, the case says that sending it again is harmless, or its `retries` ask for it; every attempt
 * is reported.
 */
#ifndef RUNNER_ENGINE_H
#define RUNNER_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "base/err.h"
#include "runner/config.h"
#include "runner/event.h"
#include "runner/shard.h"
#include "runner/testcase.h"

enum { ENGINE_JOBS_DEFAULT = 32, ENGINE_JOBS_MAX = 1024 };

struct engine_options {
    struct aws_client *client;
    unsigned jobs;             /* 0: the default */
    const char *alias;         /* Smoke */
    bool weighted_ok;          /* either version of a weighted alias may answer */
    int retries;               /* of --retries; -1: as the cases say */
    unsigned repeat;           /* of --repeat; 0: as the cases say */
    int64_t timeout_ms;        /* of --timeout, for cases that say nothing; 0: automatic */
    int64_t global_timeout_ms; /* 0: none */
    int64_t slow_ms;           /* a notice for what runs longer; 0: none */
    bool fail_fast;
    bool flaky_fails;
    /* Asked between polls; true ends the run: what has not finished is reported as not run. */
    bool (*cancelled)(void *ctx);
    void *cancelled_ctx;
    /* For reports: */
    const char *id, *tool_version, *host;
    const char *folder; /* as of run_info; NULL: none */
    unsigned shard, shards;
    const struct shard_whole *whole; /* of a shard; NULL: this is the whole */
};

/*
 * Runs the items `order[0..count)` (indexes into the set) and tells `bus` about it, from run_start
 * to run_end. Whatever happens to an invocation is its case's verdict; -1 means the run as a whole
 * could not be carried on (our own mistake): run_end has been told then, too. What `ret_summary`
 * would point to has gone by then and is NULL: listeners saw it at run_end.
 */
int engine_run(const struct testset *set, const size_t *order, size_t count,
               const struct runner_config *config, const struct engine_options *options,
               struct event_bus *bus, struct run_summary *ret_summary, struct err *err);

#endif
