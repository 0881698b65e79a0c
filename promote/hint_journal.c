#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rand.h"
#include "promote/hint.h"
#include "promote/hint_private.h"

/* The newest: a ULID begins with its time. */
static bool find_last(const char *promotions, char ret[ULID_SIZE])
{
    DIR *d = opendir(promotions);
    struct dirent *e;

    ret[0] = '\0';
    while (d && (e = readdir(d)))
        if (strlen(e->d_name) == ULID_SIZE - 1 && strcmp(e->d_name, ret) > 0)
            snprintf(ret, ULID_SIZE, "%.*s", ULID_SIZE - 1, e->d_name);
    if (d)
        closedir(d);
    return ret[0] != '\0';
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    return text ? text : "";
}

/* "function alias" -> what is known of it: "version", "description", "revision"; {}: nothing. */
static void take_line(json_t *known, const json_t *line)
{
    const char *event = text_of(line, "event"), *detail = text_of(line, "detail");
    CLEANUP(buf_release) struct buf key = {0};
    json_t *a;

    buf_printf(&key, "%s %s", text_of(line, "function"), text_of(line, "alias"));
    a = json_object_get(known, buf_c(&key));
    if (!a) {
        a = json_object();
        json_object_set_new(known, buf_c(&key), a);
    }
    if (strcmp(event, "intent") == 0) {
        json_object_del(a, "revision"); /* until it is known what came of it */
        if (*detail)
            json_object_set_new(a, "description", json_string(detail));
        if (*text_of(line, "version"))
            json_object_set_new(a, "version", json_string(text_of(line, "version")));
    } else if (strcmp(event, "done") == 0) {
        json_object_set_new(a, "revision", json_string(text_of(line, "revision_after")));
    } else {
        json_object_clear(a);
    }
}

json_t *hint_journal_read(const char *dir, const char *environment)
{
    CLEANUP(buf_release) struct buf path = {0}, text = {0};
    struct str rest, line;
    char id[ULID_SIZE];
    struct err ignored = {0};
    json_t *known;

    buf_printf(&path, "%s/.smokegate/promotions", dir);
    if (!find_last(buf_c(&path), id))
        return NULL;
    buf_printf(&path, "/%s/journal.jsonl", id);
    if (file_read(&text, buf_c(&path), HINT_JOURNAL_MAX, &ignored) < 0)
        return NULL;
    known = json_object();
    rest = buf_str(&text);
    while (str_cut(&rest, '\n', &line)) {
        json_t *o = str_find(line, STR("\"alias\""), 0) == (size_t)-1
                        ? NULL
                        : json_loadb(line.data, line.len, 0, NULL);

        if (o && strcmp(text_of(o, "environment"), environment) == 0)
            take_line(known, o);
        json_decref(o);
    }
    return known;
}

bool hint_journal_recall(const json_t *known, const char *function, const char *alias,
                         struct seen_alias *ret)
{
    CLEANUP(buf_release) struct buf key = {0};
    const json_t *a;
    struct err ignored = {0};

    buf_printf(&key, "%s %s", function, alias);
    a = json_object_get(known, buf_c(&key));
    *ret = (struct seen_alias){.exists = true};
    snprintf(ret->alias.name, sizeof(ret->alias.name), "%s", alias);
    snprintf(ret->alias.version, sizeof(ret->alias.version), "%s", text_of(a, "version"));
    snprintf(ret->alias.revision_id, sizeof(ret->alias.revision_id), "%s", text_of(a, "revision"));
    snprintf(ret->alias.description, sizeof(ret->alias.description), "%s",
             text_of(a, "description"));
    return ret->alias.version[0] && ret->alias.revision_id[0] &&
           !strstr(ret->alias.description, "***") && /* masked: not what it is */
           mark_parse(str_c(ret->alias.description), &ret->mark, NULL, &ignored) == 0 &&
           ret->mark.state == MARK_LIVE && !mark_is_open(&ret->mark);
}
