/* Tables of a case: rows written in place, or in a .csv (RFC 4180, with a header) or .json file. */
#ifndef RUNNER_TABLE_H
#define RUNNER_TABLE_H

#include <jansson.h>

#include "base/fault.h"
#include "json/reader.h"

/* Rows in place. Returns owned, or NULL after adding faults. */
json_t *table_read(struct json_ref at, struct faults *faults);

/* Rows of the file named at `at`, relative to `dir`. */
json_t *table_load(struct json_ref at, const char *dir, struct faults *faults);

/* Pure: CSV text to rows whose cells are strings. NULL after adding faults for `name`. */
json_t *table_parse_csv(struct str text, const char *name, struct faults *faults);

#endif
