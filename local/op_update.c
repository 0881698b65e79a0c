/* UpdateFunctionCode and UpdateFunctionConfiguration. */
#include <string.h>

#include "local/call.h"
#include "local/config.h"
#include "local/config_check.h"
#include "local/handlers.h"
#include "local/publish.h"
#include "local/store.h"

static bool is_at_once(struct call *c)
{
    return due_at(c, c->local->options.update_ms) <= c->now_ms && !c->fail_reason;
}

/* Before anything is changed: unless that is over at once, what there is serves on meanwhile. */
static void begin_update(struct call *c, struct version *latest)
{
    if (!is_at_once(c))
        config_keep_serving(c, latest);
}

/* Accepts the change: a new RevisionId now, and another one when it has finished. */
static void start_update(struct call *c, struct version *latest)
{
    char revision[UUID_SIZE];

    config_touch(c, latest->config);
    new_revision(revision);
    latest->revision = arena_dup(&c->arena, revision);
    latest->updating = "InProgress";
    latest->due_ms = due_at(c, c->local->options.update_ms);
    latest->reason = c->fail_reason;
    store_version_put(c, latest);
    if (!is_at_once(c))
        return;
    c->retire_function = latest->function;
    c->retire_version = "$LATEST";
}

static bool is_image(const struct version *v)
{
    const char *package = json_string_value(json_object_get(v->config, "PackageType"));

    return package && strcmp(package, "Image") == 0;
}

static int check_package(struct call *c, const struct version *latest)
{
    if (!c->code)
        return fail(c, FAIL_PARAMETER, "Please provide a source for function code.");
    if (c->code->image_uri && !is_image(latest))
        return fail(c, FAIL_PARAMETER,
                    "Please don't provide ImageUri when updating a function with packageType Zip.");
    if (!c->code->image_uri && is_image(latest))
        return fail(c, FAIL_PARAMETER,
                    "Please provide ImageUri when updating a function with packageType Image.");
    return 0;
}

struct code_members {
    const char *revision;
    bool publish, dry_run;
    json_t *architectures;
};

static int read_code_members(struct call *c, struct code_members *m)
{
    struct checks k;

    if (body_string(c, "RevisionId", &m->revision) < 0 ||
        body_bool(c, "Publish", &m->publish) < 0 || body_bool(c, "DryRun", &m->dry_run) < 0 ||
        body_array(c, "Architectures", &m->architectures) < 0)
        return -1;
    checks_begin(&k, c);
    check_architectures(&k, m->architectures);
    return checks_end(&k);
}

int function_update_code(struct call *c)
{
    struct code_members m = {0};
    struct function_ref ref;
    struct function_row row;
    struct version latest, published;

    if (function_ref_read(c, false, &ref) < 0 || read_code_members(c, &m) < 0 ||
        latest_for_change(c, &ref, m.revision, &row, &latest) < 0 || check_package(c, &latest) < 0)
        return -1;
    begin_update(c, &latest);
    config_set_code(c, latest.config, c->code);
    latest.zip = c->code->hex;
    if (config_check_size(c, latest.config) < 0)
        return -1;
    if (m.dry_run)
        return answer(c, 200, config_answer(c, &latest, NULL, CONFIG_WHOLE));
    start_update(c, &latest);
    if (!m.publish)
        return answer(c, 200, config_answer(c, &latest, NULL, CONFIG_WHOLE));
    if (publish_new(c, &row, &latest, NULL, true, &published) < 0)
        return -1;
    return answer(c, 200,
                  config_answer(c, &published, version_name(c, published.number), CONFIG_WHOLE));
}

int function_update_configuration(struct call *c)
{
    const char *revision = NULL;
    struct function_ref ref;
    struct function_row row;
    struct version latest;

    if (function_ref_read(c, false, &ref) < 0 || config_check(c, false) < 0 ||
        body_string(c, "RevisionId", &revision) < 0 ||
        latest_for_change(c, &ref, revision, &row, &latest) < 0)
        return -1;
    begin_update(c, &latest);
    if (config_apply(c, latest.config) < 0 || config_check_size(c, latest.config) < 0)
        return -1;
    start_update(c, &latest);
    return answer(c, 200, config_answer(c, &latest, NULL, CONFIG_WHOLE));
}
