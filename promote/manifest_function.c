#include "promote/manifest_private.h"

#include <string.h>

#include "base/suggest.h"
#include "json/strict.h"

/* https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: Lambda sets these. */
static const char *const reserved[] = {
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

static const struct strict_key config_keys[CONFIG_KEYS] = {
    [CONFIG_RUNTIME] = {"runtime", STRICT_STRING, false},
    [CONFIG_HANDLER] = {"handler", STRICT_STRING, false},
    [CONFIG_MEMORY] = {"memory", STRICT_INTEGER | STRICT_STRING, false},
    [CONFIG_EPHEMERAL_STORAGE] = {"ephemeral_storage", STRICT_INTEGER | STRICT_STRING, false},
    [CONFIG_TIMEOUT] = {"timeout", STRICT_STRING, false},
    [CONFIG_ENVIRONMENT] = {"environment", STRICT_OBJECT, false},
    [CONFIG_ROLE] = {"role", STRICT_STRING, false},
    [CONFIG_TRACING] = {"tracing", STRICT_STRING, false},
    [CONFIG_ARCHITECTURE] = {"architecture", STRICT_STRING, false},
    [CONFIG_ARCHITECTURES] = {"architectures", STRICT_ARRAY, false},
};

/* ---- config ---- */

/* API_Environment: [a-zA-Z]([a-zA-Z0-9_])+ */
static bool variable_name_ok(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.data[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '_')))
            return false;
    }
    return name.len >= 2;
}

static void check_variable(struct manifest_reader *r, const struct json_child *c)
{
    if (!variable_name_ok(c->key))
        fault_hint(json_fault(r->faults, c->ref.doc, json_ref_key(c->ref),
                              "Lambda takes no environment variable called \"%.*s\"",
                              STR_ARG(c->key)),
                   "a letter, then letters, digits and '_', at least two in all");
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (str_eq_c(c->key, reserved[i]))
            json_fault(r->faults, c->ref.doc, json_ref_key(c->ref),
                       "%s is set by Lambda and cannot be configured", reserved[i]);
    if (!json_is_string(c->ref.value))
        fault_hint(json_fault(r->faults, c->ref.doc, json_ref_start(c->ref),
                              "an environment variable is a string, found %s",
                              strict_type_name(c->ref.value)),
                   "put it between quotes");
}

static void read_architectures(struct manifest_reader *r, struct raw_function *f)
{
    struct json_ref *one = &f->config[CONFIG_ARCHITECTURE],
                    *list = &f->config[CONFIG_ARCHITECTURES];

    if (!list->value)
        return;
    if (one->value)
        json_fault(r->faults, list->doc, json_ref_key(*list),
                   "\"architecture\" and \"architectures\": one of them is enough");
    else if (json_array_size(list->value) != 1 || !json_is_string(json_array_get(list->value, 0)))
        json_fault(r->faults, list->doc, json_ref_start(*list),
                   "\"architectures\" wants exactly one: [\"x86_64\"] or [\"arm64\"]");
    else
        *one = json_ref_element(*list, 0);
}

static void read_config(struct manifest_reader *r, struct json_ref at, struct raw_function *f)
{
    f->config_at = at;
    if (!at.value)
        return;
    strict_object(at, "\"config\"", config_keys, CONFIG_KEYS, f->config, r->faults);
    read_architectures(r, f);
    for (struct json_child c = json_child_first(f->config[CONFIG_ENVIRONMENT]); c.ref.value;
         c = json_child_next(c))
        check_variable(r, &c);
}

/* ---- layers of a function ---- */

static void no_such_layer(struct manifest_reader *r, struct json_ref at)
{
    const char *names[256], *near;
    size_t count = 0;
    struct fault *fault;

    for (size_t i = 0; i < r->layer_count && count < ARRAY_LEN(names); i++)
        names[count++] = r->layers[i].key;
    fault = json_fault(r->faults, at.doc, json_ref_start(at),
                       "\"layers\" of the project has no \"%s\"", json_string_value(at.value));
    near = suggest_nearest(str_c(json_string_value(at.value)), names, count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
}

static void check_layers(struct manifest_reader *r, struct json_ref at)
{
    if (!at.value || !manifest_strings_only(r, at, "\"layers\""))
        return;
    if (json_array_size(at.value) > MANIFEST_LAYERS_MAX)
        json_fault(r->faults, at.doc, json_ref_start(at),
                   "a function takes at most %d layers, found %zu", MANIFEST_LAYERS_MAX,
                   json_array_size(at.value));
    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c)) {
        const char *key = json_string_value(c.ref.value);
        bool known = false;

        for (size_t i = 0; i < r->layer_count; i++)
            known = known || strcmp(r->layers[i].key, key) == 0;
        if (!known)
            no_such_layer(r, c.ref);
        for (size_t i = 0; i < c.at; i++)
            if (strcmp(json_string_value(json_array_get(at.value, i)), key) == 0) {
                json_fault(r->faults, at.doc, json_ref_start(c.ref), "the layer \"%s\" twice", key);
                break;
            }
    }
}

/* ---- functions ---- */

static void read_function(struct manifest_reader *r, const struct json_child *c,
                          struct raw_function *f)
{
    enum { NAME, PACKAGE, CONFIG, LAYERS };
    static const struct strict_key keys[] = {{"name", STRICT_STRING, false},
                                             {"package", STRICT_OBJECT, false},
                                             {"config", STRICT_OBJECT, false},
                                             {"layers", STRICT_ARRAY, false}};
    struct json_ref got[ARRAY_LEN(keys)];

    *f = (struct raw_function){.key = arena_dup_str(r->arena, c->key), .self = c->ref};
    strict_object(c->ref, "a function", keys, ARRAY_LEN(keys), got, r->faults);
    f->name = got[NAME];
    f->layers = got[LAYERS];
    manifest_read_package(r, got[PACKAGE], &f->package);
    read_config(r, got[CONFIG], f);
    check_layers(r, f->layers);
}

void manifest_read_functions(struct manifest_reader *r, struct json_ref functions)
{
    const size_t count = json_object_size(functions.value);

    if (!functions.value)
        return;
    if (count == 0 || count > MANIFEST_FUNCTIONS_MAX) {
        json_fault(r->faults, functions.doc, json_ref_start(functions),
                   "\"functions\" wants 1 to %d functions, found %zu", MANIFEST_FUNCTIONS_MAX,
                   count);
        return;
    }
    r->functions = arena_array(r->arena, count, sizeof(*r->functions));
    for (struct json_child c = json_child_first(functions); c.ref.value; c = json_child_next(c))
        read_function(r, &c, &r->functions[r->function_count++]);
}

static void no_such_function(struct manifest_reader *r, const struct json_child *c)
{
    const char *names[MANIFEST_FUNCTIONS_MAX], *near;
    struct fault *fault;

    for (size_t i = 0; i < r->function_count; i++)
        names[i] = r->functions[i].key;
    fault = json_fault(r->faults, c->ref.doc, json_ref_key(c->ref),
                       "the project has no function \"%.*s\" to override", STR_ARG(c->key));
    near = suggest_nearest(c->key, names, r->function_count);
    if (near)
        fault_hint(fault, "did you mean \"%s\"?", near);
}

void manifest_read_overrides(struct manifest_reader *r, struct json_ref at,
                             struct raw_function *overrides)
{
    for (struct json_child c = json_child_first(at); c.ref.value; c = json_child_next(c)) {
        size_t i = 0;

        while (i < r->function_count && !str_eq_c(c.key, r->functions[i].key))
            i++;
        if (i < r->function_count)
            read_function(r, &c, &overrides[i]);
        else if (r->function_count) /* else "functions" itself is wrong, and told */
            no_such_function(r, &c);
    }
}

/* ---- layers of the project ---- */

static void read_layer(struct manifest_reader *r, const struct json_child *c, struct raw_layer *l)
{
    enum { NAME, PACKAGE, RUNTIMES };
    static const struct strict_key keys[] = {{"name", STRICT_STRING, false},
                                             {"package", STRICT_OBJECT, true},
                                             {"runtimes", STRICT_ARRAY, false}};
    struct json_ref got[ARRAY_LEN(keys)];

    *l = (struct raw_layer){.key = arena_dup_str(r->arena, c->key), .self = c->ref};
    strict_object(c->ref, "a layer", keys, ARRAY_LEN(keys), got, r->faults);
    l->name = got[NAME];
    if (got[RUNTIMES].value && manifest_strings_only(r, got[RUNTIMES], "\"runtimes\""))
        l->runtimes = got[RUNTIMES];
    manifest_read_package(r, got[PACKAGE], &l->package);
    if (l->package.kind == PACKAGE_IMAGE || l->package.kind == PACKAGE_COMMAND)
        json_fault(r->faults, l->package.at.doc, json_ref_start(l->package.at),
                   "a layer's package is one of zip, dir, s3");
}

void manifest_read_layers(struct manifest_reader *r, struct json_ref layers)
{
    r->layers = arena_array(r->arena, json_object_size(layers.value) + 1, sizeof(*r->layers));
    for (struct json_child c = json_child_first(layers); c.ref.value; c = json_child_next(c))
        read_layer(r, &c, &r->layers[r->layer_count++]);
}
