#include "promote/manifest_private.h"

#include <string.h>

#include "json/strict.h"

enum {
    NAME,
    LOCAL,
    REGION,
    PROFILE,
    ROLE_ARN,
    ENDPOINT,
    APPROVAL,
    SHIFT,
    VARIABLES,
    FUNCTIONS,
    ENVIRONMENT_KEYS
};

static const struct strict_key keys[ENVIRONMENT_KEYS] = {
    [NAME] = {"name", STRICT_STRING, true},
    [LOCAL] = {"local", STRICT_BOOLEAN, false},
    [REGION] = {"region", STRICT_STRING, false},
    [PROFILE] = {"profile", STRICT_STRING, false},
    [ROLE_ARN] = {"role_arn", STRICT_STRING, false},
    [ENDPOINT] = {"endpoint", STRICT_STRING, false},
    [APPROVAL] = {"approval", STRICT_BOOLEAN, false},
    [SHIFT] = {"shift", STRICT_OBJECT, false},
    [VARIABLES] = {"variables", STRICT_OBJECT, false},
    [FUNCTIONS] = {"functions", STRICT_OBJECT, false},
};

/* ---- one environment ---- */

static bool name_ok(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] == '.' && i)
            continue;
        else if (!manifest_name_ok(str_slice(name, i, i + 1), 1))
            return false;
    return name.len > 0 && name.len <= 64;
}

static bool read_name(struct manifest_reader *r, struct json_ref at, struct manifest_environment *e)
{
    const struct manifest *m = r->m;
    const char *name = json_string_value(at.value);

    if (!at.value) /* strict_object told */
        return false;
    if (!name_ok((struct str){name, json_string_length(at.value)})) {
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "an environment's name is letters, digits, '-', '_' and '.', at most 64");
        return false;
    }
    for (size_t i = 0; i < m->environment_count; i++)
        if (strcmp(m->environments[i].name, name) == 0) {
            json_fault(r->faults, at.doc, json_ref_start(at),
                       "a second environment \"%s\": the first is in line %u", name,
                       json_ref_start(m->environments[i].at).line);
            return false;
        }
    e->name = name;
    return true;
}

/* Where the environment is: the value expanded, and refused unless it begins as it should. */
static const char *read_place(struct expander *x, struct json_ref at, const char *what,
                              const char *begins, const char *or_begins, const char *example)
{
    const char *text;

    x->release_used = false;
    text = at.value ? expand_text(x, at) : NULL;
    if (!text)
        return NULL;
    if (x->release_used) {
        fault_once(x->faults, at, json_ref_start(at), "\"%s\" cannot depend on {{release}}", what);
        return NULL;
    }
    if (*text && (strncmp(text, begins, strlen(begins)) == 0 ||
                  strncmp(text, or_begins, strlen(or_begins)) == 0))
        return text;
    fault_once(x->faults, at, json_ref_start(at), "\"%s\" wants %s, found \"%s\"", what, example,
               text);
    return NULL;
}

static void read_places(struct manifest_reader *r, const struct json_ref *got,
                        struct manifest_environment *e)
{
    struct expander x = {.arena = r->arena,
                         .options = r->options,
                         .faults = r->faults,
                         .environment = e->name,
                         .own = e->variables,
                         .project = r->m->variables};

    e->region = read_place(&x, got[REGION], "region", "", "", "a Region such as eu-west-1");
    e->profile = read_place(&x, got[PROFILE], "profile", "", "",
                            "a profile of the shared AWS configuration");
    e->role_arn = read_place(&x, got[ROLE_ARN], "role_arn",
                             "arn:", "arn:", "an ARN such as arn:aws:iam::123456789012:role/NAME");
    e->endpoint = read_place(&x, got[ENDPOINT], "endpoint", "https://", "http://",
                             "a URL such as https://HOST:PORT");
    for (size_t i = REGION; e->local && i <= ROLE_ARN; i++)
        if (got[i].value)
            json_fault(r->faults, got[i].doc, json_ref_key(got[i]),
                       "a local environment has no \"%s\"", keys[i].name);
}

static void read_environment(struct manifest_reader *r, struct json_ref at)
{
    struct manifest_environment *e = &r->m->environments[r->m->environment_count];
    struct raw_function *overrides =
        arena_array(r->arena, r->function_count + 1, sizeof(*overrides));
    struct json_ref got[ENVIRONMENT_KEYS];

    strict_object(at, "an environment", keys, ENVIRONMENT_KEYS, got, r->faults);
    *e = (struct manifest_environment){.at = at,
                                       .local = json_is_true(got[LOCAL].value),
                                       .approval = json_is_true(got[APPROVAL].value),
                                       .variables = got[VARIABLES]};
    manifest_read_overrides(r, got[FUNCTIONS], overrides);
    if (!read_name(r, got[NAME], e))
        return;
    read_places(r, got, e);
    manifest_read_shift(r, got[SHIFT], e);
    manifest_resolve(r, e, overrides);
    r->m->environment_count++;
}

/* ---- one function, twice ---- */

/*
 * Which account and Region it is, as far as the file alone tells: with neither profile nor role the
 * credentials come from outside and may be another account's for every environment. "" then.
 */
static const char *account_of(struct arena *arena, const struct manifest_environment *e)
{
    if (!e->local && !e->profile && !e->role_arn && !e->endpoint)
        return arena_printf(arena, "%s only", e->name);
    return arena_printf(arena, "%d\n%s\n%s\n%s\n%s", e->local, e->region ? e->region : "",
                        e->profile ? e->profile : "", e->role_arn ? e->role_arn : "",
                        e->endpoint ? e->endpoint : "");
}

static void check_name(struct manifest_reader *r, const struct manifest_environment *e,
                       const struct manifest_function *f, const char *account, json_t *seen)
{
    const char *key = arena_printf(r->arena, "%s\n%s", account, f->name);
    json_t *before = json_object_get(seen, key);
    const char *environment = json_string_value(json_array_get(before, 0));
    struct fault *fault;

    if (!before) {
        json_object_set_new(seen, key, json_pack("[ss]", e->name, f->key));
        return;
    }
    if (strcmp(environment, e->name) == 0) {
        fault_once(r->faults, f->at, json_ref_key(f->at),
                   "\"%s\" and \"%s\" are both called \"%s\" in environment \"%s\"",
                   json_string_value(json_array_get(before, 1)), f->key, f->name, e->name);
        return;
    }
    fault = fault_once(r->faults, f->at, json_ref_key(f->at),
                       "\"%s\" is called \"%s\" in environment \"%s\" and in \"%s\", which are the "
                       "same account and Region",
                       f->key, f->name, environment, e->name);
    fault_hint(fault, "a name with {{environment}} in it tells them apart");
}

static void check_names(struct manifest_reader *r)
{
    json_t *seen = json_object();

    for (size_t i = 0; i < r->m->environment_count; i++) {
        const struct manifest_environment *e = &r->m->environments[i];
        const char *account = account_of(r->arena, e);

        for (size_t k = 0; k < e->function_count; k++)
            if (e->functions[k].name)
                check_name(r, e, &e->functions[k], account, seen);
    }
    json_decref(seen);
}

void manifest_read_environments(struct manifest_reader *r, struct json_ref environments)
{
    const size_t count = json_array_size(environments.value);

    if (!environments.value)
        return;
    if (count == 0 || count > MANIFEST_ENVIRONMENTS_MAX) {
        json_fault(r->faults, environments.doc, json_ref_start(environments),
                   "\"environments\" wants 1 to %d environments, found %zu",
                   MANIFEST_ENVIRONMENTS_MAX, count);
        return;
    }
    r->m->environments = arena_array(r->arena, count, sizeof(*r->m->environments));
    for (struct json_child c = json_child_first(environments); c.ref.value; c = json_child_next(c))
        read_environment(r, c.ref);
    check_names(r);
}
