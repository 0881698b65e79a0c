/* Files as CI systems want them: from the root of the repository, wherever smokegate ran. */
#ifndef REPORTS_PLACE_H
#define REPORTS_PLACE_H

#include "base/buf.h"

/*
 * Appends the path of `file`, seen from the working directory `folder` ("" for the root), as seen
 * from the root: without "." and "..". What is absolute, or leads out of the repository, stays as
 * it is.
 */
void place_in_repository(struct buf *out, const char *folder, const char *file);

#endif
