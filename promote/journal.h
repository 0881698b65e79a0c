/*
 * The audit log of a promotion: journal.jsonl, a line for every call that changes something,
 * written and synced before it is made and again when its answer is known. Nothing is ever decided
 * by it: the aliases are the truth, and a lost journal loses only the story.
 *
 * A journal that cannot be written is told once (journal_err) and does not stop a promotion.
 */
#ifndef PROMOTE_JOURNAL_H
#define PROMOTE_JOURNAL_H

#include <stdint.h>

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

/* DIR/.smokegate/promotions/ID/journal.jsonl, appended to. NULL `dir`: a journal that keeps
 * nothing. */
struct journal *journal_open(const char *dir, const char *promotion, const struct clock *clock);
void journal_close(struct journal *j); /* NULL is fine */

/* Members that are NULL are left out. NULL `j` is fine. */
void journal_write(struct journal *j, const struct journal_line *line);

/* The first thing that went wrong; its kind is ERR_NONE when nothing did. */
const struct err *journal_err(const struct journal *j);

#endif
