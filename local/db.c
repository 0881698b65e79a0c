#include "local/db.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "local/db_schema.h"

enum { STATEMENTS_MAX = 192 };

struct db_query {
    sqlite3_stmt *stmt;
    const char *sql;
};

struct db {
    sqlite3 *handle;
    struct db_query statements[STATEMENTS_MAX];
    size_t count;
    struct err error;
};

static void failed(struct db *db)
{
    if (db->error.kind == ERR_NONE)
        err_set(&db->error, ERR_IO, "the local Lambda's database: %s", sqlite3_errmsg(db->handle));
}

static struct db_query *prepare(struct db *db, const char *sql)
{
    struct db_query *q = NULL;

    for (size_t i = 0; i < db->count && !q; i++)
        if (db->statements[i].sql == sql)
            q = &db->statements[i];
    if (q)
        return q;
    assert(db->count < STATEMENTS_MAX);
    q = &db->statements[db->count];
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL) !=
        SQLITE_OK) {
        failed(db);
        return NULL;
    }
    q->sql = sql;
    db->count++;
    return q;
}

static struct db_query *start(struct db *db, const char *sql, const char *types, va_list ap)
{
    struct db_query *q;
    int r = SQLITE_OK;

    if (db_failed(db))
        return NULL;
    q = prepare(db, sql);
    for (int i = 1; q && *types && r == SQLITE_OK; types++, i++)
        switch (*types) {
        case 's':
            r = sqlite3_bind_text(q->stmt, i, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
            break;
        case 'b': {
            const struct str *bytes = va_arg(ap, const struct str *);

            r = sqlite3_bind_blob64(q->stmt, i, bytes->data ? bytes->data : "", bytes->len,
                                    SQLITE_TRANSIENT);
            break;
        }
        case 'i':
            r = sqlite3_bind_int64(q->stmt, i, va_arg(ap, int64_t));
            break;
        default:
            r = sqlite3_bind_double(q->stmt, i, va_arg(ap, double));
            break;
        }
    if (r != SQLITE_OK) {
        failed(db);
        db_done(q);
        return NULL;
    }
    return q;
}

struct db_query *db_query(struct db *db, const char *sql, const char *types, ...)
{
    struct db_query *q;
    va_list ap;

    va_start(ap, types);
    q = start(db, sql, types, ap);
    va_end(ap);
    return q;
}

bool db_step(struct db *db, struct db_query *q)
{
    int r;

    if (!q)
        return false;
    r = sqlite3_step(q->stmt);
    if (r == SQLITE_ROW)
        return true;
    if (r != SQLITE_DONE)
        failed(db);
    db_done(q);
    return false;
}

void db_done(struct db_query *q)
{
    if (!q)
        return;
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
}

void db_run(struct db *db, const char *sql, const char *types, ...)
{
    struct db_query *q;
    va_list ap;

    va_start(ap, types);
    q = start(db, sql, types, ap);
    va_end(ap);
    while (db_step(db, q))
        ;
}

int db_changes(struct db *db)
{
    return sqlite3_changes(db->handle);
}

int64_t db_value(struct db *db, int64_t otherwise, const char *sql, const char *types, ...)
{
    struct db_query *q;
    int64_t value = otherwise;
    va_list ap;

    va_start(ap, types);
    q = start(db, sql, types, ap);
    va_end(ap);
    if (db_step(db, q)) {
        if (!db_is_null(q, 0))
            value = db_int(q, 0);
        db_done(q);
    }
    return value;
}

const char *db_text(struct db_query *q, int column, struct arena *arena)
{
    return arena_dup(arena, (const char *)sqlite3_column_text(q->stmt, column));
}

struct str db_blob(struct db_query *q, int column, struct arena *arena)
{
    const struct str bytes = {sqlite3_column_blob(q->stmt, column),
                              (size_t)sqlite3_column_bytes(q->stmt, column)};

    return arena_str(arena, bytes);
}

int64_t db_int(struct db_query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double db_double(struct db_query *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

bool db_is_null(struct db_query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

bool db_failed(const struct db *db)
{
    return db->error.kind != ERR_NONE;
}

void db_begin(struct db *db)
{
    db_run(db, "BEGIN IMMEDIATE", "");
}

void db_rollback(struct db *db)
{
    db->error = (struct err){0};
    if (!sqlite3_get_autocommit(db->handle))
        db_run(db, "ROLLBACK", "");
    db->error = (struct err){0};
}

int db_commit(struct db *db, struct err *err)
{
    struct err why;

    db_run(db, "COMMIT", "");
    if (!db_failed(db))
        return 0;
    why = db->error;
    db_rollback(db);
    if (err)
        *err = why;
    return -1;
}

/* ---- opening ---- */

static int script(struct db *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    return err_set(err, ERR_IO, "%s", sqlite3_errmsg(db->handle));
}

static int migrate(struct db *db, struct err *err)
{
    const int64_t version = db_value(db, 0, "PRAGMA user_version", "");

    if (version > DB_SCHEMA_VERSION)
        return err_set(
            err, ERR_INPUT,
            "it was written by a newer smokegate-local (schema %lld, this one knows %d): use "
            "that one, or another folder (\"smokegate local reset\" empties a project's)",
            (long long)version, DB_SCHEMA_VERSION);
    for (int64_t v = version; v < DB_SCHEMA_VERSION; v++)
        if (script(db, db_schema_steps[v], err) < 0)
            return -1;
    return 0;
}

int db_open(struct db **ret, const char *path, struct err *err)
{
    struct db *db = mem_zalloc(sizeof(*db));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
        err_set(err, ERR_IO, "%s: %s", path, sqlite3_errmsg(db->handle));
        db_close(db);
        return -1;
    }
    sqlite3_busy_timeout(db->handle, 5000);
    if (script(db,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
               "PRAGMA trusted_schema=OFF;",
               err) < 0 ||
        migrate(db, err) < 0) {
        err_ctx(err, "%s", path);
        db_close(db);
        return -1;
    }
    *ret = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->count; i++)
        sqlite3_finalize(db->statements[i].stmt);
    sqlite3_close(db->handle);
    free(db);
}
