#include "lambda/function_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lambda/json_text.h"

static enum function_state state_of(const char *name)
{
    static const struct {
        const char *name;
        enum function_state state;
    } states[] = {{"", FUNCTION_STATE_NONE},
                  {"Pending", FUNCTION_PENDING},
                  {"Active", FUNCTION_ACTIVE},
                  {"Inactive", FUNCTION_INACTIVE},
                  {"Failed", FUNCTION_FAILED}};

    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(name, states[i].name) == 0)
            return states[i].state;
    return FUNCTION_OTHER_STATE;
}

static int read_names(const json_t *o, struct function_info *f, struct err *err)
{
    const struct {
        const char *key;
        char *out;
        size_t size;
    } texts[] = {
        {"FunctionName", f->name, sizeof(f->name)},
        {"FunctionArn", f->arn, sizeof(f->arn)},
        {"Version", f->version, sizeof(f->version)},
        {"CodeSha256", f->code_sha256, sizeof(f->code_sha256)},
        {"RevisionId", f->revision_id, sizeof(f->revision_id)},
        {"Description", f->description, sizeof(f->description)},
        {"State", f->state_name, sizeof(f->state_name)},
        {"PackageType", f->package_type, sizeof(f->package_type)},
        {"Runtime", f->runtime, sizeof(f->runtime)},
        {"Handler", f->handler, sizeof(f->handler)},
        {"Role", f->role, sizeof(f->role)},
        {"KMSKeyArn", f->kms_key_arn, sizeof(f->kms_key_arn)},
        {"LastModified", f->last_modified, sizeof(f->last_modified)},
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (lambda_text(texts[i].out, texts[i].size, o, texts[i].key, err) < 0)
            return -1;
    return lambda_text(f->dead_letter_arn, sizeof(f->dead_letter_arn),
                       json_object_get(o, "DeadLetterConfig"), "TargetArn", err);
}

/* Their values are somebody's secrets: this is all that the function's struct holds of them. */
static void read_variables(const json_t *variables, char digest[SHA256_HEX_SIZE])
{
    char *text = variables ? json_dumps(variables, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

    digest[0] = '\0';
    if (!text)
        return;
    sha256_hex(digest, str_c(text));
    mem_wipe_free(text);
}

static void read_states(const json_t *o, struct function_info *f)
{
    const char *update = json_string_value(json_object_get(o, "LastUpdateStatus"));
    const json_t *environment = json_object_get(o, "Environment");

    f->state = state_of(f->state_name);
    f->last_update = !update                             ? FUNCTION_UPDATE_NONE
                     : strcmp(update, "Successful") == 0 ? FUNCTION_UPDATE_SUCCESSFUL
                     : strcmp(update, "Failed") == 0     ? FUNCTION_UPDATE_FAILED
                                                         : FUNCTION_UPDATE_IN_PROGRESS;
    lambda_prose(f->state_reason, sizeof(f->state_reason), o, "StateReason");
    lambda_prose(f->state_reason_code, sizeof(f->state_reason_code), o, "StateReasonCode");
    lambda_prose(f->last_update_reason, sizeof(f->last_update_reason), o, "LastUpdateStatusReason");
    lambda_prose(f->last_update_reason_code, sizeof(f->last_update_reason_code), o,
                 "LastUpdateStatusReasonCode");
    f->has_environment = json_is_object(environment);
    read_variables(json_object_get(environment, "Variables"), f->environment_digest);
    lambda_prose(f->environment_error, sizeof(f->environment_error),
                 json_object_get(environment, "Error"), "Message");
}

static int read_rest(const json_t *o, struct function_info *f, struct err *err)
{
    const json_t *layers = json_object_get(o, "Layers"), *layer;
    const json_t *snap = json_object_get(o, "SnapStart");
    const char *apply = json_string_value(json_object_get(snap, "ApplyOn"));
    const char *optimized = json_string_value(json_object_get(snap, "OptimizationStatus"));
    const char *architecture =
        json_string_value(json_array_get(json_object_get(o, "Architectures"), 0));
    size_t i;

    if (architecture && strlen(architecture) < sizeof(f->architecture))
        memcpy(f->architecture, architecture, strlen(architecture) + 1);
    if (lambda_text(f->tracing, sizeof(f->tracing), json_object_get(o, "TracingConfig"), "Mode",
                    err) < 0)
        return -1;
    f->code_size = lambda_integer(o, "CodeSize", 0);
    f->timeout_s = (int)lambda_integer(o, "Timeout", 0);
    f->memory_mb = (int)lambda_integer(o, "MemorySize", 0);
    f->ephemeral_mb = (int)lambda_integer(json_object_get(o, "EphemeralStorage"), "Size", 0);
    f->snap_start = apply && strcmp(apply, "PublishedVersions") == 0;
    f->snap_start_on = optimized && strcmp(optimized, "On") == 0;
    f->reserved_concurrency = -1;
    json_array_foreach(layers, i, layer)
    {
        if (i == FUNCTION_LAYERS_MAX)
            return err_set(err, ERR_UNKNOWN, "lambda: function %s has more than %d layers", f->name,
                           FUNCTION_LAYERS_MAX);
        if (lambda_text(f->layers[i], sizeof(f->layers[i]), layer, "Arn", err) < 0)
            return -1;
        f->layer_count = i + 1;
    }
    return 0;
}

int function_read_object(const json_t *object, struct function_info *ret, struct err *err)
{
    struct function_info f = {{0}};

    if (read_names(object, &f, err) < 0 || read_rest(object, &f, err) < 0)
        return -1;
    read_states(object, &f);
    if (!f.name[0] || !f.version[0])
        return err_set(err, ERR_UNKNOWN,
                       "lambda: a function configuration without FunctionName or Version");
    *ret = f;
    return 0;
}

int function_read(struct str body, struct function_info *ret, struct err *err)
{
    json_t *root = lambda_parse(body, "function", err);
    const int result = root ? function_read_object(root, ret, err) : -1;

    json_decref(root);
    return result;
}

int function_get_read(struct str body, struct function_info *ret, struct err *err)
{
    json_t *root = lambda_parse(body, "GetFunction", err);
    const json_t *code = json_object_get(root, "Code");
    struct function_info f = {{0}};
    int result = root ? function_read_object(json_object_get(root, "Configuration"), &f, err) : -1;

    if (result == 0)
        result = lambda_text(f.image_uri, sizeof(f.image_uri), code, "ImageUri", err);
    if (result == 0)
        result = lambda_text(f.resolved_image_uri, sizeof(f.resolved_image_uri), code,
                             "ResolvedImageUri", err);
    if (result == 0) {
        f.reserved_concurrency = (int)lambda_integer(json_object_get(root, "Concurrency"),
                                                     "ReservedConcurrentExecutions", -1);
        *ret = f;
    }
    json_decref(root);
    return result;
}

enum function_readiness function_readiness(const struct function_info *info)
{
    if (info->state == FUNCTION_FAILED || info->last_update == FUNCTION_UPDATE_FAILED)
        return FUNCTION_BROKEN;
    if (info->state == FUNCTION_PENDING || info->last_update == FUNCTION_UPDATE_IN_PROGRESS)
        return FUNCTION_WAIT;
    return FUNCTION_READY;
}
