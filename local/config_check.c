#include "local/config_check.h"

#include <stdlib.h>
#include <string.h>

#include "local/config.h"
#include "local/environment_check.h"

enum { LAYERS_MAX = 5 };

/* As the service lists them in its message of 2026-03; smokegate's users see the same words. */
const char *const lambda_runtimes[] = {
    "nodejs20.x", "python3.14", "provided.al2023", "python3.12",   "python3.13",
    "nodejs24.x", "nodejs22.x", "java25",          "python3.10",   "python3.11",
    "java21",     "ruby3.3",    "ruby3.4",         "ruby3.2",      "python3.8",
    "python3.9",  "java17",     "nodejs16.x",      "dotnet10",     "dotnet8",
    "java11",     "dotnet6",    "nodejs18.x",      "provided.al2", "java8.al2"};
const size_t lambda_runtime_count = ARRAY_LEN(lambda_runtimes);

const char *const lambda_old_runtimes[] = {
    "dotnetcore3.1", "go1.x",      "java8",         "nodejs12.x",   "nodejs14.x", "provided",
    "python3.7",     "ruby2.7",    "python3.6",     "python2.7",    "nodejs10.x", "nodejs8.10",
    "ruby2.5",       "nodejs6.10", "dotnetcore2.1", "dotnetcore2.0"};

const size_t lambda_old_runtime_count = ARRAY_LEN(lambda_old_runtimes);

static const char *const architectures[] = {"x86_64", "arm64"};

const char *shown_list(struct call *c, const json_t *list)
{
    struct buf text = {0};
    const char *copy;
    size_t i;
    json_t *item;

    buf_putc(&text, '[');
    json_array_foreach(list, i, item) buf_printf(
        &text, "%s%s", i ? ", " : "", json_is_string(item) ? json_string_value(item) : "?");
    buf_putc(&text, ']');
    copy = arena_dup(&c->arena, buf_c(&text));
    buf_release(&text);
    return copy;
}

void check_architectures(struct checks *k, const json_t *list)
{
    const char *shown = shown_list(k->call, list);
    size_t i;
    json_t *item;

    if (!json_is_array(list))
        return;
    if (json_array_size(list) != 1) {
        check_failed(k, "architectures", shown,
                     json_array_size(list) ? "Member must have length less than or equal to 1"
                                           : "Member must have length greater than or equal to 1");
        return;
    }
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(item);

        if (!name || (strcmp(name, architectures[0]) != 0 && strcmp(name, architectures[1]) != 0))
            check_failed(k, "architectures", shown,
                         "Member must satisfy constraint: [Member must satisfy enum value set: "
                         "[x86_64, arm64], Member must not be null]");
    }
}

static int check_runtime(struct call *c, const char *runtime)
{
    struct buf names = {0};
    int r;

    for (size_t i = 0; i < lambda_runtime_count; i++)
        if (strcmp(lambda_runtimes[i], runtime) == 0)
            return 0;
    for (size_t i = 0; i < lambda_old_runtime_count; i++)
        if (strcmp(lambda_old_runtimes[i], runtime) == 0)
            return fail(c, FAIL_PARAMETER,
                        "The runtime parameter of %s is no longer supported for creating or "
                        "updating AWS Lambda functions. We recommend you use a supported runtime "
                        "while creating or updating functions.",
                        runtime);
    for (size_t i = 0; i < lambda_runtime_count; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", lambda_runtimes[i]);
    r = fail(c, FAIL_PARAMETER,
             "Value %s at 'runtime' failed to satisfy constraint: Member must satisfy enum value "
             "set: [%s] or be a valid ARN",
             runtime, buf_c(&names));
    buf_release(&names);
    return r;
}

static void check_layers(struct checks *k, const json_t *layers)
{
    size_t i;
    json_t *item;

    json_array_foreach(layers, i, item)
    {
        const char *arn = json_string_value(item);

        if (arn && rule_matches(k->call, RULE_LAYER_VERSION_ARN, arn))
            continue;
        check_failed(k, "layers", shown_list(k->call, layers),
                     arena_printf(&k->call->arena,
                                  "Member must satisfy constraint: [Member must have length less "
                                  "than or equal to 2048, Member must have length greater than or "
                                  "equal to 1, Member must satisfy regular expression pattern: "
                                  "%s, Member must not be null]",
                                  rule_text(RULE_LAYER_VERSION_ARN)));
        return;
    }
}

/* "vpcConfig.subnetIds", "vpcConfig.securityGroupIds": their form, there is no EC2 to ask. */
static void check_ids(struct checks *k, const json_t *ids, const char *at, enum rule_pattern form)
{
    size_t i;
    json_t *item;

    json_array_foreach(ids, i, item)
    {
        const char *id = json_string_value(item);

        if (id && strlen(id) <= 1024 && rule_matches(k->call, form, id))
            continue;
        check_failed(k, at, shown_list(k->call, ids),
                     arena_printf(&k->call->arena,
                                  "Member must satisfy constraint: [Member must have length less "
                                  "than or equal to 1024, Member must have length greater than or "
                                  "equal to 0, Member must satisfy regular expression pattern: %s]",
                                  rule_text(form)));
        return;
    }
}

struct members {
    const char *role, *runtime, *handler, *description, *package;
    json_int_t timeout, memory, ephemeral;
    json_t *environment, *layers, *architectures, *tracing, *ephemeral_storage, *snap_start, *tags;
    json_t *vpc, *logging, *dead_letter;
};

static int read_members(struct call *c, struct members *m)
{
    return body_string(c, "Role", &m->role) || body_string(c, "Runtime", &m->runtime) ||
           body_string(c, "Handler", &m->handler) ||
           body_string(c, "Description", &m->description) ||
           body_string(c, "PackageType", &m->package) || body_integer(c, "Timeout", &m->timeout) ||
           body_integer(c, "MemorySize", &m->memory) ||
           body_object(c, "Environment", &m->environment) || body_array(c, "Layers", &m->layers) ||
           body_array(c, "Architectures", &m->architectures) ||
           body_object(c, "TracingConfig", &m->tracing) ||
           body_object(c, "EphemeralStorage", &m->ephemeral_storage) ||
           body_object(c, "SnapStart", &m->snap_start) || body_object(c, "Tags", &m->tags) ||
           body_object(c, "VpcConfig", &m->vpc) || body_object(c, "LoggingConfig", &m->logging) ||
           body_object(c, "DeadLetterConfig", &m->dead_letter);
}

static void check_nested(struct checks *k, const struct members *m)
{
    static const char *const modes[] = {"Active", "PassThrough"};
    static const char *const applies[] = {"PublishedVersions", "None"};
    static const char *const packages[] = {"Image", "Zip"};
    static const char *const formats[] = {"JSON", "Text"};
    const json_t *size = json_object_get(m->ephemeral_storage, "Size");

    check_enum(k, json_string_value(json_object_get(m->tracing, "Mode")), "tracingConfig.mode",
               modes, ARRAY_LEN(modes));
    check_enum(k, json_string_value(json_object_get(m->snap_start, "ApplyOn")), "snapStart.applyOn",
               applies, ARRAY_LEN(applies));
    check_enum(k, json_string_value(json_object_get(m->logging, "LogFormat")),
               "loggingConfig.logFormat", formats, ARRAY_LEN(formats));
    check_enum(k, m->package, "packageType", packages, ARRAY_LEN(packages));
    check_ids(k, json_object_get(m->vpc, "SubnetIds"), "vpcConfig.subnetIds", RULE_SUBNET);
    check_ids(k, json_object_get(m->vpc, "SecurityGroupIds"), "vpcConfig.securityGroupIds",
              RULE_SECURITY_GROUP);
    if (m->ephemeral_storage)
        check_range(k, json_integer_value(size), "ephemeralStorage.size", 512, 10240);
}

int config_check(struct call *c, bool create)
{
    struct members m = {.timeout = 3, .memory = 128};
    struct checks k;

    if (read_members(c, &m))
        return -1;
    checks_begin(&k, c);
    if (create)
        check_present(&k, m.role, "role");
    check_length(&k, m.description, "description", 0, 256);
    check_length(&k, m.handler, "handler", 0, 128);
    check_pattern(&k, m.handler && m.handler[0] ? m.handler : NULL, "handler", RULE_HANDLER);
    check_pattern(&k, m.role, "role", RULE_ROLE);
    check_range(&k, m.timeout, "timeout", 1, 900);
    check_range(&k, m.memory, "memorySize", 128, 10240);
    check_architectures(&k, m.architectures);
    check_layers(&k, m.layers);
    environment_check_names(&k, m.environment);
    check_nested(&k, &m);
    if (checks_end(&k) < 0)
        return -1;
    if (json_array_size(m.layers) > LAYERS_MAX)
        return fail(c, FAIL_PARAMETER, "Cannot reference more than %d layers.", LAYERS_MAX);
    if (m.runtime && check_runtime(c, m.runtime) < 0)
        return -1;
    return environment_check(c, m.environment);
}
