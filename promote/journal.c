#include "promote/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

struct journal {
    int fd; /* -1: keeps nothing */
    const struct clock *clock;
    struct err err;
};

struct journal *journal_open(const char *dir, const char *promotion, const struct clock *clock)
{
    struct journal *j = mem_zalloc(sizeof(*j));
    CLEANUP(buf_release) struct buf path = {0};

    *j = (struct journal){.fd = -1, .clock = clock};
    if (!dir)
        return j;
    buf_printf(&path, "%s/.smokegate/promotions/%s", dir, promotion);
    if (file_mkdirs(buf_c(&path), &j->err) < 0)
        return j;
    buf_add_c(&path, "/journal.jsonl");
    j->fd = open(buf_c(&path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (j->fd < 0)
        err_sys(&j->err, ERR_IO, errno, "%s", buf_c(&path));
    return j;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0)
        close(j->fd);
    free(j);
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

void journal_write(struct journal *j, const struct journal_line *line)
{
    CLEANUP(buf_release) struct buf text = {0};
    json_t *object;
    char *dump;

    if (!j || j->fd < 0)
        return;
    object = to_json(j, line);
    dump = json_dumps(object, JSON_COMPACT);
    buf_printf(&text, "%s\n", dump ? dump : "{}");
    free(dump);
    json_decref(object);
    secret_mask(&text);
    /* One write: a line is there whole or not at all, whoever else appends. */
    if (write(j->fd, text.data, text.len) == (ssize_t)text.len && fsync(j->fd) == 0)
        return;
    err_sys(&j->err, ERR_IO, errno, "the promotion's journal.jsonl");
    close(j->fd);
    j->fd = -1;
}
