/*
 * A promotion's account of itself, told to the bus of its reports: steps, what the audit found,
 * where aliases were before and after, how it ended. Without reports nothing is told.
 */
#ifndef CLI_PROMOTION_REPORT_H
#define CLI_PROMOTION_REPORT_H

#include "cli/gate_cases.h"
#include "promote/promotion.h"

void promotion_report_tell(struct gate_cases *g, const struct promotion_event *e);

/*
 * What is left to be told when it is over; before gate_cases_finish. `name` is how the end is
 * called.
 */
void promotion_report_end(struct gate_cases *g, const struct promotion_options *o,
                          const struct promotion_result *result, const char *name,
                          const struct err *err);

#endif
