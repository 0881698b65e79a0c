#include "cli/command.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/promotion_range.h"
#include "cli/session.h"
#include "cli/status_function.h"
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

/* What keeps the first function from being read keeps all others: it is not tried, or told, again.
 */
static bool is_of_all(const struct err *first)
{
    return first->kind == ERR_UNREACHABLE || first->kind == ERR_CREDENTIALS;
}

/* Which of them could be looked at, side by side but for the first: it tells what is wrong. */
static void look(const struct environment_view *v, struct aws_client *client,
                 const struct manifest_aliases *aliases, struct err *ret)
{
    for (size_t i = 0; i < v->count; i++) {
        if (i > 0 && is_of_all(&ret[0])) {
            ret[i] = ret[0];
            continue;
        }
        observe_aliases(&v->functions[i], client, aliases, &ret[i]);
        if (i == 0 && !is_of_all(&ret[0]))
            observe_aliases_ahead(v, client);
    }
    aws_client_ahead_end(client);
}

static void add_functions(struct status *s, const struct environment_view *v,
                          struct aws_client *client, json_t *list, struct status_next *next)
{
    struct err *seen = mem_array(v->count + 1, sizeof(*seen));

    look(v, client, &s->session->manifest->aliases, seen);
    status_versions_ahead(v, seen, client);
    for (size_t i = 0; i < v->count; i++) {
        struct err err = seen[i];

        if (status_function(list, next, &v->functions[i], client, &err) == 0)
            continue;
        put(json_array_get(list, i), "error", err.text);
        if (i > 0 && is_of_all(&seen[0]))
            continue;
        err_ctx(&err, "%s", v->environment->name);
        s->code = command_fail(&err);
    }
    aws_client_ahead_end(client);
    free(seen);
}

static void add_environment(struct status *s, const struct manifest_environment *e)
{
    json_t *o = json_object(), *list = json_array();
    struct status_next *next = &s->next[s->count++];
    struct environment_view view = {.environment = e, .count = e->function_count};
    struct aws_client *client;
    struct err err = {0};

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
    view.functions = mem_array(view.count + 1, sizeof(*view.functions));
    for (size_t i = 0; i < view.count; i++)
        view.functions[i].function = &e->functions[i];
    add_functions(s, &view, client, list, next);
    environment_view_release(&view);
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
