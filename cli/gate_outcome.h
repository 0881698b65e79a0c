/*
 * The gate of `shift`: what an earlier `smokegate run` wrote with --report outcome=FILE, held
 * against what is staged now. It tells of Smoke; about Live (weighted steps) another gate is asked.
 */
#ifndef CLI_GATE_OUTCOME_H
#define CLI_GATE_OUTCOME_H

#include "promote/gate.h"
#include "runner/outcome.h"

struct gate_outcome {
    struct outcome outcome;
    const char *file;
    struct gate on_live;
};

/* Prints what is wrong with the file and returns the exit code. Release the outcome in any case. */
int gate_outcome_open(struct gate_outcome *g, const char *file, struct gate on_live);
struct gate gate_outcome_gate(struct gate_outcome *g);

#endif
