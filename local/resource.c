#include "local/resource.h"

#include <stdlib.h>

static void read_row(struct call *c, struct db_query *q, struct resource *ret)
{
    const char *text = db_text(q, 4, &c->arena);
    json_t *document = text ? json_loads(text, 0, NULL) : NULL;

    *ret = (struct resource){
        .kind = db_text(q, 0, &c->arena),
        .owner = db_text(q, 1, &c->arena),
        .key = db_text(q, 2, &c->arena),
        .number = db_int(q, 3),
        .document = call_own(c, document ? document : json_object()),
        .revision = db_text(q, 5, &c->arena),
        .zip = db_text(q, 6, &c->arena),
    };
}

bool resource_get(struct call *c, const char *kind, const char *owner, const char *key,
                  struct resource *ret)
{
    struct db *db = c->local->db;
    struct db_query *q =
        db_query(db,
                 "SELECT kind, owner, key, number, document, revision, zip FROM resource"
                 " WHERE kind = ? AND owner = ? AND key = ?",
                 "sss", kind, owner, key);

    if (!db_step(db, q))
        return false;
    read_row(c, q, ret);
    db_done(q);
    return true;
}

void resource_put(struct call *c, const struct resource *r)
{
    char *text = json_dumps(r->document, JSON_COMPACT);

    db_run(c->local->db,
           "INSERT OR REPLACE INTO resource (kind, owner, key, number, document, revision, zip)"
           " VALUES (?, ?, ?, ?, ?, ?, ?)",
           "sssisss", r->kind, r->owner, r->key, r->number, text ? text : "{}", r->revision,
           r->zip);
    free(text);
}

bool resource_delete(struct call *c, const char *kind, const char *owner, const char *key)
{
    db_run(c->local->db, "DELETE FROM resource WHERE kind = ? AND owner = ? AND key = ?", "sss",
           kind, owner, key);
    return db_changes(c->local->db) > 0;
}

static size_t read_rows(struct call *c, struct db_query *q, size_t max, struct resource **ret)
{
    struct resource *rows = arena_array(&c->arena, max, sizeof(*rows));
    size_t count = 0;

    while (db_step(c->local->db, q))
        if (count < max)
            read_row(c, q, &rows[count++]);
    *ret = rows;
    return count;
}

size_t resource_list(struct call *c, const char *kind, const char *owner,
                     const struct resource *after, size_t max, struct resource **ret)
{
    const char *after_owner = after ? after->owner : "", *after_key = after ? after->key : "";
    struct db_query *q =
        db_query(c->local->db,
                 "SELECT kind, owner, key, number, document, revision, zip FROM resource"
                 " WHERE kind = ?1 AND (?2 IS NULL OR owner = ?2)"
                 " AND (owner, number, key) > (?3, ?4, ?5) ORDER BY owner, number, key LIMIT ?6",
                 "sssisi", kind, owner, after_owner, after ? after->number : (int64_t)-1, after_key,
                 (int64_t)max);

    return read_rows(c, q, max, ret);
}

size_t resource_list_down(struct call *c, const char *kind, const char *owner, int64_t below,
                          size_t max, struct resource **ret)
{
    struct db_query *q =
        db_query(c->local->db,
                 "SELECT kind, owner, key, number, document, revision, zip FROM resource"
                 " WHERE kind = ? AND owner = ? AND number < ? ORDER BY number DESC LIMIT ?",
                 "ssii", kind, owner, below, (int64_t)max);

    return read_rows(c, q, max, ret);
}

const char *resource_next_owner(struct call *c, const char *kind, const char *after)
{
    struct db *db = c->local->db;
    struct db_query *q = db_query(
        db, "SELECT owner FROM resource WHERE kind = ? AND owner > ? ORDER BY owner LIMIT 1", "ss",
        kind, after);
    const char *owner;

    if (!db_step(db, q))
        return NULL;
    owner = db_text(q, 0, &c->arena);
    db_done(q);
    return owner;
}

int resource_answer_page(struct call *c, const char *kind, const char *owner, const char *member,
                         const struct page *page,
                         json_t *(*show)(struct call *c, const struct resource *r))
{
    const struct resource after = {.owner = owner, .number = page->number, .key = page->text};
    struct resource *rows;
    const size_t count = resource_list(c, kind, owner, &after, page->limit + 1, &rows);
    json_t *list = json_array(), *document = json_pack("{so}", member, list);

    for (size_t i = 0; i < count && i < page->limit; i++) {
        if (show)
            json_array_append_new(list, show(c, &rows[i]));
        else
            json_array_append(list, rows[i].document);
    }
    if (count > page->limit)
        page_next(document, rows[page->limit - 1].key, rows[page->limit - 1].number, "");
    return answer(c, 200, document);
}

void resource_delete_owned(struct call *c, const char *function)
{
    db_run(c->local->db,
           "DELETE FROM resource WHERE owner = ? AND kind IN"
           " ('policy', 'url', 'invoke-config', 'provisioned', 'recursion')",
           "s", function);
}

void resource_delete_qualified(struct call *c, const char *function, const char *qualifier)
{
    db_run(c->local->db,
           "DELETE FROM resource WHERE owner = ? AND key = ? AND kind IN"
           " ('policy', 'invoke-config', 'provisioned')",
           "ss", function, qualifier);
}
