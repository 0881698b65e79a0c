/*
 * The files of a report that goes on in more than one: "junit.xml", "junit.part2.xml"... A part
 * says on its first lines that it is one, so that those of an earlier run can be told from files
 * that only bear such a name.
 */
#ifndef REPORTS_REPORT_PARTS_H
#define REPORTS_REPORT_PARTS_H

#include "base/buf.h"
#include "base/err.h"

/* Stands within the first REPORT_PART_MARK_WITHIN bytes of every part but a first. */
#define REPORT_PART_MARK "<!-- smokegate: part "
enum { REPORT_PART_MARK_WITHIN = 256 };

/* Appends the path of a part: `path` itself for the first. */
void report_parts_name(struct buf *out, const char *path, size_t part);

/*
 * Removes the parts beyond the `keep`th, from the last; other files stay whatever they are called.
 * ERR_IO when one of them cannot be removed: left there, it would be read as of this run.
 */
int report_parts_remove(const char *path, size_t keep, struct err *err);

#endif
