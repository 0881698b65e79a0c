/*
 * Where Live was left by the last promotion, without reading it. A write's answer told the alias
 * whole, at a revision id; whoever writes on condition of that very revision needs no other read of
 * the alias: Lambda refuses it when it is not at that revision any more. So a `restore` asks which
 * versions the aliases serve (GetFunction has a quota of its own, six times as wide), and spends
 * the narrow quota on Live's writes. The revision ids are told
 *
 * - in the folder that promoted: by its journal, for every function;
 * - anywhere else: by the mark that the promotion left on Smoke of the function behind it in the
 *   set (promote/mark.h, `r`), for every second function; the others' aliases are read.
 *
 * A hint decides nothing: where to go is what Backup serves now. A wrong one costs a refused write
 * and a read. None is used unless the first function's aliases, which are always read, are as the
 * promotion left them: the journal's are at the revisions it tells, or its marks say done.
 */
#ifndef PROMOTE_HINT_H
#define PROMOTE_HINT_H

#include "aws/client.h"
#include "promote/view.h"

enum { HINT_JOURNAL_MAX = 64 << 20 }; /* bytes of a journal that are read */

/*
 * Like observe_environment() without artifacts. `dir` is the project's folder (NULL: nothing is
 * known). A journal that is not there, or cannot be read, is no error: everything is read then.
 */
int hint_observe(struct environment_view *ret, struct aws_client *client,
                 const struct manifest_environment *environment,
                 const struct manifest_aliases *aliases, const char *dir, struct err *err);

#endif
