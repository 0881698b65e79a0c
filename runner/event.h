/*
 * What happens in a run, as plain values: the only thing reports see. The engine tells a bus; the
 * bus tells its listeners, either as things happen or in the order of the cases, whatever finished
 * first. A recorded stream (reports/jsonl) can be told to a bus again and gives the same reports.
 *
 * Texts are valid UTF-8 or raw bytes of a response; every report escapes for its own format. The
 * bus masks secrets in them and bounds them (runner/event_tame.h) before anybody listens.
 */
#ifndef RUNNER_EVENT_H
#define RUNNER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "runner/account.h"
#include "runner/latency.h"
#include "runner/verdict.h"

enum { EVENT_VERSION = 1, EXCERPT_PASSED_MAX = 4 << 10, EXCERPT_FAILED_MAX = 64 << 10 };

/* A function under test. */
struct run_function {
    const char *key, *name, *alias;
    const char *version;          /* what the alias pointed to when the run began; "" not known */
    const char *code_sha256;      /* base64; "" not known */
    const char *reason;           /* why it could not be read, or NULL */
    const char *executed_version; /* at the end: what every answer came from; "" none did */
    struct verdict_counts counts; /* at the end */
};

struct run_suite {
    const char *name, *file, *sha256;
    size_t cases;
};

struct run_info {
    const char *id;          /* a ULID */
    const char *environment; /* "" when there is none */
    const char *alias, *region, *endpoint;
    const char *tool_version, *host;
    const char *folder; /* where it ran within its repository, "services/orders"; "": at its root */
    int64_t start_ms;   /* wall */
    uint64_t seed;
    size_t cases; /* that were selected */
    unsigned jobs;
    unsigned shard, shards; /* 0 of 0: not sharded */
    /* Of a shard: the selection it is a part of (runner/shard.h); 0 and NULL otherwise. */
    size_t whole_cases;
    const char *whole_sha256;
    const struct run_function *functions;
    size_t function_count;
    const struct run_suite *suites;
    size_t suite_count;
    bool promotion;      /* the runs of a promotion's gates, told as one; `id` is the promotion's */
    const char *release; /* of a promotion: its label; "" or NULL: none */
    const char *command; /* "abort", "audit"...: what is no promotion; "" or NULL: it is one */
    struct account_aliases aliases; /* of a promotion; NULL: Live, Smoke, Backup */
};

struct case_info {
    size_t index; /* among the selected cases, from 0: the order of reports */
    size_t place; /* of a shard: the index it would have in the undivided run */
    size_t suite_index;
    const char *suite, *name;
    const char *row_id; /* or NULL */
    const char *file;
    unsigned line, column;
    const char *description; /* or NULL */
    const char *const *tags;
    size_t tag_count;
    const char *role; /* "setup", "case", "teardown" */
    const char *function_key, *function, *alias;
    const char *scope; /* which run of a promotion: "dev", "dev (Live)"; NULL of a run alone */
};

struct failure_info {
    const char *file;
    unsigned line, column;
    const char *where, *check, *expected, *actual;
    const char *diff, *note; /* or NULL */
    bool gave_up;
};

struct attempt {
    unsigned number; /* from 1 */
    enum verdict verdict;
    enum answer_kind kind;
    int status; /* HTTP; 0: no answer */
    const char *executed_version, *request_id, *function_error, *error_type, *error_message;
    const char *reason; /* why inconclusive, or NULL */
    int64_t start_us;   /* since the run began */
    int64_t duration_us, first_byte_us, connect_us;
    bool cold_start;
    double init_ms, billed_ms, max_memory_bytes; /* -1: not told */
    const struct latency *latency;               /* of a repeated case, else NULL */
    const struct latency *compared;              /* what `latency.ratio` is to, or NULL */
    const char *compared_alias;
    unsigned invocations;              /* sent within this attempt, with polls and resends */
    struct str request, response, log; /* excerpts */
    size_t request_bytes, response_bytes;
    const struct failure_info *failures;
    size_t failure_count;    /* kept */
    size_t failures_dropped; /* only counted */
};

/* A finished case. Owns its arena, which holds everything it points to. */
struct case_result {
    struct arena arena;
    struct case_info info;
    enum verdict verdict;
    bool flaky;
    const char *reason; /* why skipped or inconclusive, or NULL */
    struct attempt *attempts;
    size_t attempt_count;
    int64_t start_us, duration_us; /* of the whole, with waits */
    const char **notices;          /* "same_as: not applicable, Live does not exist" */
    size_t notice_count;
};

void case_result_free(struct case_result *result); /* NULL is fine */

struct run_summary {
    struct verdict_counts counts;
    enum run_verdict verdict;
    bool interrupted;
    const char *stopped; /* why not everything ran, or NULL */
    int64_t end_ms, duration_us;
    size_t invocations;
    const struct run_function *functions;
    size_t function_count;
    const char *end; /* of a promotion: "done", "failed", "busy"... (docs/reports.md), or NULL */
    const char *message; /* what it said, or NULL */
};

struct listener {
    void *ctx;
    bool as_it_happens; /* case_end in order of finishing; otherwise in order of the cases */
    /* Any may be NULL. */
    void (*run_start)(void *ctx, const struct run_info *run);
    void (*case_start)(void *ctx, const struct case_info *info);
    void (*case_slow)(void *ctx, const struct case_info *info, int64_t running_us);
    void (*case_end)(void *ctx, const struct case_result *result);
    void (*step)(void *ctx, const struct account_step *step); /* these three: promotions only */
    void (*finding)(void *ctx, const struct account_finding *finding);
    void (*place)(void *ctx, const struct account_place *place);
    void (*run_end)(void *ctx, const struct run_summary *summary);
    void (*tick)(void *ctx); /* about every 100 ms, for progress */
};

struct event_bus;

struct event_bus *event_bus_new(void);
void event_bus_free(struct event_bus *bus); /* NULL is fine */
void event_bus_listen(struct event_bus *bus,
                      const struct listener *l); /* copied; before run_start */

void event_run_start(struct event_bus *bus, const struct run_info *run);
void event_case_start(struct event_bus *bus, const struct case_info *info);
void event_case_slow(struct event_bus *bus, const struct case_info *info, int64_t running_us);
void event_case_end(struct event_bus *bus, struct case_result *result); /* takes it */
void event_step(struct event_bus *bus, const struct account_step *step);
void event_finding(struct event_bus *bus, const struct account_finding *finding);
void event_place(struct event_bus *bus, const struct account_place *place);
void event_run_end(struct event_bus *bus, const struct run_summary *summary);
void event_tick(struct event_bus *bus);

#endif
