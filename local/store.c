#include "local/store.h"

#include <string.h>

#include "local/config.h"
#include "local/past.h"
#include "local/resource.h"

int fail_function(struct call *c, const char *name, const char *qualifier)
{
    return fail(c, FAIL_NOT_FOUND, "Function not found: %s", function_arn(c, name, qualifier));
}

static json_t *load(struct call *c, const char *text)
{
    json_t *document = text ? json_loads(text, 0, NULL) : NULL;

    return call_own(c, document ? document : json_object());
}

static const char *dump(struct call *c, const json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);
    const char *copy = arena_dup(&c->arena, text ? text : "{}");

    free(text);
    return copy;
}

/* ---- functions ---- */

bool store_function(struct call *c, const char *name, struct function_row *ret)
{
    struct db *db = c->local->db;
    struct db_query *q = db_query(
        db, "SELECT reserved, tags, published, published_version FROM function WHERE name = ?", "s",
        name);

    if (!db_step(db, q))
        return false;
    *ret = (struct function_row){
        .name = arena_dup(&c->arena, name),
        .reserved = db_is_null(q, 0) ? -1 : db_int(q, 0),
        .tags = load(c, db_text(q, 1, &c->arena)),
        .published = db_text(q, 2, &c->arena),
        .published_version = db_int(q, 3),
    };
    db_done(q);
    return true;
}

void store_function_put(struct call *c, const struct function_row *f)
{
    struct db *db = c->local->db;

    /* Not INSERT OR REPLACE: replacing a row would cascade to its versions. */
    db_run(db,
           "INSERT INTO function (name, reserved, tags, published, published_version)"
           " VALUES (?1, nullif(?2, -1), ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET"
           " reserved = nullif(?2, -1), tags = ?3, published = ?4, published_version = ?5",
           "sissi", f->name, f->reserved, dump(c, f->tags), f->published, f->published_version);
}

void store_function_delete(struct call *c, const char *name)
{
    db_run(c->local->db, "DELETE FROM function WHERE name = ?", "s", name);
    resource_delete_owned(c, name);
}

int64_t store_next(struct call *c, const char *kind, const char *name)
{
    struct db *db = c->local->db;

    db_run(db,
           "INSERT INTO counter (kind, name, next) VALUES (?, ?, 2)"
           " ON CONFLICT (kind, name) DO UPDATE SET next = next + 1",
           "ss", kind, name);
    return db_value(db, 1, "SELECT next - 1 FROM counter WHERE kind = ? AND name = ?", "ss", kind,
                    name);
}

/* ---- versions ---- */

static void read_version(struct call *c, struct db_query *q, struct version *ret)
{
    *ret = (struct version){
        .function = db_text(q, 0, &c->arena),
        .number = db_int(q, 1),
        .config = load(c, db_text(q, 2, &c->arena)),
        .zip = db_text(q, 3, &c->arena),
        .revision = db_text(q, 4, &c->arena),
        .state = db_text(q, 5, &c->arena),
        .updating = db_text(q, 6, &c->arena),
        .due_ms = db_int(q, 7),
        .reason = db_text(q, 8, &c->arena),
    };
}

static void settle(struct call *c, struct version *v)
{
    const bool pending = strcmp(v->state, "Pending") == 0;
    char revision[UUID_SIZE];

    if (v->due_ms == 0 || v->due_ms > c->now_ms)
        return;
    if (pending && v->reason) {
        v->state = "Failed";
    } else {
        v->state = pending ? "Active" : v->state;
        v->updating = v->reason ? "Failed" : "Successful";
        if (!v->reason)
            config_end_serving(v->config);
    }
    v->due_ms = 0;
    new_revision(revision);
    v->revision = arena_dup(&c->arena, revision);
    store_version_put(c, v);
}

bool store_version(struct call *c, const char *function, int64_t number, struct version *ret)
{
    struct db *db = c->local->db;
    struct db_query *q =
        db_query(db,
                 "SELECT function, number, config, zip, revision, state, updating, due_ms, reason"
                 " FROM version WHERE function = ? AND number = ?",
                 "si", function, number);

    if (!db_step(db, q))
        return false;
    read_version(c, q, ret);
    db_done(q);
    settle(c, ret);
    return true;
}

void store_version_put(struct call *c, const struct version *v)
{
    db_run(c->local->db,
           "INSERT OR REPLACE INTO version"
           " (function, number, config, zip, revision, state, updating, due_ms, reason)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
           "sisssssis", v->function, v->number, dump(c, v->config), v->zip, v->revision, v->state,
           v->updating, v->due_ms, v->reason);
}

void store_version_delete(struct call *c, const char *function, int64_t number)
{
    db_run(c->local->db, "DELETE FROM version WHERE function = ? AND number = ?", "si", function,
           number);
}

static struct db_query *query_versions(struct call *c, const char *function,
                                       const char *after_function, int64_t after_number,
                                       bool latest_only, int64_t max)
{
    struct db *db = c->local->db;

    if (function)
        return db_query(
            db,
            "SELECT function, number, config, zip, revision, state, updating, due_ms, reason"
            " FROM version WHERE function = ? AND number > ? ORDER BY number LIMIT ?",
            "sii", function, after_number, max);
    if (latest_only)
        return db_query(
            db,
            "SELECT function, number, config, zip, revision, state, updating, due_ms, reason"
            " FROM version WHERE function > ? AND number = 0 ORDER BY function LIMIT ?",
            "si", after_function, max);
    return db_query(db,
                    "SELECT function, number, config, zip, revision, state, updating, due_ms, "
                    "reason FROM version WHERE (function, number) > (?, ?)"
                    " ORDER BY function, number LIMIT ?",
                    "sii", after_function, after_number, max);
}

size_t store_versions(struct call *c, const char *function, const char *after_function,
                      int64_t after_number, bool latest_only, size_t max, struct version **ret)
{
    struct version *rows = arena_array(&c->arena, max, sizeof(*rows));
    struct db_query *q =
        query_versions(c, function, after_function, after_number, latest_only, (int64_t)max);
    size_t count = 0;

    while (db_step(c->local->db, q))
        if (count < max)
            read_version(c, q, &rows[count++]);
    for (size_t i = 0; i < count; i++)
        settle(c, &rows[i]);
    *ret = rows;
    return count;
}

/* ---- aliases ---- */

static void read_alias(struct call *c, struct db_query *q, struct alias *ret)
{
    *ret = (struct alias){
        .function = db_text(q, 0, &c->arena),
        .name = db_text(q, 1, &c->arena),
        .version = db_int(q, 2),
        .description = db_text(q, 3, &c->arena),
        .weight_version = db_is_null(q, 4) ? -1 : db_int(q, 4),
        .weight = db_double(q, 5),
        .revision = db_text(q, 6, &c->arena),
    };
}

static bool alias_row(struct call *c, const char *function, const char *name, struct alias *ret)
{
    struct db *db = c->local->db;
    struct db_query *q =
        db_query(db,
                 "SELECT function, name, version, description, weight_version, weight, revision"
                 " FROM alias WHERE function = ? AND name = ?",
                 "ss", function, name);

    if (!db_step(db, q))
        return false;
    read_alias(c, q, ret);
    db_done(q);
    return true;
}

/* A fault script may make the call see it as it was. */
static bool alias_as_it_was(struct call *c, const char *function, const char *name, bool exists,
                            struct alias *ret)
{
    if (c->stale_ms)
        past_find(c->local->past, function, name, c->now_ms - c->stale_ms, &c->arena, &exists, ret);
    return exists;
}

bool store_alias(struct call *c, const char *function, const char *name, struct alias *ret)
{
    return alias_as_it_was(c, function, name, alias_row(c, function, name, ret), ret);
}

static void remember_alias(struct call *c, const char *function, const char *name)
{
    struct alias before;
    const bool existed = alias_row(c, function, name, &before);

    past_add(c->local->past, function, name, existed ? &before : NULL, c->now_ms);
}

void store_alias_put(struct call *c, const struct alias *a)
{
    remember_alias(c, a->function, a->name);
    db_run(c->local->db,
           "INSERT OR REPLACE INTO alias"
           " (function, name, version, description, weight_version, weight, revision)"
           " VALUES (?, ?, ?, ?, nullif(?, -1), ?, ?)",
           "ssisids", a->function, a->name, a->version, a->description, a->weight_version,
           a->weight, a->revision);
}

bool store_alias_delete(struct call *c, const char *function, const char *name)
{
    remember_alias(c, function, name);
    db_run(c->local->db, "DELETE FROM alias WHERE function = ? AND name = ?", "ss", function, name);
    return db_changes(c->local->db) > 0;
}

size_t store_aliases(struct call *c, const char *function, const char *after, int64_t version,
                     size_t max, struct alias **ret)
{
    struct db *db = c->local->db;
    struct alias *rows = arena_array(&c->arena, max, sizeof(*rows));
    struct db_query *q =
        db_query(db,
                 "SELECT function, name, version, description, weight_version, weight, revision"
                 " FROM alias WHERE function = ?1 AND name > ?2 AND (?3 < 0 OR version = ?3 OR"
                 " weight_version = ?3) ORDER BY name LIMIT ?4",
                 "ssii", function, after, version, (int64_t)max);
    size_t count = 0;

    while (db_step(db, q))
        if (count < max) {
            read_alias(c, q, &rows[count]);
            count += alias_as_it_was(c, function, rows[count].name, true, &rows[count]);
        }
    *ret = rows;
    return count;
}

/* ---- what qualifiers mean ---- */

int store_resolve(struct call *c, const struct function_ref *ref, struct version *ret,
                  struct alias *ret_alias)
{
    const int64_t number = version_number(ref->qualifier);
    struct alias alias = {0};

    if (number >= 0 && store_version(c, ref->name, number, ret))
        return 0;
    if (number < 0 && store_alias(c, ref->name, ref->qualifier, &alias) &&
        store_version(c, ref->name, alias.version, ret)) {
        if (ret_alias)
            *ret_alias = alias;
        return 0;
    }
    return fail_function(c, ref->name, ref->qualifier);
}
