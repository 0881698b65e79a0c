/*
 * SQLite behind a narrow door. One connection, used by one thread at a time (the caller holds the
 * lock of struct local). WAL with synchronous=FULL: what was committed survives SIGKILL and power
 * loss.
 *
 * Errors are sticky: after the first one every call does nothing and yields no rows, and
 * db_commit() rolls back and reports it. So callers need no check between begin and commit, and
 * nothing half-done is ever kept.
 */
#ifndef LOCAL_DB_H
#define LOCAL_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct db;

/* Opens or creates; brings an older schema up to date, refuses a newer one with ERR_INPUT. */
int db_open(struct db **ret, const char *path, struct err *err);
void db_close(struct db *db); /* NULL is fine */

void db_begin(struct db *db);
void db_rollback(struct db *db); /* and forgets the error */
int db_commit(struct db *db, struct err *err);
bool db_failed(const struct db *db);

/*
 * Runs a statement. `types` has one letter a parameter: 's' const char * (NULL is SQL NULL), 'b'
 * const struct str *, 'i' int64_t, 'd' double. `sql` must be a literal: prepared statements are
 * kept by its address.
 */
void db_run(struct db *db, const char *sql, const char *types, ...);
int db_changes(struct db *db); /* rows the last db_run changed */

/* A query: step until it is false, reading columns in between. One open query per literal. */
struct db_query;
struct db_query *db_query(struct db *db, const char *sql, const char *types, ...);
bool db_step(struct db *db, struct db_query *q); /* false at the end or after an error */
void db_done(struct db_query *q);                /* before the end; NULL is fine */

const char *db_text(struct db_query *q, int column, struct arena *arena); /* copy; NULL for NULL */
struct str db_blob(struct db_query *q, int column, struct arena *arena);  /* copy */
int64_t db_int(struct db_query *q, int column);                           /* 0 for NULL */
double db_double(struct db_query *q, int column);
bool db_is_null(struct db_query *q, int column);

/* The one integer of a query with one row, or `otherwise`. */
int64_t db_value(struct db *db, int64_t otherwise, const char *sql, const char *types, ...);

#endif
