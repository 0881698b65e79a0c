/* A case's result in words, the same in the terminal, JUnit, TAP and HTML. Not escaped, not masked.
 */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include "base/buf.h"
#include "runner/event.h"

enum { WORDS_ACTUAL_MAX = 2000 };

/* "143 ms", "1.23 s", "2 m 05 s". */
void words_duration(struct buf *out, int64_t us);

/* One line: "$.total: expected 19.98 +/- 0.001, actual 20.98" with "(and 2 more)"; why
 * inconclusive. */
void words_summary(struct buf *out, const struct case_result *result);

/*
 * The lines below a case's headline, each indented by `indent` blanks: every failure with its
 * places, expected, actual, diff and note; then request id and log.
 */
void words_attempt(struct buf *out, const struct attempt *attempt, unsigned indent, bool with_log);

/* The whole block of a case that did not pass: reason, last attempt, and that there were others. */
void words_case(struct buf *out, const struct case_result *result, unsigned indent, bool with_log);

/* The last attempt, or NULL. */
const struct attempt *words_last(const struct case_result *result);

#endif
