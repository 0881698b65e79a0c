/* Which cases wait for which: names looked up, circles found. */
#ifndef RUNNER_NEEDS_H
#define RUNNER_NEEDS_H

#include "runner/testcase.h"

/*
 * Fills `needed` of every case of the suite. A name that is no case's, or a circle (all its cases
 * are named), is a fault; false then.
 */
bool needs_resolve(struct suite *suite, struct arena *arena, struct faults *faults);

#endif
