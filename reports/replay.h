/* Telling a recorded event stream (reports/jsonl.c) to a bus again. */
#ifndef REPORTS_REPLAY_H
#define REPORTS_REPLAY_H

#include "base/err.h"
#include "runner/event.h"

/*
 * Reads the lines of `path` ("-": standard input) and tells their events. A stream that broke off
 * (a killed run) is told as far as it goes, and ends inconclusive. ERR_INPUT with the line when one
 * is no event.
 */
int replay_file(const char *path, struct event_bus *bus, struct run_summary *ret_summary,
                struct err *err);

#endif
