/* A run that never happened, told to a bus: the same every time. What reports make of it is
 * compared with files. */
#ifndef TESTS_REPORTS_SAMPLE_H
#define TESTS_REPORTS_SAMPLE_H

#include "runner/event.h"

/* A case of every verdict, attempts, rows, failures with and without a diff. */
void sample_run(struct event_bus *bus);

/* A promotion that failed in its second environment of three, with findings and places. */
void sample_promotion(struct event_bus *bus);

/*
 * The same shapes around one hostile text: it is name, tag, reason, expected, actual, diff, note,
 * log, request and response. With `failures`, the failed case has that many.
 */
void sample_hostile_run(struct event_bus *bus, struct str text, size_t failures);

#endif
