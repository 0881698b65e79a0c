/*
 * Tables of a case: rows written in place, or in a .csv (runner/csv.h) or .json file.
 *
 * A row's object takes jansson four hundred bytes, most of them empty hash buckets, and there may
 * be a hundred thousand rows: a long table keeps the text of its rows and makes a row anew whenever
 * it is asked for, and one of CSV always does.
 */
#ifndef RUNNER_TABLE_H
#define RUNNER_TABLE_H

#include <jansson.h>

#include "base/fault.h"
#include "json/reader.h"

struct table;

/*
 * Rows in place. `doc` is the document of `at`: the elements of a long table are dropped from it.
 * Returns owned, or NULL after adding faults.
 */
struct table *table_read(struct json_doc *doc, struct json_ref at, struct faults *faults);

/* Rows of the file named at `at`, relative to `dir`. */
struct table *table_load(struct json_ref at, const char *dir, struct faults *faults);

void table_free(struct table *table); /* NULL is fine */

size_t table_count(const struct table *table);

/* The row, an object. Returns owned; NULL: there is no such row. */
json_t *table_row(const struct table *table, size_t i);

#endif
