/*
 * The gate of promote: the project's cases, run on an alias of an environment. All runs of one
 * promotion go into one set of reports: suites are called "ENVIRONMENT: SUITE" on Smoke and
 * "ENVIRONMENT (Live): SUITE" after the shift.
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
    bool started;
    size_t cases, suites, room;         /* told so far, and how many cases there can be */
    const struct gate_request *request; /* of the run that is going on */
    int64_t start_us;                   /* of the run that is going on, since the first */
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

struct gate gate_cases_gate(struct gate_cases *g);

/* Ends the reports; they appear now. */
int gate_cases_finish(struct gate_cases *g, struct err *err);

#endif
