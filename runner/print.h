/* JSON values as text: compact, exact numbers, shortest doubles; and clipped for people to read. */
#ifndef RUNNER_PRINT_H
#define RUNNER_PRINT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "json/reader.h"

/*
 * Appends `value` compactly. Numbers are spelt as `doc` (may be NULL) has them where a double or
 * int64 cannot. Returns -1 when the buffer's cap was reached.
 */
int print_json(struct buf *out, const struct json_doc *doc, const json_t *value);

/* The same over lines, indented by two blanks a level, from `level` on. For files people read. */
int print_json_pretty(struct buf *out, const struct json_doc *doc, const json_t *value,
                      unsigned level);

/* A double in the fewest digits that read back as it. */
int print_double(struct buf *out, double value);

/* The string as a JSON string with its quotes; invalid UTF-8 is shown as \xNN. */
int print_quoted(struct buf *out, struct str text);

/*
 * At most about `max` bytes: what is longer is cut in the middle, between code points, with
 * "... (N bytes left out) ..." there.
 */
const char *print_clip(struct arena *arena, struct str text, size_t max);

#endif
