/*
 * The schema of the local Lambda's database, as steps: step n brings version n to n + 1 and sets
 * PRAGMA user_version itself, in one transaction. A released step is never changed.
 */
#ifndef LOCAL_DB_SCHEMA_H
#define LOCAL_DB_SCHEMA_H

enum { DB_SCHEMA_VERSION = 2 };

extern const char *const db_schema_steps[DB_SCHEMA_VERSION];

#endif
