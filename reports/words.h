/* A case's result in words, the same in the terminal, JUnit, TAP and HTML. Not escaped, not masked.
 */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include "base/buf.h"
#include "runner/event.h"

/* More failures of one case than this, or beyond this size, are only counted: nobody reads them. */
enum { WORDS_FAILURES_MAX = 100, WORDS_BYTES_MAX = 64 << 10 };

/* What becomes of the log tail: it stands elsewhere, is only told of, or is written out. */
enum words_log { WORDS_LOG_ELSEWHERE, WORDS_LOG_TOLD, WORDS_LOG_SHOWN };

/* "143 ms", "1.23 s", "2 m 05 s". */
void words_duration(struct buf *out, int64_t us);

/* "suite > name" in one line, whatever stands in them; made harmless by `safe` (cli/term.h). */
void words_title(struct buf *out, const struct case_info *info,
                 void (*safe)(struct buf *out, struct str bytes));

/*
 * One line: "$.total: expected 19.98 +/- 0.001, actual 20.98" with "(and 2 more)", or what differs
 * of two large values; why inconclusive.
 */
void words_summary(struct buf *out, const struct case_result *result);

/*
 * The lines below a case's headline, each indented by `indent` blanks: every failure with its
 * places, expected, actual, diff and note; then request id and log.
 */
void words_attempt(struct buf *out, const struct attempt *attempt, unsigned indent,
                   enum words_log log);

/* The whole block of a case: reason, last attempt, and in a line each what the earlier ones were.
 */
void words_case(struct buf *out, const struct case_result *result, unsigned indent,
                enum words_log log);

/* The lines "latency  min 11.2, p50 12.0..." of a repeated case; nothing for others. */
void words_latency(struct buf *out, const struct attempt *attempt, unsigned indent);

/*
 * How a promotion, or a step of one by hand, ended, as a headline: "Promoted", "Not promoted: cases
 * failed"; and whether it did what it should. `command` as run_info.command, "" for a promotion.
 */
void words_promotion_end(struct buf *out, const char *end, const char *command,
                         const struct account_aliases *aliases);
bool words_promotion_ended_well(const char *end);

/* The last attempt, or NULL. */
const struct attempt *words_last(const struct case_result *result);

#endif
