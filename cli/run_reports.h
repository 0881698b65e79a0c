/* The reports a command writes, opened before anything runs and finished together. */
#ifndef CLI_RUN_REPORTS_H
#define CLI_RUN_REPORTS_H

#include <stddef.h>

#include "base/err.h"
#include "cli/opts.h"
#include "reports/report.h"
#include "runner/event.h"

enum { RUN_REPORTS_MAX = 12 };

/* Options of commands that write reports; end a table with it. */
#define REPORT_OPTS                                                                                \
    {"report", 0, OPT_STRINGS, "FORMAT=FILE",                                                      \
     "junit, junit-strict, html, tap, markdown, github, jsonl, outcome (repeatable)"},             \
        {"junit", 0, OPT_STRING, "FILE", "short for --report junit=FILE"},                         \
    {                                                                                              \
        "junit-cases", 0, OPT_COUNT, "N",                                                          \
            "cases in a JUnit file before it goes on in another (5000; 0: all in one)"             \
    }

struct run_reports {
    struct report *items[RUN_REPORTS_MAX];
    char *spools[RUN_REPORTS_MAX]; /* of those that go to standard output; else NULL */
    size_t count;
};

/* Opens what REPORT_OPTS of a command ask for. */
int run_reports_open_all(struct run_reports *all, const struct opts *o, struct event_bus *bus,
                         struct err *err);

/*
 * After run_end. The first failure is told; all are finished. Of a report that needed more than one
 * file it says on standard error what they are called: CI has to be told to read them all.
 */
int run_reports_finish(struct run_reports *all, struct err *err);
void run_reports_abandon(struct run_reports *all);

#endif
