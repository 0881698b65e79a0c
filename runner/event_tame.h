/*
 * Texts of events on their way to the listeners: what a case file, a function or a recorded stream
 * made of them becomes UTF-8, masked and bounded here, once for all reports. Masking comes before
 * anything is cut, escaped or taken apart, when a secret can still be found: whoever makes an event
 * masks only what is cut before it gets here (excerpts, clipped values). What is written at last is
 * masked once more (reports/report.h, cli/term.h), for what identifies and for secrets that were
 * captured since. Private to runner/event.c.
 *
 * What identifies is not masked here, since decisions are made by it: functions, aliases, versions,
 * environments.
 */
#ifndef RUNNER_EVENT_TAME_H
#define RUNNER_EVENT_TAME_H

#include "runner/event.h"

enum {
    TAME_TEXT_MAX =
        16 << 10, /* names, reasons, expected, actual: cut in the middle, which is told */
    TAME_DIFF_MAX = 64 << 10,
    TAME_FAILURES_MAX = 1000, /* of an attempt; further ones are only counted */
    /* Of failures and excerpts of a case's attempts together, of which there may be a hundred. The
     * last attempt comes first: it decided. */
    TAME_CASE_MAX = 4 << 20,
};

/* All return what is valid as long as both `arena` and the argument are. */
struct case_info tame_info(struct arena *arena, const struct case_info *info);
struct run_info tame_run(struct arena *arena, const struct run_info *run);
struct run_summary tame_summary(struct arena *arena, const struct run_summary *end);
struct account_step tame_step(struct arena *arena, const struct account_step *step);
struct account_finding tame_finding(struct arena *arena, const struct account_finding *finding);
struct account_place tame_place(struct arena *arena, const struct account_place *place);

/* In place, in its own arena. */
void tame_result(struct case_result *r);

#endif
