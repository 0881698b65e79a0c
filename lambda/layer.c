#include "lambda/layer.h"

#include <stdio.h>
#include <stdlib.h>

#include "lambda/json_text.h"
#include "lambda/page.h"

enum { VERSIONS_MAX = 10000 };

/* ---- builders ---- */

static void begin(struct aws_request *r, const char *operation, const char *method,
                  enum aws_effect effect, const char *layer)
{
    aws_request_init(r, "lambda", operation, method, effect);
    aws_request_resource(r, layer);
    aws_request_path(r, "/2018-10-31/layers");
    r->quota = AWS_QUOTA_CONTROL;
}

static void versions_path(struct aws_request *r, const char *layer)
{
    aws_request_path(r, "/");
    aws_request_segment(r, layer);
    aws_request_path(r, "/versions");
}

void layer_publish_request(struct aws_request *r, const struct layer_publish *p)
{
    json_t *body = json_object(), *content = json_object();

    begin(r, "PublishLayerVersion", "POST", AWS_CHANGES, p->layer);
    versions_path(r, p->layer);
    lambda_put_zip(content, p->zip);
    lambda_put(content, "S3Bucket", p->s3_bucket);
    lambda_put(content, "S3Key", p->s3_key);
    lambda_put(content, "S3ObjectVersion", p->s3_version);
    json_object_set_new(body, "Content", content);
    lambda_put(body, "Description", p->description);
    if (p->runtime_count)
        lambda_put_list(body, "CompatibleRuntimes", p->runtimes, p->runtime_count);
    if (p->architecture)
        lambda_put_list(body, "CompatibleArchitectures", &p->architecture, 1);
    r->timeout_ms = 5 * 60 * 1000; /* up to 50 MB uphill */
    lambda_body(r, body);
}

void layer_get_request(struct aws_request *r, const char *layer, int64_t version)
{
    char number[24];

    begin(r, "GetLayerVersion", "GET", AWS_READS, layer);
    versions_path(r, layer);
    snprintf(number, sizeof(number), "%lld", (long long)version);
    aws_request_path(r, "/");
    aws_request_segment(r, number);
}

void layer_get_by_arn_request(struct aws_request *r, const char *version_arn)
{
    begin(r, "GetLayerVersionByArn", "GET", AWS_READS, version_arn);
    aws_request_query(r, "Arn", version_arn);
    aws_request_query(r, "find", "LayerVersion");
}

void layer_version_list_request(struct aws_request *r, const char *layer, const char *marker)
{
    begin(r, "ListLayerVersions", "GET", AWS_READS, layer);
    versions_path(r, layer);
    aws_request_query(r, "Marker", marker);
}

/* ---- readers ---- */

static int read_object(const json_t *o, void *ret, struct err *err)
{
    const json_t *content = json_object_get(o, "Content");
    struct layer_version v = {
        .version = lambda_integer(o, "Version", 0),
        .code_size = lambda_integer(content, "CodeSize", 0),
    };

    if (lambda_text(v.arn, sizeof(v.arn), o, "LayerVersionArn", err) < 0 ||
        lambda_text(v.description, sizeof(v.description), o, "Description", err) < 0 ||
        lambda_text(v.code_sha256, sizeof(v.code_sha256), content, "CodeSha256", err) < 0)
        return -1;
    if (!v.arn[0] || v.version <= 0)
        return err_set(err, ERR_UNKNOWN,
                       "lambda: a layer version without LayerVersionArn or Version");
    *(struct layer_version *)ret = v;
    return 0;
}

int layer_read(struct str body, struct layer_version *ret, struct err *err)
{
    json_t *root = lambda_parse(body, "layer version", err);
    const int result = root ? read_object(root, ret, err) : -1;

    json_decref(root);
    return result;
}

static const struct lambda_list_kind versions = {
    "ListLayerVersions", "LayerVersions", sizeof(struct layer_version), VERSIONS_MAX, read_object};

int layer_version_list_read(struct str body, struct layer_version_list *list,
                            struct buf *ret_marker, struct err *err)
{
    return lambda_list_read(body, &versions, (void **)&list->items, &list->count, ret_marker, err);
}

void layer_version_list_release(struct layer_version_list *list)
{
    free(list->items);
    *list = (struct layer_version_list){0};
}

/* ---- calls ---- */

static int read_into(struct str body, void *ret, struct err *err)
{
    return layer_read(body, ret, err);
}

int layer_publish(struct aws_client *client, const struct layer_publish *publish,
                  struct layer_version *ret, struct err *err)
{
    struct aws_request r;

    layer_publish_request(&r, publish);
    return lambda_call(client, &r, read_into, ret, err);
}

int layer_get(struct aws_client *client, const char *layer, int64_t version,
              struct layer_version *ret, struct err *err)
{
    struct aws_request r;

    layer_get_request(&r, layer, version);
    return lambda_call(client, &r, read_into, ret, err);
}

int layer_get_by_arn(struct aws_client *client, const char *version_arn, struct layer_version *ret,
                     struct err *err)
{
    struct aws_request r;

    layer_get_by_arn_request(&r, version_arn);
    return lambda_call(client, &r, read_into, ret, err);
}

static void page_request(struct aws_request *r, const void *what, const char *marker)
{
    layer_version_list_request(r, what, marker);
}

int layer_version_list(struct aws_client *client, const char *layer, struct layer_version_list *ret,
                       struct err *err)
{
    return lambda_list_all(client, &versions, page_request, layer, (void **)&ret->items,
                           &ret->count, err);
}
