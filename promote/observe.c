#include "promote/observe.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "promote/ahead.h"
#include "promote/config.h"
#include "promote/provision.h"

int observe_aliases(struct function_view *f, struct aws_client *client,
                    const struct manifest_aliases *aliases, struct err *err)
{
    struct seen_alias smoke, live, backup;
    struct alias_list list = {0};
    int result = 0;

    if (alias_list(client, f->function->name, NULL, &list, err) < 0)
        return -1;
    seen_none(&smoke, aliases->smoke);
    seen_none(&live, aliases->live);
    seen_none(&backup, aliases->backup);
    for (size_t i = 0; result == 0 && i < list.count; i++) {
        const struct alias *a = &list.items[i];
        struct seen_alias *seen = strcmp(a->name, aliases->smoke) == 0    ? &smoke
                                  : strcmp(a->name, aliases->live) == 0   ? &live
                                  : strcmp(a->name, aliases->backup) == 0 ? &backup
                                                                          : NULL;

        if (seen)
            result = provision_see(seen, a, f->function->name, client, err);
    }
    alias_list_release(&list);
    if (result < 0)
        return -1; /* what was seen before is better than half of what is there now */
    f->smoke = smoke;
    f->live = live;
    f->backup = backup;
    return 0;
}

int observe_config(struct function_view *f, struct aws_client *client, struct err *err)
{
    json_t *variables = NULL;

    if (f->function->config.has_environment &&
        function_get_environment(client, f->function->name, &variables, &f->latest, err) < 0)
        return -1;
    config_compare(f, variables);
    json_decref(variables);
    return 0;
}

/* Which code $LATEST holds. An S3 object's hash is what a dry run of the update says. */
static int compare_code(struct function_view *f, struct artifact *artifact,
                        struct aws_client *client, struct err *err)
{
    const struct package *p = artifact->package;
    struct function_info would;

    if (p->kind == PACKAGE_COMMAND) { /* whether it must be run, the marks tell */
        f->code_same = true;
        return 0;
    }

    if (p->kind == PACKAGE_S3 && !artifact->code_sha256[0]) {
        const struct code_update dry = {.function = f->function->name,
                                        .s3_bucket = p->bucket,
                                        .s3_key = p->key,
                                        .s3_version = p->object_version,
                                        .dry_run = true};

        if (function_update_code(client, &dry, &would, err) < 0)
            return -1;
        snprintf(artifact->code_sha256, sizeof(artifact->code_sha256), "%.*s",
                 (int)sizeof(artifact->code_sha256) - 1, would.code_sha256);
    }
    if (p->kind == PACKAGE_IMAGE)
        f->code_same = strcmp(f->latest.resolved_image_uri, artifact->image) == 0 ||
                       strcmp(f->latest.image_uri, artifact->image) == 0;
    else
        f->code_same = strcmp(f->latest.code_sha256, artifact->code_sha256) == 0;
    f->code_same = f->code_same && config_has_architecture(f);
    return 0;
}

static int observe_latest(struct function_view *f, struct artifact *artifact,
                          struct aws_client *client, struct err *err)
{
    f->artifact = artifact;
    if ((!f->function->config.has_environment || artifact->image[0]) &&
        function_get(client, f->function->name, NULL, &f->latest, err) < 0)
        return -1;
    if (artifact->image[0] && compare_code(f, artifact, client, err) < 0)
        return -1; /* before the configuration's answer, which has no image in it */
    if (observe_config(f, client, err) < 0)
        return -1;
    return artifact->image[0] ? 0 : compare_code(f, artifact, client, err);
}

/* The layers that functions use, as far as they are published here. */
static int observe_layers(struct environment_view *v, struct artifact *artifacts,
                          struct aws_client *client, struct err *err)
{
    const struct manifest_environment *e = v->environment;

    for (size_t i = 0; i < v->layer_count; i++) {
        v->layers[i].layer = &e->layers[i];
        if (!artifacts[i].package)
            continue;
        v->layers[i].artifact = &artifacts[i];
        if (layers_find(&v->layers[i], client, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < v->count; i++) {
        const struct manifest_function *f = &e->functions[i];

        for (size_t k = 0; k < f->layer_count; k++)
            v->functions[i].layers[k] = &v->layers[manifest_layer(e, f->layers[k]) - e->layers];
    }
    return 0;
}

void observe_aliases_ahead(const struct environment_view *v, struct aws_client *client)
{
    struct ahead a = {0};

    for (size_t i = 1; i < v->count; i++)
        alias_list_request(ahead_add(&a), v->environment->functions[i].name, NULL, NULL);
    ahead_send(&a, client);
}

/* What observe_latest() and observe_aliases() will ask of the functions behind the first. */
static void observe_others_ahead(const struct environment_view *v, struct aws_client *client,
                                 const struct artifacts *artifacts)
{
    struct ahead a = {0};

    for (size_t i = 1; i < v->count; i++) {
        const struct manifest_function *f = &v->environment->functions[i];

        if (artifacts && (!f->config.has_environment || artifacts->functions[i].image[0]))
            function_get_request(ahead_add(&a), f->name, NULL);
        if (artifacts && f->config.has_environment)
            function_get_configuration_request(ahead_add(&a), f->name, NULL);
        alias_list_request(ahead_add(&a), f->name, NULL, NULL);
    }
    ahead_send(&a, client);
}

static int observe_all(struct environment_view *v, struct aws_client *client,
                       const struct manifest_aliases *aliases, const struct artifacts *artifacts,
                       struct err *err)
{
    if (artifacts && observe_layers(v, artifacts->layers, client, err) < 0)
        return -1;
    for (size_t i = 0; i < v->count; i++) {
        struct function_view *f = &v->functions[i];

        f->function = &v->environment->functions[i];
        if ((artifacts && observe_latest(f, &artifacts->functions[i], client, err) < 0) ||
            observe_aliases(f, client, aliases, err) < 0)
            return -1;
        if (i == 0)
            observe_others_ahead(v, client, artifacts);
    }
    return 0;
}

int observe_environment(struct environment_view *ret, struct aws_client *client,
                        const struct manifest_environment *environment,
                        const struct manifest_aliases *aliases, const struct artifacts *artifacts,
                        struct err *err)
{
    struct environment_view v = {.environment = environment,
                                 .at = repair_at(environment, client),
                                 .count = environment->function_count,
                                 .layer_count = artifacts ? environment->layer_count : 0};
    int result;

    v.functions = mem_array(v.count, sizeof(*v.functions));
    v.layers = mem_array(v.layer_count + 1, sizeof(*v.layers));
    result = observe_all(&v, client, aliases, artifacts, err);
    aws_client_ahead_end(client);
    if (result < 0) {
        environment_view_release(&v);
        return err_ctx(err, "%s", environment->name);
    }
    *ret = v;
    return 0;
}
