/*
 * CSV (RFC 4180, with a header) as the rows of a table. There may be a hundred thousand: the text
 * is kept, and a row is made anew whenever it is asked for. A byte order mark is passed over.
 */
#ifndef RUNNER_CSV_H
#define RUNNER_CSV_H

#include <jansson.h>

#include "base/buf.h"
#include "base/fault.h"

enum { CSV_MAX_BYTES = 64 << 20 };

struct csv;

/*
 * Takes the text, of at most CSV_MAX_BYTES; every record is read once. Returns owned; NULL after
 * adding faults for `name`, which tell the line that a record begins or breaks off in.
 */
struct csv *csv_read(struct buf *text, const char *name, struct faults *faults);
void csv_free(struct csv *csv); /* NULL is fine */
void csv_freep(struct csv **csv);

size_t csv_count(const struct csv *csv); /* rows below the header; at least one */

/* The row: an object whose members are strings, in the order of the header. Returns owned; NULL:
 * there is no such row. */
json_t *csv_row(const struct csv *csv, size_t i);

#endif
