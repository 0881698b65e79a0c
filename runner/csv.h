/* CSV (RFC 4180, with a header) as the rows of a table. */
#ifndef RUNNER_CSV_H
#define RUNNER_CSV_H

#include <jansson.h>

#include "base/fault.h"
#include "base/str.h"

/*
 * Pure: an array of objects whose members are strings, one a record, owned. NULL after adding
 * faults for `name`. A byte order mark is passed over.
 */
json_t *csv_rows_parse(struct str text, const char *name, struct faults *faults);

#endif
