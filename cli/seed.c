#include "cli/seed.h"

#include "base/file.h"
#include "cli/term.h"
#include "lambda/alias.h"
#include "lambda/function.h"
#include "lambda/version.h"
#include "promote/artifact.h"
#include "promote/layers.h"

enum { READY_MS = 60000 };

static const char role[] = "arn:aws:iam::123456789012:role/local";

static json_t *environment_of(const struct function_config *config)
{
    json_t *variables;

    if (!config->has_environment)
        return NULL;
    variables = json_object();
    for (size_t i = 0; i < config->environment_count; i++)
        json_object_set_new(variables, config->environment[i].name,
                            json_string(config->environment[i].value));
    return variables;
}

/* The version of a layer to attach: found again where it was published before. */
static int ensure_layer(struct aws_client *client, const struct manifest_layer *layer,
                        struct layer_view *ret, struct err *err)
{
    struct artifact artifact;
    struct layer_view view = {.layer = layer, .artifact = &artifact};

    if (artifact_identify(&artifact, &layer->package, layer->key, err) < 0 ||
        layers_find(&view, client, err) < 0 ||
        (!view.arn[0] && layers_publish(&view, client, err) < 0))
        return -1;
    *ret = view;
    ret->artifact = NULL;
    return 0;
}

static int create(struct aws_client *client, const struct manifest_environment *environment,
                  const struct manifest_function *f, const struct artifact *artifact,
                  struct err *err)
{
    const struct function_config *c = &f->config;
    CLEANUP(buf_release) struct buf zip = {0};
    struct layer_view layers[MANIFEST_LAYERS_MAX];
    const char *arns[MANIFEST_LAYERS_MAX];
    struct function_info info;
    json_t *variables;
    int r;

    if (artifact_read(artifact, &zip, err) < 0)
        return -1;
    for (size_t i = 0; i < f->layer_count; i++) {
        if (ensure_layer(client, manifest_layer(environment, f->layers[i]), &layers[i], err) < 0)
            return err_ctx(err, "layer");
        arns[i] = layers[i].arn;
    }
    variables = environment_of(c);
    r = function_create(client,
                        &(struct function_create){
                            .function = f->name,
                            .runtime = c->runtime ? c->runtime : "provided.al2023",
                            .handler = c->handler ? c->handler : "bootstrap",
                            .role = c->role ? c->role : role,
                            .architecture = c->architecture,
                            .tracing = c->tracing,
                            .zip = buf_str(&zip),
                            .timeout_s = (int)c->timeout_s,
                            .memory_mb = (int)c->memory_mb,
                            .ephemeral_mb = (int)c->ephemeral_mb,
                            .environment = variables,
                            .layers = arns,
                            .layer_count = f->layer_count,
                        },
                        &info, err);
    json_decref(variables);
    return r;
}

/* A new function has something to test at once: its first version, on Smoke. */
static int publish(struct aws_client *client, const char *function, const char *smoke,
                   const char *release, struct err *err)
{
    struct function_info version;
    struct alias alias;

    if (function_wait(client, function, NULL, READY_MS, &version, err) < 0 ||
        version_publish(client,
                        &(struct version_publish){.function = function, .description = release},
                        &version, err) < 0 ||
        function_wait(client, function, version.version, READY_MS, &version, err) < 0)
        return -1;
    return alias_create(
        client,
        &(struct alias_change){.function = function, .alias = smoke, .version = version.version},
        &alias, err);
}

/* Why it cannot be made here, or NULL. The package's path is told by the caller. */
static const char *why_not(const struct package *p)
{
    switch (p->kind) {
    case PACKAGE_ZIP:
    case PACKAGE_DIR:
        return p->needs_release        ? "its package needs a release label: give --release LABEL"
               : !file_exists(p->path) ? "its package is not there yet"
                                       : NULL;
    case PACKAGE_NONE:
        return "it has no package";
    case PACKAGE_S3:
    case PACKAGE_IMAGE:
    case PACKAGE_COMMAND:
        break;
    }
    return "only zip and dir packages can be created here";
}

static int seed_function(struct aws_client *client, const struct manifest_environment *environment,
                         const struct manifest_function *f, const char *smoke, const char *release,
                         struct err *err)
{
    const struct package *missing = &f->package;
    const char *obstacle = why_not(missing);
    struct function_info info;
    struct artifact artifact;
    struct err why = {0};

    if (function_get(client, f->name, NULL, &info, &why) == 0)
        return 0;
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, "%s", why.text);
    for (size_t i = 0; !obstacle && i < f->layer_count; i++) {
        missing = &manifest_layer(environment, f->layers[i])->package;
        obstacle = why_not(missing);
    }
    if (obstacle) {
        term_err("the local Lambda has no %s, and %s%s%s%s\n", f->name, obstacle,
                 missing->path ? " (" : "", missing->path ? missing->path : "",
                 missing->path ? ")" : "");
        return 0;
    }
    if (artifact_identify(&artifact, &f->package, f->key, err) < 0 ||
        create(client, environment, f, &artifact, err) < 0 ||
        publish(client, f->name, smoke, release, err) < 0)
        return err_ctx(err, "create the local function %s", f->name);
    return 0;
}

int seed_environment(struct aws_client *client, const struct manifest *m,
                     const struct manifest_environment *environment, struct err *err)
{
    for (size_t i = 0; i < environment->function_count; i++)
        if (seed_function(client, environment, &environment->functions[i], m->aliases.smoke,
                          m->release, err) < 0)
            return -1;
    return 0;
}
