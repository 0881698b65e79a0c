#include "local/db_schema.h"

const char *const db_schema_steps[DB_SCHEMA_VERSION] = {
    "BEGIN;"
    /* Outlives what it counts: "version numbers are never reused, even for a function that has
       been deleted and recreated" (docs: configuration-versions). */
    "CREATE TABLE counter (kind TEXT, name TEXT, next INTEGER NOT NULL, PRIMARY KEY (kind, name))"
    " WITHOUT ROWID;"
    "CREATE TABLE function (name TEXT PRIMARY KEY, reserved INTEGER, tags TEXT,"
    " published TEXT, published_version INTEGER) WITHOUT ROWID;"
    /* number 0 is $LATEST; `config` is the FunctionConfiguration without its state */
    "CREATE TABLE version (function TEXT NOT NULL REFERENCES function ON DELETE CASCADE,"
    " number INTEGER NOT NULL, config TEXT NOT NULL, zip TEXT NOT NULL, revision TEXT NOT NULL,"
    " state TEXT NOT NULL, updating TEXT NOT NULL, due_ms INTEGER NOT NULL, reason TEXT,"
    " PRIMARY KEY (function, number)) WITHOUT ROWID;"
    "CREATE INDEX version_zip ON version (zip);"
    "CREATE TABLE alias (function TEXT NOT NULL REFERENCES function ON DELETE CASCADE,"
    " name TEXT NOT NULL, version INTEGER NOT NULL, description TEXT NOT NULL,"
    " weight_version INTEGER, weight REAL, revision TEXT NOT NULL,"
    " PRIMARY KEY (function, name)) WITHOUT ROWID;"
    /* Everything that is one JSON document: layers' versions, event source mappings, policies,
       function URLs, event-invoke and provisioned-concurrency configurations. */
    "CREATE TABLE resource (kind TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL,"
    " number INTEGER NOT NULL, document TEXT NOT NULL, revision TEXT, zip TEXT,"
    " PRIMARY KEY (kind, owner, key)) WITHOUT ROWID;"
    "CREATE INDEX resource_number ON resource (kind, owner, number);"
    "CREATE TABLE session (access_key TEXT PRIMARY KEY, secret_key TEXT NOT NULL,"
    " token TEXT NOT NULL, arn TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "COMMIT;",

    "BEGIN;"
    /* AUTOINCREMENT: the number of an event that was forgotten never names another one. */
    "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, function TEXT NOT NULL,"
    " version INTEGER NOT NULL, invoked_arn TEXT NOT NULL, request_id TEXT NOT NULL,"
    " payload BLOB NOT NULL, retries_left INTEGER NOT NULL, expires_ms INTEGER NOT NULL);"
    "PRAGMA user_version = 2;"
    "COMMIT;",
};
