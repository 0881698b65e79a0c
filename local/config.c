#include "local/config.h"

#include <stdlib.h>
#include <string.h>

#include "local/config_check.h"
#include "local/layers.h"

json_t *config_new(struct call *c, const char *function)
{
    return call_own(c, json_pack("{ss si si ss s{ss} s{si} s{ss ss} s{ss ss} s[s]}", "Description",
                                 "", "Timeout", 3, "MemorySize", 128, "PackageType", "Zip",
                                 "TracingConfig", "Mode", "PassThrough", "EphemeralStorage", "Size",
                                 512, "SnapStart", "ApplyOn", "None", "OptimizationStatus", "Off",
                                 "LoggingConfig", "LogFormat", "Text", "LogGroup",
                                 arena_printf(&c->arena, "/aws/lambda/%s", function),
                                 "Architectures", "x86_64"));
}

/* ---- applying ---- */

static void set_vpc(json_t *config, json_t *vpc)
{
    json_t *shown = json_pack("{s[] s[] ss sb}", "SubnetIds", "SecurityGroupIds", "VpcId", "",
                              "Ipv6AllowedForDualStack", 0);

    json_object_update(shown, vpc);
    if (json_array_size(json_object_get(shown, "SubnetIds")) > 0)
        json_object_set_new(shown, "VpcId", json_string("vpc-local"));
    json_object_set_new(config, "VpcConfig", shown);
}

static void set_snap_start(json_t *config, json_t *snap_start)
{
    const char *on = json_string_value(json_object_get(snap_start, "ApplyOn"));

    json_object_set_new(
        config, "SnapStart",
        json_pack("{ss ss}", "ApplyOn", on ? on : "None", "OptimizationStatus", "Off"));
}

/* JSON logs have levels, text logs have none. */
static void set_logging(json_t *config, json_t *changes)
{
    static const char *const levels[] = {"ApplicationLogLevel", "SystemLogLevel"};
    json_t *logging = json_object_get(config, "LoggingConfig");
    const char *format;

    json_object_update(logging, changes);
    format = json_string_value(json_object_get(logging, "LogFormat"));
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (!format || strcmp(format, "JSON") != 0)
            json_object_del(logging, levels[i]);
        else if (!json_object_get(logging, levels[i]))
            json_object_set_new(logging, levels[i], json_string("INFO"));
}

static int apply_environment(struct call *c, json_t *config, json_t *environment)
{
    json_t *variables = json_object_get(environment, "Variables");
    json_t *copy = variables ? json_copy(variables) : json_object();

    (void)c;
    json_object_set_new(config, "Environment", json_pack("{so}", "Variables", copy));
    return 0;
}

static int apply_dead_letter(json_t *config, json_t *target)
{
    const char *arn = json_string_value(json_object_get(target, "TargetArn"));

    if (arn && arn[0])
        json_object_set(config, "DeadLetterConfig", target);
    else
        json_object_del(config, "DeadLetterConfig"); /* an empty ARN takes it away */
    return 0;
}

/* Answers have it one level deeper; an empty one takes it away. */
static void set_image_config(json_t *config, json_t *image)
{
    if (json_object_size(image))
        json_object_set_new(config, "ImageConfigResponse", json_pack("{sO}", "ImageConfig", image));
    else
        json_object_del(config, "ImageConfigResponse");
}

int config_apply(struct call *c, json_t *config)
{
    static const char *const plain[] = {
        "Description",      "Handler",          "Runtime",       "Role",
        "Timeout",          "MemorySize",       "TracingConfig", "KMSKeyArn",
        "EphemeralStorage", "FileSystemConfigs"};
    json_t *value;

    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        if ((value = json_object_get(c->body, plain[i])) && !json_is_null(value))
            json_object_set(config, plain[i], value);
    if ((value = json_object_get(c->body, "Environment")) && !json_is_null(value) &&
        apply_environment(c, config, value) < 0)
        return -1;
    if ((value = json_object_get(c->body, "VpcConfig")) && json_is_object(value))
        set_vpc(config, value);
    if ((value = json_object_get(c->body, "SnapStart")) && json_is_object(value))
        set_snap_start(config, value);
    if ((value = json_object_get(c->body, "LoggingConfig")) && json_is_object(value))
        set_logging(config, value);
    if ((value = json_object_get(c->body, "ImageConfig")) && json_is_object(value))
        set_image_config(config, value);
    if ((value = json_object_get(c->body, "DeadLetterConfig")) && json_is_object(value))
        apply_dead_letter(config, value);
    if ((value = json_object_get(c->body, "Layers")) && json_is_array(value))
        return layers_attach(c, value, config);
    return 0;
}

void config_set_code(struct call *c, json_t *config, const struct code *code)
{
    json_t *architectures = json_object_get(c->body, "Architectures");

    json_object_set_new(config, "CodeSha256", json_string(code->sha256));
    json_object_set_new(config, "CodeSize", json_integer(code->size));
    json_object_set_new(config, "CodeUnzipped", json_integer(code->unzipped));
    if (json_is_array(architectures))
        json_object_set(config, "Architectures", architectures);
    if (!code->image_uri)
        return;
    json_object_set_new(config, "PackageType", json_string("Image"));
    json_object_set_new(config, "ImageUri", json_string(code->image_uri)); /* not shown there */
}

int config_check_size(struct call *c, const json_t *config)
{
    const json_int_t layers = json_integer_value(json_object_get(config, "LayersUnzipped"));
    const json_int_t all = layers + json_integer_value(json_object_get(config, "CodeUnzipped"));

    if (layers > EXECUTE_UNZIPPED_MAX)
        return fail(c, FAIL_PARAMETER, "Layers consume more than the available size of %d bytes",
                    EXECUTE_UNZIPPED_MAX);
    if (all > EXECUTE_UNZIPPED_MAX)
        return fail(c, FAIL_PARAMETER,
                    "Function code combined with layers exceeds the maximum allowed size of %d "
                    "bytes. The actual size is %" JSON_INTEGER_FORMAT " bytes.",
                    EXECUTE_UNZIPPED_MAX, all);
    return 0;
}

void config_touch(struct call *c, json_t *config)
{
    char identity[UUID_SIZE];

    json_object_set_new(config, "LastModified", json_string(iso_time(c, c->now_ms)));
    rand_uuid(identity, NULL);
    json_object_set_new(config, "Identity", json_string(identity));
}

void config_keep_serving(struct call *c, struct version *latest)
{
    json_t *serving = json_object_get(latest->config, "Serving");

    if (!serving) /* else the last update failed: what it found goes on */
        serving = call_own(
            c, json_pack("{so ss}", "config", json_deep_copy(latest->config), "zip", latest->zip));
    json_object_set(latest->config, "Serving", serving);
}

void config_end_serving(json_t *config)
{
    json_object_del(config, "Serving");
}

const json_t *config_serving(const struct version *v, const char **ret_zip)
{
    const json_t *serving = json_object_get(v->config, "Serving");

    *ret_zip = serving ? json_string_value(json_object_get(serving, "zip")) : v->zip;
    return serving ? json_object_get(serving, "config") : v->config;
}

const char *config_digest(struct call *c, const struct version *v)
{
    json_t *copy = json_copy(v->config);
    char hex[SHA256_HEX_SIZE];
    char *text;

    json_object_del(copy, "LastModified");
    json_object_del(copy, "Identity");
    json_object_del(copy, "Serving");
    json_object_del(copy, "CodeUnzipped"); /* the zips tell, and older states lack them */
    json_object_del(copy, "LayersUnzipped");
    text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    sha256_hex(hex, str_c(text));
    free(text);
    json_decref(copy);
    return arena_printf(&c->arena, "%s %s", hex, v->zip);
}

/* ---- showing ---- */

static void put(json_t *o, const char *key, const char *value)
{
    json_object_set_new(o, key, json_string(value));
}

static void put_update(json_t *o, const struct version *v)
{
    if (!v->updating[0])
        return;
    put(o, "LastUpdateStatus", v->updating);
    if (strcmp(v->updating, "InProgress") == 0) {
        put(o, "LastUpdateStatusReason", "The function is being created.");
        put(o, "LastUpdateStatusReasonCode", "Creating");
    } else if (strcmp(v->updating, "Failed") == 0) {
        put(o, "LastUpdateStatusReason", v->reason ? v->reason : "The update failed.");
        put(o, "LastUpdateStatusReasonCode", "InternalError");
    }
}

static void put_states(json_t *o, const struct version *v)
{
    put(o, "State", v->state);
    if (strcmp(v->state, "Pending") == 0) {
        put(o, "StateReason", "The function is being created.");
        put(o, "StateReasonCode", "Creating");
    } else if (strcmp(v->state, "Failed") == 0) {
        put(o, "StateReason", v->reason ? v->reason : "The function could not be created.");
        put(o, "StateReasonCode", "InternalError");
    }
    put_update(o, v);
}

/* The runtime's version is AWS's business; here it is a stable name for the runtime. */
static void put_runtime_version(struct call *c, json_t *o, const json_t *config)
{
    const char *runtime = json_string_value(json_object_get(config, "Runtime"));
    char hex[SHA256_HEX_SIZE];

    if (!runtime)
        return;
    sha256_hex(hex, str_c(runtime));
    json_object_set_new(o, "RuntimeVersionConfig",
                        json_pack("{ss}", "RuntimeVersionArn",
                                  arena_printf(&c->arena, "arn:aws:lambda:%s::runtime:%s",
                                               c->local->options.region, hex)));
}

json_t *config_answer(struct call *c, const struct version *v, const char *qualifier,
                      enum config_view view)
{
    json_t *o = json_copy(v->config);

    json_object_del(o, "ImageUri");
    json_object_del(o, "CodeUnzipped");
    json_object_del(o, "LayersUnzipped");
    json_object_del(o, "LayerZips");
    json_object_del(o, "Identity");
    json_object_del(o, "Serving");
    put(o, "FunctionName", v->function);
    put(o, "FunctionArn", function_arn(c, v->function, qualifier));
    put(o, "Version", version_name(c, v->number));
    put(o, "RevisionId", v->revision);
    if (view == CONFIG_WHOLE) {
        put_states(o, v);
        put_runtime_version(c, o, v->config);
    }
    return o;
}
