#include "promote/layers.h"

#include <stdio.h>
#include <string.h>

#include "lambda/layer.h"

/* Publishing is not idempotent: by this in the description a version is known again. */
static void describe(const struct artifact *a, char *out, size_t size)
{
    snprintf(out, size, "smokegate h=%s", a->identity);
}

static int take(struct layer_view *l, const struct layer_version *v, struct err *err)
{
    struct artifact *a = l->artifact;

    if (!a->code_sha256[0])
        snprintf(a->code_sha256, sizeof(a->code_sha256), "%.*s", (int)sizeof(a->code_sha256) - 1,
                 v->code_sha256);
    else if (strcmp(a->code_sha256, v->code_sha256) != 0)
        return err_set(err, ERR_REFUSED,
                       "layer %s: %s has CodeSha256 %s, it should be %s: what was tested would not "
                       "be what is promoted",
                       l->layer->key, v->arn, v->code_sha256, a->code_sha256);
    snprintf(l->arn, sizeof(l->arn), "%s", v->arn);
    return 0;
}

/* Lists do not tell hashes: the version itself does. */
static int look_at(struct layer_view *l, struct aws_client *client, int64_t version, bool says_so,
                   struct err *err)
{
    struct layer_version v;

    if (layer_get(client, l->layer->name, version, &v, err) < 0)
        return -1;
    if (!l->artifact->code_sha256[0])
        return says_so ? take(l, &v, err) : 0;
    return strcmp(v.code_sha256, l->artifact->code_sha256) == 0 ? take(l, &v, err) : 0;
}

int layers_find(struct layer_view *l, struct aws_client *client, struct err *err)
{
    char description[LAMBDA_DESCRIPTION_SIZE];
    struct layer_version_list list = {0};
    struct err why = {0};
    int result = 0;

    describe(l->artifact, description, sizeof(description));
    l->arn[0] = '\0';
    if (layer_version_list(client, l->layer->name, &list, &why) < 0)
        return why.kind == ERR_NOT_FOUND ? 0 : err_set(err, why.kind, "%s", why.text);
    for (size_t i = 0; result == 0 && !l->arn[0] && i < list.count; i++) {
        const bool says_so = strcmp(list.items[i].description, description) == 0;

        if (says_so || i == 0)
            result = look_at(l, client, list.items[i].version, says_so, err);
    }
    layer_version_list_release(&list);
    return result;
}

int layers_publish(struct layer_view *l, struct aws_client *client, struct err *err)
{
    const struct package *p = &l->layer->package;
    char description[LAMBDA_DESCRIPTION_SIZE];
    CLEANUP(buf_release) struct buf zip = {0};
    struct layer_publish publish = {.layer = l->layer->name,
                                    .description = description,
                                    .runtimes = l->layer->runtimes,
                                    .runtime_count = l->layer->runtime_count};
    struct layer_version v;

    describe(l->artifact, description, sizeof(description));
    if (p->kind == PACKAGE_S3) {
        publish.s3_bucket = p->bucket;
        publish.s3_key = p->key;
        publish.s3_version = p->object_version;
    } else {
        if (artifact_read(l->artifact, &zip, err) < 0)
            return -1;
        publish.zip = buf_str(&zip);
    }
    if (layer_publish(client, &publish, &v, err) < 0)
        return -1;
    return take(l, &v, err);
}

bool layers_are_attached(const struct layer_view *const *layers, size_t count,
                         const struct function_info *info)
{
    if (info->layer_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!layers[i]->arn[0] || strcmp(info->layers[i], layers[i]->arn) != 0)
            return false;
    return true;
}
