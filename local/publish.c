#include "local/publish.h"

#include <string.h>

#include "local/config.h"

int fail_revision(struct call *c)
{
    return fail(c, FAIL_PRECONDITION,
                "The Revision Id provided does not match the latest Revision Id. Call the "
                "GetFunction/GetAlias API to retrieve the latest Revision Id");
}

int64_t due_at(struct call *c, int64_t ms)
{
    return c->now_ms + (c->slow_ms > ms ? c->slow_ms : ms);
}

int latest_for_change(struct call *c, const struct function_ref *ref, const char *revision,
                      struct function_row *row, struct version *latest)
{
    if (ref->qualifier && strcmp(ref->qualifier, "$LATEST") != 0)
        return fail(c, FAIL_PARAMETER,
                    "This operation is permitted on Lambda functions only. Aliases and versions do "
                    "not support this operation. Please specify either a function name or an "
                    "unqualified function ARN.");
    if (!store_function(c, ref->name, row) || !store_version(c, ref->name, VERSION_LATEST, latest))
        return fail_function(c, ref->name, NULL);
    if (strcmp(latest->state, "Pending") == 0)
        return fail(c, FAIL_CONFLICT,
                    "The operation cannot be performed at this time. The function is currently in "
                    "the following state: Pending");
    if (strcmp(latest->updating, "InProgress") == 0)
        return fail(c, FAIL_CONFLICT,
                    "The operation cannot be performed at this time. An update is in progress for "
                    "resource: %s",
                    function_arn(c, ref->name, NULL));
    if (revision && strcmp(revision, latest->revision) != 0)
        return fail_revision(c);
    return 0;
}

static bool wants_snapshot(const struct version *v)
{
    const char *on =
        json_string_value(json_object_get(json_object_get(v->config, "SnapStart"), "ApplyOn"));

    return on && strcmp(on, "PublishedVersions") == 0;
}

int publish_new(struct call *c, struct function_row *row, const struct version *latest,
                const char *description, bool pending, struct version *ret)
{
    const char *digest = config_digest(c, latest);
    struct version v = *latest;
    char revision[UUID_SIZE];

    if (row->published && strcmp(row->published, digest) == 0 &&
        store_version(c, row->name, row->published_version, ret))
        return 0;
    v.number = store_next(c, "function", row->name);
    v.config = call_own(c, json_deep_copy(latest->config));
    config_end_serving(v.config); /* a version is what was published, from the start */
    if (description)
        json_object_set_new(v.config, "Description", json_string(description));
    if (wants_snapshot(latest)) {
        json_object_set_new(json_object_get(v.config, "SnapStart"), "OptimizationStatus",
                            json_string("On"));
        pending = true;
    }
    pending = pending || c->slow_ms > 0 || c->fail_reason;
    v.state = pending ? "Pending" : "Active";
    v.updating = pending ? "" : "Successful";
    v.due_ms = pending ? due_at(c, c->local->options.create_ms) : 0;
    v.reason = c->fail_reason;
    new_revision(revision);
    v.revision = arena_dup(&c->arena, revision);
    store_version_put(c, &v);
    row->published = digest;
    row->published_version = v.number;
    store_function_put(c, row);
    *ret = v;
    return 0;
}
