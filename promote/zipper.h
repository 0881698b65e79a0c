/*
 * A folder as a zip file whose bytes depend on names, contents and executable bits alone: the same
 * tree gives the same hash on any machine. Entries are sorted by name, deflated by nobody (stored),
 * dated 1980-01-01; folders and everything that is neither file nor link to a file are left out.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
#ifndef PROMOTE_ZIPPER_H
#define PROMOTE_ZIPPER_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the zip of `folder` to `out`. ERR_INPUT: no such folder, nothing in it, a name that is no
 * UTF-8 or too long; ERR_LIMIT when it would have more than max_bytes or 65,535 files.
 */
int zipper_folder(struct buf *out, const char *folder, size_t max_bytes, struct err *err);

#endif
