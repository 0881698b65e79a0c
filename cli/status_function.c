#include "cli/status_function.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "promote/ahead.h"

static void put(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* Versions already asked for: aliases of a function often share a version. */
static json_t *version_of(struct aws_client *client, const char *function, const char *version,
                          json_t *known, struct err *err)
{
    json_t *v = json_object_get(known, version);
    struct function_info info;

    if (v)
        return v;
    if (function_get(client, function, version, &info, err) < 0)
        return NULL;
    v = json_object();
    put(v, "code_sha256", info.code_sha256);
    put(v, "release", strcmp(version, "$LATEST") == 0 ? "" : info.description);
    put(v, "state", info.state_name);
    json_object_set_new(known, version, v);
    return v;
}

static void add_mark(json_t *o, const struct mark *m)
{
    char time[40];

    if (m->state == MARK_NONE)
        return;
    put(o, "promotion", m->promotion);
    put(o, "promotion_state", mark_state_name(m->state));
    if (!mark_is_open(m))
        return;
    clock_format_rfc3339(time, sizeof(time), m->expires_s * 1000, false);
    put(o, "lease_until", time);
}

/* Where it points to is worth to know, also where it cannot be found out what that is. */
static json_t *alias_json(struct aws_client *client, const char *function,
                          const struct seen_alias *seen, json_t *known, struct err *err)
{
    json_t *o, *weights, *version;

    if (!seen->exists)
        return json_null();
    version = err->kind == ERR_NONE ? version_of(client, function, seen->alias.version, known, err)
                                    : json_object_get(known, seen->alias.version);
    o = json_object();
    put(o, "version", seen->alias.version);
    json_object_update(o, version);
    if (seen->alias.weight_count) {
        weights = json_object();
        for (size_t i = 0; i < seen->alias.weight_count; i++)
            json_object_set_new(weights, seen->alias.weights[i].version,
                                json_real(seen->alias.weights[i].weight));
        json_object_set_new(o, "weights", weights);
    }
    add_mark(o, &seen->mark);
    return o;
}

static const char *position(const struct function_view *f, char hand[VIEW_HAND_MAX])
{
    const struct mark *m = &f->smoke.mark;

    if (view_foreign_hand(f, hand))
        return hand;
    if (mark_is_undoing(m))
        return "being taken back";
    if (mark_is_open(m) && f->live.mark.state == MARK_CANARY && f->live.alias.weight_count) {
        snprintf(hand, VIEW_HAND_MAX, "under promotion: %g %% of %s goes to version %s",
                 f->live.alias.weights[0].weight * 100, f->live.alias.name,
                 f->live.alias.weights[0].version);
        return hand;
    }
    if (mark_is_open(m))
        return "under promotion";
    if (m->state == MARK_RB)
        return "taken back after a failure (on hold)";
    if (status_next_is_put_back(f))
        return "put back by `restore` (what it took off is on hold)";
    if (status_next_backup_moved(f)) {
        snprintf(hand, VIEW_HAND_MAX,
                 "someone moved %s: it is on version %s, and the last promotion left it on %s",
                 f->backup.alias.name, f->backup.alias.version, f->live.mark.old_version);
        return hand;
    }
    if (f->live.mark.state == MARK_LIVE && f->live.mark.old_version[0] && !f->backup.exists) {
        snprintf(hand, VIEW_HAND_MAX, "%s was deleted: it was on version %s", f->backup.alias.name,
                 f->live.mark.old_version);
        return hand;
    }
    return NULL;
}

int status_function(json_t *list, struct status_next *next, const struct function_view *f,
                    struct aws_client *client, struct err *err)
{
    const struct seen_alias *const aliases[] = {&f->live, &f->smoke, &f->backup};
    static const char *const keys[] = {"live", "smoke", "backup"};
    const bool seen = err->kind == ERR_NONE;
    json_t *o = json_object(), *known = json_object();
    char hand[VIEW_HAND_MAX];

    put(o, "function", f->function->key);
    put(o, "name", f->function->name);
    json_array_append_new(list, o);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        json_object_set_new(o, keys[i],
                            seen ? alias_json(client, f->function->name, aliases[i], known, err)
                                 : json_null());
    if (seen) /* of what was not seen nothing is said */
        put(o, "note", position(f, hand));
    if (seen)
        status_next_see(next, f, text_of(json_object_get(o, "smoke"), "release"));
    else
        next->unknown = true;
    json_decref(known);
    return err->kind == ERR_NONE ? 0 : -1;
}

static bool is_told(const struct seen_alias *const *aliases, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (aliases[i]->exists &&
            strcmp(aliases[i]->alias.version, aliases[at]->alias.version) == 0)
            return true;
    return !aliases[at]->exists;
}

void status_versions_ahead(const struct environment_view *v, const struct err *seen,
                           struct aws_client *client)
{
    struct ahead a = {0};

    for (size_t i = 0; i < v->count; i++) {
        const struct function_view *f = &v->functions[i];
        const struct seen_alias *const aliases[] = {&f->live, &f->smoke, &f->backup};

        for (size_t k = 0; k < ARRAY_LEN(aliases) && seen[i].kind == ERR_NONE; k++)
            if (!is_told(aliases, k))
                function_get_request(ahead_add(&a), f->function->name, aliases[k]->alias.version);
    }
    ahead_send(&a, client);
}
