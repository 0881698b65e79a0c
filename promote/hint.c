#include "promote/hint.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rand.h"
#include "promote/ahead.h"
#include "promote/observe.h"

/* ---- the journal of the last promotion ---- */

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

/* Returns owned; NULL when there is nothing to know. */
static json_t *read_journal(const char *dir, const char *environment)
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

/* ---- a hint ---- */

/* Only what a whole write of ours left: its version, its line, no weights. */
static bool recall(const json_t *known, const char *function, const char *alias,
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

static bool is_still(const json_t *known, const char *function, const char *alias,
                     const struct seen_alias *now)
{
    struct seen_alias then;

    return now->exists && recall(known, function, alias, &then) &&
           strcmp(then.alias.revision_id, now->alias.revision_id) == 0;
}

static bool serves(struct aws_client *client, const char *function, const struct seen_alias *a)
{
    struct function_info now;
    struct err ignored = {0};

    return function_get(client, function, a->alias.name, &now, &ignored) == 0 &&
           strcmp(now.version, a->alias.version) == 0;
}

/*
 * Where Backup points is read. So is where Live and Smoke do: what somebody moved since (who works
 * on this function alone has staged something on Smoke) is looked at in full, as without a hint.
 */
static bool hint(struct function_view *f, struct aws_client *client,
                 const struct manifest_aliases *aliases, const json_t *known)
{
    const char *name = f->function->name;
    struct function_info backup;
    struct err ignored = {0};

    if (!recall(known, name, aliases->live, &f->live) ||
        !recall(known, name, aliases->smoke, &f->smoke) || !serves(client, name, &f->live) ||
        !serves(client, name, &f->smoke) ||
        function_get(client, name, aliases->backup, &backup, &ignored) < 0)
        return false;
    f->backup = (struct seen_alias){.exists = true};
    snprintf(f->backup.alias.name, sizeof(f->backup.alias.name), "%s", aliases->backup);
    snprintf(f->backup.alias.version, sizeof(f->backup.alias.version), "%s", backup.version);
    return true;
}

/* What hint() will ask of the functions behind the first; without a journal their aliases. */
static void ask_ahead(const struct environment_view *v, struct aws_client *client,
                      const struct manifest_aliases *aliases, const json_t *known, bool trusted)
{
    struct seen_alias ignored;
    struct ahead a = {0};

    for (size_t i = 1; i < v->count; i++) {
        const char *name = v->environment->functions[i].name;

        if (trusted && recall(known, name, aliases->live, &ignored) &&
            recall(known, name, aliases->smoke, &ignored)) {
            function_get_request(ahead_add(&a), name, aliases->live);
            function_get_request(ahead_add(&a), name, aliases->smoke);
            function_get_request(ahead_add(&a), name, aliases->backup);
        } else {
            alias_list_request(ahead_add(&a), name, NULL, NULL);
        }
    }
    ahead_send(&a, client);
}

static int observe_all(struct environment_view *v, struct aws_client *client,
                       const struct manifest_aliases *aliases, const json_t *known, struct err *err)
{
    bool trusted = false;

    for (size_t i = 0; i < v->count; i++) {
        struct function_view *f = &v->functions[i];

        f->function = &v->environment->functions[i];
        if (trusted && hint(f, client, aliases, known))
            continue;
        if (observe_aliases(f, client, aliases, err) < 0)
            return -1;
        if (i > 0)
            continue;
        trusted = known && is_still(known, f->function->name, aliases->live, &f->live) &&
                  is_still(known, f->function->name, aliases->smoke, &f->smoke);
        ask_ahead(v, client, aliases, known, trusted);
    }
    return 0;
}

int hint_observe(struct environment_view *ret, struct aws_client *client,
                 const struct manifest_environment *environment,
                 const struct manifest_aliases *aliases, const char *dir, struct err *err)
{
    struct environment_view v = {.environment = environment,
                                 .count = environment->function_count,
                                 .at = repair_at(environment, client)};
    json_t *known = dir ? read_journal(dir, environment->name) : NULL;
    int result;

    v.functions = mem_array(v.count, sizeof(*v.functions));
    v.layers = mem_array(1, sizeof(*v.layers));
    result = observe_all(&v, client, aliases, known, err);
    json_decref(known);
    aws_client_ahead_end(client);
    if (result < 0) {
        environment_view_release(&v);
        return err_ctx(err, "%s", environment->name);
    }
    *ret = v;
    return 0;
}
