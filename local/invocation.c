#include "local/invocation.h"

#include <string.h>

#include "local/admission.h"
#include "local/code.h"
#include "local/config.h"
#include "local/layers.h"

static const char *text_of(struct call *c, const json_t *config, const char *key)
{
    const char *text = json_string_value(json_object_get(config, key));

    return arena_dup(&c->arena, text ? text : "");
}

static void set_variables(struct call *c, const json_t *config, struct execute_version *v)
{
    json_t *all = json_object_get(json_object_get(config, "Environment"), "Variables");
    struct execute_variable *list =
        arena_array(&c->arena, json_object_size(all) + 1, sizeof(*list));
    const char *key;
    json_t *value;

    json_object_foreach(all, key, value)
    {
        list[v->variable_count].name = arena_dup(&c->arena, key);
        list[v->variable_count++].value = arena_dup(&c->arena, json_string_value(value));
    }
    v->variables = list;
}

static void set_layers(struct call *c, const json_t *config, struct execute_version *v)
{
    const char **paths;

    v->layer_count = layers_zips(c, config, &v->layer_sha256);
    paths = arena_array(&c->arena, v->layer_count + 1, sizeof(*paths));
    for (size_t i = 0; i < v->layer_count; i++)
        paths[i] = code_path(c, v->layer_sha256[i]);
    v->layer_paths = paths;
}

static void set_logging(struct call *c, const json_t *config, struct execute_version *v)
{
    const json_t *logging = json_object_get(config, "LoggingConfig");
    const char *format = json_string_value(json_object_get(logging, "LogFormat"));
    const char *group = text_of(c, logging, "LogGroup");

    v->log_group = group[0] ? group : NULL;
    if (format && strcmp(format, "JSON") == 0)
        v->log_level = text_of(c, logging, "ApplicationLogLevel");
}

static void fill(struct call *c, const struct version *v, const char *invoked_arn,
                 struct invocation *ret)
{
    struct function_row row = {.reserved = -1};
    const char *zip;
    const json_t *config = config_serving(v, &zip);

    store_function(c, v->function, &row);
    *ret = (struct invocation){.invoked_arn = invoked_arn, .reserved = row.reserved};
    ret->version = (struct execute_version){
        .function = v->function,
        .version = version_name(c, v->number),
        .identity = text_of(c, config, "Identity"),
        .runtime = text_of(c, config, "Runtime"),
        .handler = text_of(c, config, "Handler"),
        .zip_path = code_path(c, zip),
        .code_sha256 = arena_dup(&c->arena, zip),
        .timeout_ms = json_integer_value(json_object_get(config, "Timeout")) * 1000,
        .memory_mb = (unsigned)json_integer_value(json_object_get(config, "MemorySize")),
        .ephemeral_mb = (unsigned)json_integer_value(
            json_object_get(json_object_get(config, "EphemeralStorage"), "Size")),
    };
    set_variables(c, config, &ret->version);
    set_layers(c, config, &ret->version);
    set_logging(c, config, &ret->version);
}

/* Weighted aliases send each invocation to one of two versions by chance, as the service does. */
static int route_by_weight(struct call *c, const struct alias *alias, struct version *v)
{
    if (!alias->name || alias->weight_version < 0 || rng_unit(&c->local->rng) >= alias->weight)
        return 0;
    if (!store_version(c, alias->function, alias->weight_version, v))
        return fail_function(c, alias->function, version_name(c, alias->weight_version));
    return 0;
}

static int check_runnable(struct call *c, const struct version *v)
{
    if (strcmp(v->state, "Active") != 0)
        return fail(c, FAIL_CONFLICT,
                    "The operation cannot be performed at this time. The function is currently in "
                    "the following state: %s",
                    v->state);
    if (!v->zip[0])
        return fail(c, FAIL_NOT_IMPLEMENTED,
                    "smokegate-local runs zip packages only: %s is a container image", v->function);
    return 0;
}

int invocation_resolve(struct call *c, const struct function_ref *ref, struct invocation *ret)
{
    struct function_ref asked = *ref;
    struct alias alias = {0};
    struct version v;

    if (!asked.qualifier)
        asked.qualifier = "$LATEST"; /* the message of a missing function names it */
    if (store_resolve(c, &asked, &v, &alias) < 0 || route_by_weight(c, &alias, &v) < 0 ||
        check_runnable(c, &v) < 0)
        return -1;
    fill(c, &v, function_arn(c, ref->name, ref->qualifier), ret);
    return 0;
}

bool invocation_of(struct call *c, const char *function, int64_t number, const char *invoked_arn,
                   struct invocation *ret)
{
    struct version v;

    if (!store_version(c, function, number, &v) || !v.zip[0])
        return false;
    fill(c, &v, invoked_arn, ret);
    return true;
}

bool invocation_enter(struct local *l, const struct invocation *i)
{
    return i->reserved < 0 || admission_enter(l->admission, i->version.function, i->reserved);
}

void invocation_leave(struct local *l, const struct invocation *i)
{
    if (i->reserved >= 0)
        admission_leave(l->admission, i->version.function);
}

int invocation_admit(struct call *c, const struct invocation *i)
{
    if (invocation_enter(c->local, i))
        return 0;
    return fail_throttled(c, "ReservedFunctionConcurrentInvocationLimitExceeded", "Rate Exceeded.");
}
