/*
 * Layers: versions of shared code that functions name by ARN. Publishing makes a new version every
 * time, also of the same bytes: compare first.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
#ifndef LAMBDA_LAYER_H
#define LAMBDA_LAYER_H

#include <stddef.h>
#include <stdint.h>

#include "aws/client.h"
#include "base/err.h"
#include "lambda/alias.h"

/* A plain value. */
struct layer_version {
    char arn[LAMBDA_ARN_SIZE]; /* arn:...:layer:NAME:VERSION */
    int64_t version;
    char description[LAMBDA_DESCRIPTION_SIZE];
    char code_sha256[LAMBDA_SHA256_SIZE]; /* base64; "" in lists, Lambda leaves it out there */
    int64_t code_size;                    /* 0 in lists */
};

struct layer_version_list {
    struct layer_version *items; /* newest first */
    size_t count;
};

struct layer_publish {
    const char *layer;
    struct str zip;                              /* bytes; {NULL, 0}: from S3 */
    const char *s3_bucket, *s3_key, *s3_version; /* s3_version may be NULL */
    const char *description;                     /* NULL: none */
    const char *const *runtimes;                 /* compatible ones, for people */
    size_t runtime_count;
    const char *architecture; /* NULL: not told */
};

/* Not idempotent. ERR_UNKNOWN: list the versions and look for the description or the hash. */
int layer_publish(struct aws_client *client, const struct layer_publish *publish,
                  struct layer_version *ret, struct err *err);

/* With hash and size. `layer` is a name. */
int layer_get(struct aws_client *client, const char *layer, int64_t version,
              struct layer_version *ret, struct err *err);
int layer_get_by_arn(struct aws_client *client, const char *version_arn, struct layer_version *ret,
                     struct err *err);

/* All versions, newest first. ERR_LIMIT beyond 10,000. */
int layer_version_list(struct aws_client *client, const char *layer, struct layer_version_list *ret,
                       struct err *err);
void layer_version_list_release(struct layer_version_list *list);

/* ---- pure: builders and readers ---- */

void layer_publish_request(struct aws_request *r, const struct layer_publish *publish);
void layer_get_request(struct aws_request *r, const char *layer, int64_t version);
void layer_get_by_arn_request(struct aws_request *r, const char *version_arn);
int layer_read(struct str body, struct layer_version *ret, struct err *err);
void layer_version_list_request(struct aws_request *r, const char *layer, const char *marker);
int layer_version_list_read(struct str body, struct layer_version_list *list,
                            struct buf *ret_marker, struct err *err);

#endif
