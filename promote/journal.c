#include "promote/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

struct journal {
    char *dir;
    int fd; /* -1: not named yet, or broken */
    bool named;
    struct buf kept;
    const struct clock *clock;
    struct err err;
};

struct journal *journal_new(const char *dir, const struct clock *clock)
{
    struct journal *j = mem_zalloc(sizeof(*j));

    *j = (struct journal){.fd = -1, .clock = clock, .dir = dir ? mem_dup(dir) : NULL};
    return j;
}

void journal_free(struct journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0)
        close(j->fd);
    buf_release(&j->kept);
    free(j->dir);
    free(j);
}

static void append(struct journal *j, struct buf *text, bool sync)
{
    /* One write: a line is there whole or not at all, whoever else appends. */
    if (write(j->fd, text->data, text->len) == (ssize_t)text->len && (!sync || fsync(j->fd) == 0))
        return;
    err_sys(&j->err, ERR_IO, errno, "the promotion's journal.jsonl");
    close(j->fd);
    j->fd = -1;
}

void journal_name(struct journal *j, const char *promotion)
{
    CLEANUP(buf_release) struct buf path = {0};

    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
    j->named = true;
    if (!j->dir)
        return;
    buf_printf(&path, "%s/.smokegate/promotions/%s", j->dir, promotion);
    if (file_mkdirs(buf_c(&path), &j->err) < 0)
        return;
    buf_add_c(&path, "/journal.jsonl");
    j->fd = open(buf_c(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (j->fd < 0)
        err_sys(&j->err, ERR_IO, errno, "%s", buf_c(&path));
    else if (j->kept.len)
        append(j, &j->kept, false);
    buf_clear(&j->kept);
}

const struct err *journal_err(const struct journal *j)
{
    return &j->err;
}

static void put(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

static json_t *to_json(const struct journal *j, const struct journal_line *l)
{
    json_t *o = json_object();
    char time[40];

    clock_format_rfc3339(time, sizeof(time), clock_wall(j->clock), true);
    put(o, "time", time);
    put(o, "event", l->event);
    put(o, "operation", l->operation);
    put(o, "environment", l->environment);
    put(o, "function", l->function);
    put(o, "alias", l->alias);
    put(o, "version", l->version);
    put(o, "revision_before", l->before);
    put(o, "revision_after", l->after);
    put(o, "request_id", l->request_id);
    put(o, "detail", l->detail);
    if (l->duration_ms >= 0)
        json_object_set_new(o, "duration_ms", json_integer(l->duration_ms));
    return o;
}

/* Takes `object`. */
static void put_line(struct journal *j, json_t *object, bool sync)
{
    CLEANUP(buf_release) struct buf text = {0};
    char *dump = json_dumps(object, JSON_COMPACT);

    buf_printf(&text, "%s\n", dump ? dump : "{}");
    free(dump);
    json_decref(object);
    secret_mask(&text);
    if (j->fd >= 0)
        append(j, &text, sync);
    else if (!j->named && j->kept.len + text.len <= JOURNAL_KEPT_MAX)
        buf_add_str(&j->kept, buf_str(&text));
}

static bool keeps(const struct journal *j)
{
    return j && j->dir && (j->fd >= 0 || !j->named);
}

void journal_write(struct journal *j, const struct journal_line *line)
{
    if (keeps(j))
        put_line(j, to_json(j, line), true);
}

void journal_call(struct journal *j, const char *environment, const struct aws_called *c)
{
    json_t *o;

    if (!keeps(j))
        return;
    o = to_json(j, &(struct journal_line){.event = "call",
                                          .operation = c->operation,
                                          .environment = environment,
                                          .function = c->resource,
                                          .request_id = c->request_id,
                                          .duration_ms = c->duration_ms});
    put(o, "outcome", c->kind == ERR_NONE ? "ok" : *c->error_type ? c->error_type : "no answer");
    if (c->status)
        json_object_set_new(o, "status", json_integer(c->status));
    json_object_set_new(o, "attempts", json_integer(c->attempts));
    put_line(j, o, false);
}
