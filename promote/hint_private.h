/* Private to promote/hint*.c: what the journal of the last promotion in this folder tells. */
#ifndef PROMOTE_HINT_PRIVATE_H
#define PROMOTE_HINT_PRIVATE_H

#include <stdbool.h>

#include <jansson.h>

#include "promote/view.h"

/* Of one environment. Returns owned; NULL when there is nothing to know. */
json_t *hint_journal_read(const char *dir, const char *environment);

/*
 * Where an alias was left. False: that is not known. Only what a whole write of ours left counts:
 * its version, its line, no weights.
 */
bool hint_journal_recall(const json_t *known, const char *function, const char *alias,
                         struct seen_alias *ret);

#endif
