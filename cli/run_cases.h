/* One run of cases, shared by `run` and by the gate of promote: reports opened, engine run, outcome
 * kept. */
#ifndef CLI_RUN_CASES_H
#define CLI_RUN_CASES_H

#include "cli/run_reports.h"
#include "cli/suite.h"
#include "reports/terminal.h"
#include "runner/engine.h"
#include "runner/outcome.h"

/* The options of commands that run cases. */
#define RUN_OPTS                                                                                   \
    {"jobs", 'j', OPT_POSITIVE, "N", "invocations in flight (default 32)"},                        \
        {"retries", 0, OPT_COUNT, "N", "attempts after a failed one, for every case"},             \
        {"repeat", 0, OPT_POSITIVE, "N", "invocations of every case; all must pass"},              \
        {"timeout", 0, OPT_DURATION, "DURATION", "of an invocation whose case says nothing"},      \
        {"global-timeout", 0, OPT_DURATION, "DURATION", "end the run after this time"},            \
        {"slow", 0, OPT_DURATION, "DURATION", "tell of cases that run longer"},                    \
        {"fail-fast", 0, OPT_FLAG, NULL, "start nothing new after the first failure"},             \
        {"flaky", 0, OPT_CHOICE, "pass|fail", "what a case is that passed at a later attempt"},    \
        REPORT_OPTS

struct run_request {
    struct aws_client *client;
    bool reports; /* writes what --report and --junit ask for */
    bool weighted_ok;
    bool show;                   /* print it on the terminal */
    const struct listener *also; /* hears the run, too; NULL: nobody */
};

/* Options into engine options; alias and client are set. */
void run_engine_options(struct engine_options *ret, const struct opts *o);

/* What a command that ran cases, or tells of some that ran, exits with. */
int run_exit_code(const struct run_summary *summary, bool allow_empty);

/* The run on this terminal, as the options of the command want it. Free it after run_end. */
struct terminal *run_terminal(const struct cli *cli, struct event_bus *bus);

/*
 * Runs what the suite selected. `ret_outcome` (zeroed; release it) is filled whatever the verdict.
 * -1: a report could not be opened or written, or the engine failed.
 */
int run_cases(struct cli_suite *suite, struct session *session, const struct run_request *request,
              struct outcome *ret_outcome, struct run_summary *ret_summary, struct err *err);

#endif
