#include "local/policy.h"

#include <stdlib.h>
#include <string.h>

json_t *policy_text(const json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);
    json_t *string = json_string(text ? text : "{}");

    free(text);
    return string;
}

static json_t *statements(const struct resource *r)
{
    return json_object_get(r->document, "Statement");
}

static size_t find_sid(const json_t *list, const char *sid)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *have = json_string_value(json_object_get(json_array_get(list, i), "Sid"));

        if (have && strcmp(have, sid) == 0)
            return i;
    }
    return (size_t)-1;
}

static int check_revision(struct call *c, const struct policy_ref *ref, const char *have,
                          const char *want)
{
    if (!want || (have && strcmp(have, want) == 0))
        return 0;
    return fail(c, FAIL_PRECONDITION,
                "The Revision Id provided does not match the latest Revision Id. Call the %s API "
                "to retrieve the latest Revision Id",
                ref->get_operation);
}

static const char *store(struct call *c, struct resource *r)
{
    char revision[UUID_SIZE];

    new_revision(revision);
    r->revision = arena_dup(&c->arena, revision);
    resource_put(c, r);
    return r->revision;
}

int policy_add(struct call *c, const struct policy_ref *ref, json_t *statement,
               const char *revision, const char **ret_revision)
{
    const char *sid = json_string_value(json_object_get(statement, "Sid"));
    struct resource r = {.kind = ref->kind, .owner = ref->owner, .key = ref->key};
    int result = 0;

    if (!resource_get(c, ref->kind, ref->owner, ref->key, &r))
        r.document = call_own(
            c, json_pack("{ss ss s[]}", "Version", "2012-10-17", "Id", "default", "Statement"));
    if (find_sid(statements(&r), sid) != (size_t)-1)
        result = fail(c, FAIL_CONFLICT,
                      "The statement id (%s) provided already exists. Please provide a new "
                      "statement id, or remove the existing statement.",
                      sid);
    if (result == 0)
        result = check_revision(c, ref, r.revision, revision);
    if (result == 0) {
        json_array_append(statements(&r), statement);
        *ret_revision = store(c, &r);
    }
    json_decref(statement);
    return result;
}

int policy_remove(struct call *c, const struct policy_ref *ref, const char *sid,
                  const char *revision)
{
    struct resource r;
    size_t at;

    if (!resource_get(c, ref->kind, ref->owner, ref->key, &r))
        return fail(c, FAIL_NOT_FOUND, "No policy is associated with the given resource.");
    at = find_sid(statements(&r), sid);
    if (at == (size_t)-1)
        return fail(c, FAIL_NOT_FOUND, "Statement %s is not found in resource policy.", sid);
    if (check_revision(c, ref, r.revision, revision) < 0)
        return -1;
    json_array_remove(statements(&r), at);
    if (json_array_size(statements(&r)) == 0)
        resource_delete(c, ref->kind, ref->owner, ref->key);
    else
        store(c, &r);
    return 0;
}

bool policy_get(struct call *c, const struct policy_ref *ref, json_t **ret)
{
    struct resource r;

    if (!resource_get(c, ref->kind, ref->owner, ref->key, &r))
        return false;
    *ret = json_pack("{so ss}", "Policy", policy_text(r.document), "RevisionId", r.revision);
    return true;
}
