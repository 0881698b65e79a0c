/*
 * A promotion's account of itself, told to the bus of its reports: steps, what the audit found,
 * where aliases were before and after, how it ended. Without reports nothing is told.
 */
#ifndef CLI_PROMOTION_REPORT_H
#define CLI_PROMOTION_REPORT_H

#include "cli/gate_cases.h"
#include "promote/promotion.h"

struct promotion_report {
    struct gate_cases *gate;    /* whose reports they are */
    int64_t step_us;            /* when the last step began, since the reports began */
    bool undoing, told_trouble; /* ... an error was told by its step */
    const struct manifest_environment *entered[MANIFEST_ENVIRONMENTS_MAX];
    size_t entered_count;
};

void promotion_report_tell(struct promotion_report *r, const struct promotion_event *e);

/*
 * What is left to be told when it is over; before gate_cases_finish. `name` is how the end is
 * called.
 */
void promotion_report_end(struct promotion_report *r, const struct promotion_options *o,
                          const struct promotion_result *result, const char *name,
                          const struct err *err);

#endif
