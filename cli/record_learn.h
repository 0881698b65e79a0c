/* What can be expected of a response that was seen once. */
#ifndef CLI_RECORD_LEARN_H
#define CLI_RECORD_LEARN_H

#include "cli/record_case.h"
#include "runner/changing.h"

/*
 * Fills in what `c` expects of `response`: the schema, what is ignored, and whether a snapshot is
 * worth having, which is then added to `ret_snapshot` as a run would write it (else that stays
 * empty). The json_t of `c` are owned by it from now on: record_learn_release.
 */
void record_learn(struct record_case *c, struct str response, const struct changing_known *known,
                  struct buf *ret_snapshot);
void record_learn_release(struct record_case *c);

#endif
