#include "cli/command.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/clock.h"
#include "cli/promotion_range.h"
#include "cli/session.h"
#include "cli/term.h"
#include "promote/gc.h"

enum { KEEP_DEFAULT = 5, AGE_DEFAULT_MS = 7 * 24 * 3600 * 1000 };

struct gc {
    struct session *session;
    struct gc_wish wish;
    bool delete;
    size_t deleted, kept;
    json_t *list;
};

static int collect_version(struct gc *gc, struct aws_client *client,
                           const struct manifest_environment *environment,
                           const struct manifest_function *f, const struct function_info *version,
                           const char *why, struct err *err)
{
    if (why) {
        gc->kept++;
        if (gc->session->cli->verbose && !gc->session->cli->json)
            term_out("keep    %s %s:%s (%s)\n", environment->name, f->name, version->version, why);
        return 0;
    }
    if (gc->delete &&version_delete(client, f->name, version->version, err) < 0) {
        if (!err || err->kind != ERR_CONFLICT)
            return -1;
        *err = (struct err){0}; /* an alias came to point to it meanwhile: Lambda keeps it */
        gc->kept++;
        return 0;
    }
    gc->deleted++;
    json_array_append_new(gc->list, json_pack("{s:s, s:s, s:s}", "environment", environment->name,
                                              "function", f->name, "version", version->version));
    if (!gc->session->cli->json)
        term_out("%s %s %s:%s\n", gc->delete ? "deleted" : "would delete", environment->name,
                 f->name, version->version);
    return 0;
}

static int collect_function(struct gc *gc, struct aws_client *client,
                            const struct manifest_environment *environment,
                            const struct manifest_function *f, const struct gc_callers *callers,
                            struct err *err)
{
    struct gc_evidence e = {0};
    int result = gc_read(&e, client, f->name, callers, &gc->wish, err);

    for (size_t i = 0; result == 0 && i < e.versions.count; i++) {
        const struct function_info *v = &e.versions.items[i];

        result = collect_version(gc, client, environment, f, v, gc_keeps(&e, v, &gc->wish), err);
    }
    gc_release(&e);
    return result;
}

static int collect_environment(struct gc *gc, const struct manifest_environment *e, struct err *err)
{
    struct gc_callers callers = {0};
    struct aws_client *client;
    int result;

    if (session_client(gc->session, e, &client, err) < 0)
        return -1;
    result = gc_callers_read(&callers, client, e, err);
    for (size_t i = 0; result == 0 && i < e->function_count; i++)
        result = collect_function(gc, client, e, &e->functions[i], &callers, err);
    gc_callers_release(&callers);
    return result < 0 ? err_ctx(err, "%s", e->name) : 0;
}

static void tell(const struct gc *gc)
{
    json_t *root;
    char *text;

    if (!gc->session->cli->json) {
        term_out("%zu %s, %zu kept%s\n", gc->deleted, gc->delete ? "deleted" : "to delete",
                 gc->kept, gc->delete ? "" : " (nothing was changed: --delete deletes)");
        return;
    }
    root = json_pack("{s:b, s:I, s:O}", "deleted", gc->delete, "kept", (json_int_t)gc->kept,
                     "versions", gc->list);
    text = json_dumps(root, JSON_INDENT(2));
    term_out("%s\n", text ? text : "{}");
    free(text);
    json_decref(root);
}

static int collect(struct session *session)
{
    const struct opts *o = &session->cli->opts;
    const struct manifest *m = session->manifest;
    struct gc gc = {.session = session,
                    .delete = opts_given(o, "delete"),
                    .list = json_array(),
                    .wish = {.keep = opts_count(o, "keep", KEEP_DEFAULT),
                             .min_age_ms = opts_duration(o, "min-age", AGE_DEFAULT_MS),
                             .now_ms = clock_wall(&clock_system)}};
    struct err err = {0};
    bool chosen[MANIFEST_ENVIRONMENTS_MAX];
    int code = EXIT_OK;

    if (environments_chosen(session, chosen, &err) < 0) {
        json_decref(gc.list);
        return command_fail(&err);
    }
    for (size_t i = 0; code == EXIT_OK && i < m->environment_count; i++)
        if (chosen[i] && collect_environment(&gc, &m->environments[i], &err) < 0)
            code = command_fail(&err);
    tell(&gc);
    json_decref(gc.list);
    return code;
}

static int run(struct cli *cli)
{
    return session_run(cli, true, collect);
}

static const struct opt options[] = {
    {"keep", 0, OPT_COUNT, "N", "keep the N versions published last of each function (default 5)"},
    {"min-age", 0, OPT_DURATION, "DURATION", "keep what is younger than this (default 7d)"},
    {"delete", 0, OPT_FLAG, NULL, "delete; without it only what would be deleted is printed"},
};

extern const struct command cmd_gc;
const struct command cmd_gc = {
    .name = "gc",
    .summary = "delete old versions that no alias, weight or backup needs",
    .details =
        "Never a version that an alias of any name, a weight, a promotion's mark, an event "
        "source mapping, a policy, provisioned concurrency or an asynchronous setting "
        "names. Which versions were promoted before the one that Backup holds is not "
        "known: an alias of your own keeps what you may want again. -v tells why each stays.",
    .example = "smokegate gc -e dev\n"
               "smokegate gc --keep 10 --min-age 30d --delete",
    .opts = options,
    .opt_count = ARRAY_LEN(options),
    .groups = GROUP_JSON | GROUP_PROJECT | GROUP_AWS,
    .run = run,
};
