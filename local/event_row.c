#include "local/event_row.h"

int64_t event_row_add(struct call *c, const struct event_row *e)
{
    struct db *db = c->local->db;

    db_run(db,
           "INSERT INTO event (function, version, invoked_arn, request_id, payload, retries_left,"
           " expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
           "sissbii", e->function, e->version, e->invoked_arn, e->request_id, &e->payload,
           (int64_t)e->retries_left, e->expires_ms);
    return db_value(db, 0, "SELECT last_insert_rowid()", "");
}

bool event_row_get(struct call *c, int64_t id, struct event_row *ret)
{
    struct db *db = c->local->db;
    struct db_query *q =
        db_query(db,
                 "SELECT function, version, invoked_arn, request_id, payload, retries_left,"
                 " expires_ms FROM event WHERE id = ?",
                 "i", id);

    if (!db_step(db, q))
        return false;
    *ret = (struct event_row){
        .id = id,
        .function = db_text(q, 0, &c->arena),
        .version = db_int(q, 1),
        .invoked_arn = db_text(q, 2, &c->arena),
        .request_id = db_text(q, 3, &c->arena),
        .payload = db_blob(q, 4, &c->arena),
        .retries_left = (int)db_int(q, 5),
        .expires_ms = db_int(q, 6),
    };
    db_done(q);
    return true;
}

void event_row_set_retries(struct call *c, int64_t id, int retries_left)
{
    db_run(c->local->db, "UPDATE event SET retries_left = ? WHERE id = ?", "ii",
           (int64_t)retries_left, id);
}

void event_row_delete(struct call *c, int64_t id)
{
    db_run(c->local->db, "DELETE FROM event WHERE id = ?", "i", id);
}

int64_t event_row_after(struct db *db, int64_t id, struct arena *arena, const char **ret_function)
{
    struct db_query *q =
        db_query(db, "SELECT id, function FROM event WHERE id > ? ORDER BY id LIMIT 1", "i", id);
    int64_t next = 0;

    if (db_step(db, q)) {
        next = db_int(q, 0);
        *ret_function = db_text(q, 1, arena);
        db_done(q);
    }
    return next;
}
