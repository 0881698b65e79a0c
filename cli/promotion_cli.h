/*
 * What promote, plan, restore and abort have in common on the command line: the range of
 * environments, progress lines, the table at the end, and the exit code.
 */
#ifndef CLI_PROMOTION_CLI_H
#define CLI_PROMOTION_CLI_H

#include <jansson.h>

#include "cli/gate_cases.h"
#include "cli/promotion_report.h"
#include "cli/promotion_steps.h"
#include "cli/session.h"
#include "promote/promotion.h"

struct promotion_cli {
    struct session *session;
    struct gate_cases gate;
    struct promotion_report report; /* of the gate's reports */
    const char *const *approved;    /* of --approve */
    size_t approved_count;
    bool dry_run;                /* what is told is only planned: it goes into no report */
    json_t *steps;               /* of a dry run, for --json; NULL: none told */
    struct promotion_steps told; /* of the environment that is being told */
    const char
        *undo_words; /* what going back is called where no promotion is taken back; or NULL */
};

/*
 * Fills `ret` from the command line: callbacks, the range (-e, or `ranged`: --from and --to too),
 * the gate. ERR_USAGE for unknown environments or an empty range.
 */
int promotion_cli_options(struct promotion_cli *p, struct promotion_options *ret, bool ranged,
                          struct err *err);

/* The table, or with --json one object; `err` is what the run said. Returns the exit code. */
int promotion_cli_end(struct promotion_cli *p, const struct promotion_result *result,
                      const struct err *err);

/*
 * Opens the reports as well; the command has REPORT_OPTS. -1: nothing is left to be closed. After
 * it either of the two below.
 */
int promotion_cli_open(struct promotion_cli *p, struct session *session,
                       struct promotion_options *ret, bool ranged, struct err *err);

/* Ends the reports, prints the table; releases `result` and returns the exit code. */
int promotion_cli_close(struct promotion_cli *p, const struct promotion_options *o,
                        struct promotion_result *result, const struct err *err);

/* Instead of running it: older reports stay. */
void promotion_cli_drop(struct promotion_cli *p);

int promotion_exit(const struct promotion_result *result, const struct err *err);

/* "failed", "superseded": how an end is called in JSON. */
const char *promotion_end_name(enum promotion_end end);

#endif
