#include "cli/command.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/promotion_range.h"
#include "cli/session.h"
#include "cli/status_next.h"
#include "cli/status_table.h"
#include "cli/term.h"
#include "promote/observe.h"

struct status {
    struct session *session;
    json_t *environments;     /* what --json prints; the table is made from it, too */
    int code;                 /* of the worst that happened */
    struct status_next *next; /* by environment told */
    size_t count;
};

static void put(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

/* Configurations already asked for: aliases of a function often share a version. */
static json_t *version_of(struct aws_client *client, const char *function, const char *version,
                          json_t *known, struct err *err)
{
    json_t *v = json_object_get(known, version);
    struct function_info info;

    if (v)
        return v;
    if (function_get_configuration(client, function, version, &info, err) < 0)
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

static json_t *alias_json(struct aws_client *client, const char *function,
                          const struct seen_alias *seen, json_t *known, struct err *err)
{
    json_t *o, *weights, *version;

    if (!seen->exists)
        return json_null();
    version = version_of(client, function, seen->alias.version, known, err);
    if (!version)
        return NULL;
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
        return "put back by `restore` (on hold)";
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

static int add_function(struct function_view *f, struct aws_client *client, json_t *list,
                        const struct manifest_aliases *aliases, struct status_next *next,
                        struct err *err)
{
    const char *name = f->function->name;
    char hand[VIEW_HAND_MAX];
    json_t *o = json_object(), *known = json_object(), *live, *smoke = NULL, *backup = NULL;
    int result = observe_aliases(f, client, aliases, err);

    put(o, "function", f->function->key);
    put(o, "name", name);
    json_array_append_new(list, o);
    live = result == 0 ? alias_json(client, name, &f->live, known, err) : NULL;
    smoke = live ? alias_json(client, name, &f->smoke, known, err) : NULL;
    backup = smoke ? alias_json(client, name, &f->backup, known, err) : NULL;
    if (backup)
        status_next_see(next, f, json_string_value(json_object_get(smoke, "release")));
    else
        next->unknown = true;
    json_object_set_new(o, "live", live ? live : json_null());
    json_object_set_new(o, "smoke", smoke ? smoke : json_null());
    json_object_set_new(o, "backup", backup ? backup : json_null());
    put(o, "note",
        result == 0 ? position(f, hand) : NULL); /* of what was not seen nothing is said */
    json_decref(known);
    return backup ? 0 : -1;
}

static void add_environment(struct status *s, const struct manifest_environment *e)
{
    json_t *o = json_object(), *list = json_array();
    struct status_next *next = &s->next[s->count++];
    struct aws_client *client;
    struct err err = {0};
    bool told = false; /* that there are no credentials: the same for all functions */

    *next = (struct status_next){.environment = e->name};
    put(o, "name", e->name);
    json_object_set_new(o, "functions", list);
    json_array_append_new(s->environments, o);
    if (session_client(s->session, e, &client, &err) < 0) {
        s->code = command_fail(&err);
        put(o, "error", err.text);
        next->unknown = true;
        return;
    }
    for (size_t i = 0; i < e->function_count; i++) {
        struct function_view f = {.function = &e->functions[i]};

        err = (struct err){0};
        if (add_function(&f, client, list, &s->session->manifest->aliases, next, &err) == 0)
            continue;
        put(json_array_get(list, i), "error", err.text);
        err_ctx(&err, "%s", e->name);
        if (err.kind != ERR_CREDENTIALS || !told)
            s->code = command_fail(&err);
        told = told || err.kind == ERR_CREDENTIALS;
    }
}

static void print_table(const struct status *s)
{
    CLEANUP(buf_release) struct buf out = {0}, safe = {0};
    json_t *next;

    status_table(&out, s->environments, &s->session->manifest->aliases);
    status_next_tell(s->next, s->count, clock_wall(&clock_system) / 1000, &out, &next);
    json_decref(next);
    term_safe(&safe, buf_str(&out));
    term_out_str(buf_str(&safe));
}

static void print_json(const struct status *s)
{
    CLEANUP(buf_release) struct buf ignored = {0};
    json_t *root = json_pack("{s:O}", "environments", s->environments), *next;
    char *text;

    status_next_tell(s->next, s->count, clock_wall(&clock_system) / 1000, &ignored, &next);
    json_object_set_new(root, "next", next);
    text = json_dumps(root, JSON_INDENT(2));

    term_out("%s\n", text ? text : "{}");
    free(text);
    json_decref(root);
}

static int status(struct session *session)
{
    struct status s = {.session = session, .environments = json_array()};
    const struct manifest *m = session->manifest;
    bool chosen[MANIFEST_ENVIRONMENTS_MAX];
    struct err err = {0};

    if (environments_chosen(session, chosen, &err) < 0) {
        json_decref(s.environments);
        return command_fail(&err);
    }
    s.next = mem_array(m->environment_count + 1, sizeof(*s.next));
    for (size_t i = 0; i < m->environment_count; i++)
        if (chosen[i])
            add_environment(&s, &m->environments[i]);
    if (session->cli->json)
        print_json(&s);
    else
        print_table(&s);
    json_decref(s.environments);
    free(s.next);
    return s.code;
}

static int run(struct cli *cli)
{
    return session_run(cli, true, status);
}

extern const struct command cmd_status;
const struct command cmd_status = {
    .name = "status",
    .summary = "show where Live, Smoke and Backup are, in every environment",
    .details =
        "Version, release label and the first characters of CodeSha256 of each alias; a "
        "\"+\" means that a part of the traffic goes to a second version, \"?\" that it could "
        "not be looked at. The last lines say what is under way, and what to type.",
    .example = "smokegate status\n"
               "smokegate status -e prod --json",
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};
