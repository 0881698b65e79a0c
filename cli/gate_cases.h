/*
 * The gate of promote: the project's cases, run on an alias of an environment. All runs of one
 * promotion go into one set of reports: suites are called "ENVIRONMENT: SUITE" on Smoke,
 * "ENVIRONMENT (Live, weighted step N): SUITE" and "ENVIRONMENT (Live): SUITE" on Live.
 */
#ifndef CLI_GATE_CASES_H
#define CLI_GATE_CASES_H

#include "cli/run_cases.h"
#include "cli/run_reports.h"
#include "cli/session.h"
#include "promote/gate.h"

struct gate_cases {
    struct session *session;
    struct run_reports reports;
    struct event_bus *bus; /* of the reports: one run, made of all of them */
    struct arena arena;
    const char *seed; /* of --seed, for the reports; NULL: none */
    bool started;
    size_t first, last;                 /* the environments it goes through */
    size_t cases, suites, room;         /* told so far, and how many cases there can be */
    const struct gate_request *request; /* of the run that is going on */
    int64_t began_us;                   /* monotonic, when the reports began */
    int64_t start_us;                   /* of the run that is going on, since then */
    size_t weighted;                    /* steps of the environment that were asked about */
    struct buf detail;                  /* the cases of the last gate that did not pass */
    struct run_summary total;
    struct run_function *functions;
    size_t function_count;
};

/*
 * Opens the reports of --report and --junit. ERR_USAGE, ERR_IO when one cannot be written. Close
 * with gate_cases_finish.
 */
int gate_cases_open(struct gate_cases *g, struct session *session, struct err *err);

/* Loads the cases for these environments and throws them away: mistakes are told before anything
 * moves. Prints them and returns the exit code. */
int gate_cases_check(struct gate_cases *g, size_t first, size_t last);

/*
 * The reports' run begins, if it has not: under the id of a promotion ("": one of its own). Told by
 * the first thing that is to be reported.
 */
void gate_cases_begin(struct gate_cases *g, const char *promotion);
int64_t gate_cases_now(const struct gate_cases *g); /* microseconds since then */

struct gate gate_cases_gate(struct gate_cases *g);

/* Ends the reports; they appear now, unless nothing was begun. */
int gate_cases_finish(struct gate_cases *g, struct err *err);

#endif
