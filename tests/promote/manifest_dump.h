/* A project file's resolved values as text, one setting a line: for comparing with a file. */
#ifndef TESTS_PROMOTE_MANIFEST_DUMP_H
#define TESTS_PROMOTE_MANIFEST_DUMP_H

#include "base/buf.h"
#include "promote/manifest.h"

void manifest_dump(struct buf *out, const struct manifest *m);

#endif
