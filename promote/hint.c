#include "promote/hint.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "promote/ahead.h"
#include "promote/hint_private.h"
#include "promote/observe.h"

struct look {
    struct environment_view *view;
    struct aws_client *client;
    const struct manifest_aliases *aliases;
    json_t *known;         /* the journal's; NULL: there is none, or it is of before */
    const char *promotion; /* whose marks tell of neighbours; NULL: none's */
};

/* ---- what GetFunction tells ---- */

/* The version that an alias serves. */
static bool see(const struct look *l, const char *function, const char *alias,
                char ret[LAMBDA_VERSION_SIZE])
{
    struct function_info now;
    struct err ignored = {0};

    if (function_get(l->client, function, alias, &now, &ignored) < 0)
        return false;
    snprintf(ret, LAMBDA_VERSION_SIZE, "%s", now.version);
    return true;
}

static void name_seen(struct seen_alias *a, const char *name)
{
    *a = (struct seen_alias){.exists = true};
    snprintf(a->alias.name, sizeof(a->alias.name), "%s", name);
}

static bool see_backup(const struct look *l, struct function_view *f)
{
    name_seen(&f->backup, l->aliases->backup);
    return see(l, f->function->name, l->aliases->backup, f->backup.alias.version);
}

static bool serves(const struct look *l, const char *function, const struct seen_alias *a)
{
    char now[LAMBDA_VERSION_SIZE];

    return see(l, function, a->alias.name, now) && strcmp(now, a->alias.version) == 0;
}

/* ---- the journal ---- */

static bool is_still(const struct look *l, const char *function, const struct seen_alias *now)
{
    struct seen_alias then;

    return now->exists && hint_journal_recall(l->known, function, now->alias.name, &then) &&
           strcmp(then.alias.revision_id, now->alias.revision_id) == 0;
}

static bool has_journal(const struct look *l, const char *function)
{
    struct seen_alias ignored;

    return l->known && hint_journal_recall(l->known, function, l->aliases->live, &ignored) &&
           hint_journal_recall(l->known, function, l->aliases->smoke, &ignored);
}

/*
 * Where Backup points is read. So is where Live and Smoke do: what somebody moved since (who works
 * on this function alone has staged something on Smoke) is looked at in full, as without a hint.
 */
static bool take_journal(const struct look *l, struct function_view *f)
{
    const char *name = f->function->name;

    return hint_journal_recall(l->known, name, l->aliases->live, &f->live) &&
           hint_journal_recall(l->known, name, l->aliases->smoke, &f->smoke) &&
           serves(l, name, &f->live) && serves(l, name, &f->smoke) && see_backup(l, f);
}

/* ---- the neighbours' marks ---- */

/* Done under this promotion, and not touched since: what it tells may be so still. */
static bool tells(const struct function_view *f, const char *promotion)
{
    const struct mark *m = &f->smoke.mark;

    return view_is_mine(f, promotion) && m->state == MARK_LIVE && !mark_is_open(m) &&
           m->neighbour[0] && view_live_is_mine(f, promotion) && view_is_live(f);
}

/* Every second function is told of by the one behind it; of the last one, that is the first. */
static bool has_neighbour(const struct look *l, size_t i)
{
    return l->promotion && i % 2 == 1;
}

/*
 * Live at that revision is as the promotion left it: on Smoke's version, with its own line and no
 * text of anybody's. Where GetFunction tells of something else, Backup's version included, that is
 * looked at in full.
 */
static bool take_neighbour(const struct look *l, size_t i)
{
    struct environment_view *v = l->view;
    struct function_view *f = &v->functions[i];
    const struct function_view *teller = &v->functions[(i + 1) % v->count];
    const char *name = f->function->name;
    struct mark m = {.state = MARK_LIVE};

    if (!tells(teller, l->promotion))
        return false;
    name_seen(&f->live, l->aliases->live);
    name_seen(&f->smoke, l->aliases->smoke);
    if (!see(l, name, l->aliases->live, f->live.alias.version) ||
        !see(l, name, l->aliases->smoke, f->smoke.alias.version) || !see_backup(l, f) ||
        strcmp(f->live.alias.version, f->smoke.alias.version) != 0 ||
        strcmp(f->live.alias.version, f->backup.alias.version) == 0 ||
        strcmp(f->backup.alias.version, teller->smoke.mark.neighbour_old) != 0)
        return false;
    snprintf(m.promotion, sizeof(m.promotion), "%s", l->promotion);
    snprintf(m.old_version, sizeof(m.old_version), "%s", f->backup.alias.version);
    snprintf(m.new_version, sizeof(m.new_version), "%s", f->live.alias.version);
    snprintf(m.hash, sizeof(m.hash), "%s", teller->smoke.mark.neighbour_hash);
    f->live.mark = f->smoke.mark = m;
    snprintf(f->live.alias.revision_id, sizeof(f->live.alias.revision_id), "%s",
             teller->smoke.mark.neighbour);
    return true;
}

/* ---- all of them ---- */

/* Which of them can be had, as the first function, read in full, tells. */
static void trust(struct look *l)
{
    const struct function_view *first = l->view->functions;
    const char *promotion = first->smoke.mark.promotion;

    if (l->known && (!is_still(l, first->function->name, &first->live) ||
                     !is_still(l, first->function->name, &first->smoke))) {
        json_decref(l->known);
        l->known = NULL;
    }
    if (!l->known && tells(first, promotion))
        l->promotion = promotion;
}

/* What will be asked of the functions behind the first. */
static void ask_ahead(const struct look *l)
{
    const struct manifest_function *functions = l->view->environment->functions;
    struct ahead a = {0};

    for (size_t i = 1; i < l->view->count; i++) {
        const char *name = functions[i].name;

        if (has_journal(l, name) || has_neighbour(l, i)) {
            function_get_request(ahead_add(&a), name, l->aliases->live);
            function_get_request(ahead_add(&a), name, l->aliases->smoke);
            function_get_request(ahead_add(&a), name, l->aliases->backup);
        } else {
            alias_list_request(ahead_add(&a), name, NULL, NULL);
        }
    }
    ahead_send(&a, l->client);
}

static int observe(const struct look *l, size_t i, struct err *err)
{
    struct function_view *f = &l->view->functions[i];

    if ((l->known && take_journal(l, f)) || (has_neighbour(l, i) && take_neighbour(l, i)))
        return 0;
    return observe_aliases(f, l->client, l->aliases, err);
}

static int observe_all(struct look *l, struct err *err)
{
    const struct environment_view *v = l->view;

    for (size_t i = 0; i < v->count; i++)
        v->functions[i].function = &v->environment->functions[i];
    if (observe_aliases(v->functions, l->client, l->aliases, err) < 0)
        return -1;
    trust(l);
    ask_ahead(l);
    for (size_t i = 1; i < v->count; i++)
        if (!has_neighbour(l, i) && observe(l, i, err) < 0)
            return -1;
    for (size_t i = 1; i < v->count; i++)
        if (has_neighbour(l, i) && observe(l, i, err) < 0)
            return -1;
    return 0;
}

int hint_observe(struct environment_view *ret, struct aws_client *client,
                 const struct manifest_environment *environment,
                 const struct manifest_aliases *aliases, const char *dir, struct err *err)
{
    struct environment_view v = {.environment = environment,
                                 .count = environment->function_count,
                                 .at = repair_at(environment, client)};
    struct look l = {.view = &v,
                     .client = client,
                     .aliases = aliases,
                     .known = dir ? hint_journal_read(dir, environment->name) : NULL};
    int result;

    v.functions = mem_array(v.count, sizeof(*v.functions));
    v.layers = mem_array(1, sizeof(*v.layers));
    result = observe_all(&l, err);
    json_decref(l.known);
    aws_client_ahead_end(client);
    if (result < 0) {
        environment_view_release(&v);
        return err_ctx(err, "%s", environment->name);
    }
    *ret = v;
    return 0;
}
