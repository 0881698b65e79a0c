/* Promotions whose gates run cases: promote, resume, shift. */
#ifndef CLI_PROMOTION_CASES_H
#define CLI_PROMOTION_CASES_H

#include "cli/promotion_cli.h"

/* The options of such a command; end a table with it. */
#define PROMOTION_CASES_OPTS                                                                       \
    {"partial", 0, OPT_FLAG, NULL,                                                                 \
     "promote on the word of selected cases (--tag, --filter, --shard...)"},                       \
        SUITE_OPTS, RUN_OPTS

/*
 * From the command line, with its reports opened. -1: `err` says why, nothing is left to be closed;
 * ERR_USAGE also when a part of the cases is selected and nobody said --partial.
 */
int promotion_cases_open(struct promotion_cli *p, struct session *session,
                         struct promotion_options *ret, bool ranged, struct err *err);

/* Runs it, ends the reports, prints the table; returns the exit code. */
int promotion_cases_run(struct promotion_cli *p, const struct promotion_options *o);

#endif
