/*
 * The audit log of a promotion: journal.jsonl. A line for every request to Lambda's control plane,
 * and around those that change something a line of what is about to be done and one of what came
 * of it, with the revisions before and after; these two are synced. Nothing is ever decided by it:
 * the aliases are the truth, and a lost journal loses only the story. docs/schemas/ has its schema.
 *
 * A journal that cannot be written is told once (journal_err) and does not stop a promotion.
 */
#ifndef PROMOTE_JOURNAL_H
#define PROMOTE_JOURNAL_H

#include <stdint.h>

#include "aws/client.h"
#include "base/clock.h"
#include "base/err.h"

struct journal;

struct journal_line {
    const char *event;     /* "intent", "done", "failed", or a phase: "gate", "end" */
    const char *operation; /* "UpdateAlias" */
    const char *environment, *function, *alias, *version, *detail;
    const char *before, *after; /* revision ids */
    const char *request_id;
    int64_t duration_ms; /* -1: none */
};

enum { JOURNAL_KEPT_MAX = 4 << 20 }; /* bytes kept until it is known which promotion they are of */

/*
 * A journal of what happens to the project in `dir` (copied; NULL: it keeps nothing). Lines are
 * kept in memory until journal_name() says where they belong; without that they are gone at the
 * end.
 */
struct journal *journal_new(const char *dir, const struct clock *clock);
void journal_free(struct journal *j); /* NULL is fine */

/* From now on DIR/.smokegate/promotions/ID/journal.jsonl, appended to. */
void journal_name(struct journal *j, const char *promotion);

/* Members that are NULL are left out. NULL `j` is fine. */
void journal_write(struct journal *j, const struct journal_line *line);

/* A line of event "call": a request that was made. */
void journal_call(struct journal *j, const char *environment, const struct aws_called *called);

/* The first thing that went wrong; its kind is ERR_NONE when nothing did. */
const struct err *journal_err(const struct journal *j);

#endif
