/*
 * A promotion's account of itself, told to the bus of its reports: steps, what the audit found,
 * where aliases were before and after, how it ended. Without reports nothing is told.
 */
#ifndef CLI_PROMOTION_REPORT_H
#define CLI_PROMOTION_REPORT_H

#include "cli/gate_cases.h"
#include "promote/promotion.h"

/* What is said of a command that is no promotion. NULL: as of a promotion. */
struct promotion_words {
    const char *done;      /* how its end is called when it did what it should: "restored" */
    const char *nothing;   /* of environments, when there was nothing to do */
    const char *untouched; /* of environments that it did not come to */
};

struct promotion_report {
    struct gate_cases *gate;    /* whose reports they are */
    int64_t step_us;            /* when the last step began, since the reports began */
    bool undoing, told_trouble; /* ... an error was told by its step */
    struct promotion_words words;
    const struct manifest_environment *entered[MANIFEST_ENVIRONMENTS_MAX];
    size_t entered_count;
};

void promotion_report_tell(struct promotion_report *r, const struct promotion_event *e);

/* A line about an environment as a whole; `reason`: why it is not passed, NULL: it is. */
void promotion_report_whole(struct promotion_report *r, const char *environment, const char *kind,
                            const char *text, const char *reason);
void promotion_report_finding(struct promotion_report *r, const struct audit_finding *finding);

/*
 * What is left to be told when it is over; before gate_cases_finish. `name` is how the end is
 * called.
 */
void promotion_report_end(struct promotion_report *r, const struct promotion_options *o,
                          const struct promotion_result *result, const char *name,
                          const struct err *err);

#endif
