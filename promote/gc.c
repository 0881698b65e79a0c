#include "promote/gc.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lambda/arn.h"
#include "lambda/policy.h"
#include "promote/mark.h"

/* ---- reading ---- */

void gc_callers_release(struct gc_callers *c)
{
    event_source_list_release(&c->sources);
    for (size_t i = 0; i < c->count; i++)
        event_invoke_list_release(&c->asynchronous[i]);
    free(c->asynchronous);
    *c = (struct gc_callers){0};
}

int gc_callers_read(struct gc_callers *ret, struct aws_client *client,
                    const struct manifest_environment *environment, struct err *err)
{
    ret->asynchronous = mem_array(environment->function_count + 1, sizeof(*ret->asynchronous));
    ret->count = environment->function_count;
    if (event_source_list(client, NULL, &ret->sources, err) < 0)
        return -1;
    for (size_t i = 0; i < ret->count; i++)
        if (event_invoke_list(client, environment->functions[i].name, &ret->asynchronous[i], err) <
            0)
            return -1;
    return 0;
}

void gc_release(struct gc_evidence *e)
{
    version_list_release(&e->versions);
    alias_list_release(&e->aliases);
    provisioned_list_release(&e->provisioned);
    free(e->granted);
    *e = (struct gc_evidence){0};
}

/* A statement of whatever kind: somebody thought of this version in particular. */
static int read_grants(struct gc_evidence *e, struct aws_client *client, const struct gc_wish *wish,
                       struct err *err)
{
    e->granted = mem_array(e->versions.count + 1, sizeof(*e->granted));
    for (size_t i = 0; i < e->versions.count; i++) {
        const struct function_info *v = &e->versions.items[i];
        struct policy policy = {0};
        struct err why = {0};

        if (gc_keeps(e, v, wish))
            continue;
        if (policy_get(client, e->function, v->version, &policy, &why) < 0 &&
            why.kind != ERR_NOT_FOUND)
            return err_set(err, why.kind, "%s", why.text);
        e->granted[i] = policy.count > 0;
        policy_release(&policy);
    }
    return 0;
}

int gc_read(struct gc_evidence *ret, struct aws_client *client, const char *function,
            const struct gc_callers *callers, const struct gc_wish *wish, struct err *err)
{
    ret->function = function;
    ret->callers = callers;
    /* Versions first: one published after this is not on the list, and aliases come later. */
    if (version_list(client, function, &ret->versions, err) < 0 ||
        provisioned_list(client, function, &ret->provisioned, err) < 0 ||
        alias_list(client, function, NULL, &ret->aliases, err) < 0)
        return -1;
    return read_grants(ret, client, wish, err);
}

/* ---- choosing ---- */

static bool names(const struct gc_evidence *e, const char *arn, const char *version)
{
    struct lambda_arn parts;

    return lambda_arn_split(str_c(arn), &parts) && str_eq_c(parts.function, e->function) &&
           str_eq_c(parts.qualifier, version);
}

static const char *called(const struct gc_evidence *e, const char *version)
{
    const struct gc_callers *c = e->callers;

    for (size_t i = 0; i < c->sources.count; i++)
        if (names(e, c->sources.items[i].function_arn, version))
            return "an event source mapping calls it";
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->asynchronous[i].count; k++) {
            const struct event_invoke *a = &c->asynchronous[i].items[k];

            if (names(e, a->function_arn, version))
                return "it has settings for asynchronous events";
            if (names(e, a->on_success, version) || names(e, a->on_failure, version))
                return "it is a destination of asynchronous events";
        }
    return NULL;
}

/* Every version a mark speaks of may be wanted by whoever goes on with its promotion. */
static bool mark_needs(const struct alias *a, const char *version)
{
    struct mark m;

    if (mark_parse(str_c(a->description), &m, NULL, NULL) < 0)
        return true; /* nobody can read it: then nothing is known */
    return strcmp(m.old_version, version) == 0 || strcmp(m.before, version) == 0 ||
           (mark_is_open(&m) && strcmp(m.new_version, version) == 0);
}

static const char *named(const struct gc_evidence *e, const char *version)
{
    for (size_t i = 0; i < e->aliases.count; i++) {
        const struct alias *a = &e->aliases.items[i];

        if (strcmp(a->version, version) == 0)
            return "an alias points to it";
        for (size_t w = 0; w < a->weight_count; w++)
            if (strcmp(a->weights[w].version, version) == 0)
                return "an alias sends a part of its traffic there";
        if (mark_needs(a, version))
            return "a promotion may go back to it";
    }
    for (size_t i = 0; i < e->provisioned.count; i++)
        if (names(e, e->provisioned.items[i].function_arn, version))
            return "it has provisioned concurrency";
    return called(e, version);
}

static bool is_newer(const char *a, const char *b)
{
    const size_t la = strlen(a), lb = strlen(b);

    return la != lb ? la > lb : strcmp(a, b) > 0;
}

static size_t newer_than(const struct gc_evidence *e, const char *version)
{
    size_t n = 0;

    for (size_t i = 0; i < e->versions.count; i++)
        n += strcmp(e->versions.items[i].version, "$LATEST") != 0 &&
             is_newer(e->versions.items[i].version, version);
    return n;
}

/* "2026-01-31T12:00:00.000+0000": Lambda's offset has no colon, RFC 3339's has. */
static bool published_at(const char *text, int64_t *ret_ms)
{
    const size_t len = strlen(text);
    char fixed[48];

    if (len < 6 || len > sizeof(fixed) - 2)
        return false;
    if (text[len - 5] != '+' && text[len - 5] != '-')
        return clock_parse_rfc3339(str_c(text), ret_ms);
    memcpy(fixed, text, len - 2);
    fixed[len - 2] = ':';
    memcpy(fixed + len - 1, text + len - 2, 3);
    return clock_parse_rfc3339(str_c(fixed), ret_ms);
}

const char *gc_keeps(const struct gc_evidence *e, const struct function_info *version,
                     const struct gc_wish *wish)
{
    const char *why;
    int64_t at;

    if (strcmp(version->version, "$LATEST") == 0)
        return "it is $LATEST";
    why = named(e, version->version);
    if (why)
        return why;
    if (e->granted && e->granted[version - e->versions.items])
        return "a policy lets somebody call it";
    if (newer_than(e, version->version) < wish->keep)
        return "it is among the newest";
    if (wish->min_age_ms > 0 &&
        (!published_at(version->last_modified, &at) || wish->now_ms - at < wish->min_age_ms))
        return "it is too young";
    return NULL;
}
