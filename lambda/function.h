/*
 * Functions and their versions' configuration.
 * https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
#ifndef LAMBDA_FUNCTION_H
#define LAMBDA_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "aws/client.h"
#include "base/digest.h"
#include "base/err.h"
#include "lambda/alias.h"

enum function_state {
    FUNCTION_STATE_NONE = 0, /* not told: list answers have none */
    FUNCTION_PENDING,
    FUNCTION_ACTIVE,
    FUNCTION_INACTIVE,
    FUNCTION_FAILED,
    FUNCTION_OTHER_STATE, /* Deactivating, Deleting...: see state_name */
};

enum function_update {
    FUNCTION_UPDATE_NONE = 0, /* not told */
    FUNCTION_UPDATE_SUCCESSFUL,
    FUNCTION_UPDATE_FAILED,
    FUNCTION_UPDATE_IN_PROGRESS,
};

enum { FUNCTION_LAYERS_MAX = 5, FUNCTION_TEXT_SIZE = 512 };

/* A plain value. Texts that are absent are "". */
struct function_info {
    char name[LAMBDA_NAME_SIZE];
    char arn[LAMBDA_ARN_SIZE];
    char version[LAMBDA_VERSION_SIZE];    /* "$LATEST" or a number, also when asked for by alias */
    char code_sha256[LAMBDA_SHA256_SIZE]; /* base64 */
    char revision_id[LAMBDA_REVISION_SIZE];
    char description[LAMBDA_DESCRIPTION_SIZE];
    enum function_state state;
    char state_name[32];
    char state_reason[FUNCTION_TEXT_SIZE];
    char state_reason_code[64];
    enum function_update last_update;
    char last_update_reason[FUNCTION_TEXT_SIZE];
    char last_update_reason_code[64];
    char package_type[16]; /* Zip, Image */
    char runtime[32];
    char handler[160];
    char architecture[16];
    char tracing[16]; /* Active, PassThrough */
    char role[LAMBDA_ARN_SIZE];
    char dead_letter_arn[LAMBDA_ARN_SIZE];
    char kms_key_arn[LAMBDA_ARN_SIZE];
    char last_modified[40];
    int64_t code_size;
    int timeout_s;
    int memory_mb;
    int ephemeral_mb;
    char layers[FUNCTION_LAYERS_MAX][LAMBDA_ARN_SIZE];
    size_t layer_count;
    bool snap_start;    /* ApplyOn is PublishedVersions */
    bool snap_start_on; /* OptimizationStatus is On */
    bool has_environment;
    char environment_digest[SHA256_HEX_SIZE]; /* of its variables, whatever their order; "": none */
    char environment_error[FUNCTION_TEXT_SIZE]; /* could not be decrypted */
    /* Of GetFunction only: */
    char image_uri[FUNCTION_TEXT_SIZE];
    char resolved_image_uri[FUNCTION_TEXT_SIZE];
    int reserved_concurrency; /* -1: none set, or not told */
};

struct code_update {
    const char *function;
    struct str zip;                              /* bytes; {NULL, 0}: not by zip */
    const char *s3_bucket, *s3_key, *s3_version; /* s3_version may be NULL */
    const char *image_uri;
    const char *architecture; /* NULL: as it is */
    const char *revision_id;  /* NULL: unconditional */
    bool dry_run;             /* checks only; answers what it would be */
};

/* What is NULL, 0 or has count 0 with its set_ flag clear is left as it is. */
struct config_update {
    const char *function;
    const char *revision_id; /* NULL: unconditional */
    const char *description, *handler, *runtime, *role;
    const char *tracing; /* Active, PassThrough */
    int timeout_s, memory_mb, ephemeral_mb;
    json_t *environment; /* borrowed object of strings: replaces all variables; NULL: keep */
    bool set_layers;
    const char *const *layers;
    size_t layer_count;
    const char *snap_start_apply_on; /* None, PublishedVersions */
};

struct function_create {
    const char *function, *runtime, *handler, *role, *description;
    struct str zip;
    const char *image_uri;                  /* instead of zip, runtime, handler */
    const char *architecture;               /* NULL: x86_64 */
    const char *tracing;                    /* NULL: PassThrough */
    int timeout_s, memory_mb, ephemeral_mb; /* 0: Lambda's 3 s, 128 MB, 512 MB */
    json_t *environment;                    /* borrowed; NULL: none */
    const char *const *layers;
    size_t layer_count;
};

/* GetFunction; `qualifier` is a version or an alias, NULL: $LATEST. */
int function_get(struct aws_client *client, const char *function, const char *qualifier,
                 struct function_info *ret, struct err *err);

/* GetFunctionConfiguration: the same without image and concurrency, at the lower rate. */
int function_get_configuration(struct aws_client *client, const char *function,
                               const char *qualifier, struct function_info *ret, struct err *err);

/*
 * The environment variables of $LATEST, as they stand at ret->revision_id. Returns owned; an empty
 * object when there are none. Their values are somebody's secrets: never log them.
 */
int function_get_environment(struct aws_client *client, const char *function,
                             json_t **ret_variables, struct function_info *ret, struct err *err);

/* ERR_CONFLICT: another update is in progress (or exists already, for create): wait and repeat. */
int function_update_code(struct aws_client *client, const struct code_update *update,
                         struct function_info *ret, struct err *err);
int function_update_config(struct aws_client *client, const struct config_update *update,
                           struct function_info *ret, struct err *err);
int function_create(struct aws_client *client, const struct function_create *create,
                    struct function_info *ret, struct err *err);

/* How far a function or version is from being usable: pure. */
enum function_readiness {
    FUNCTION_READY,
    FUNCTION_WAIT,   /* Pending, or an update in progress */
    FUNCTION_BROKEN, /* Failed: waiting will not help */
};
enum function_readiness function_readiness(const struct function_info *info);

/*
 * Asks again until it is ready or broken (ERR_REFUSED with state, reason and code) or wait_ms
 * passed (ERR_UNKNOWN). Intervals grow from 0.2 s to 2 s.
 */
int function_wait(struct aws_client *client, const char *function, const char *qualifier,
                  int64_t wait_ms, struct function_info *ret, struct err *err);

/* ---- pure: builders and readers ---- */

void function_get_request(struct aws_request *r, const char *function, const char *qualifier);
void function_get_configuration_request(struct aws_request *r, const char *function,
                                        const char *qualifier);
void function_update_code_request(struct aws_request *r, const struct code_update *update);
void function_update_config_request(struct aws_request *r, const struct config_update *update);
void function_create_request(struct aws_request *r, const struct function_create *create);
int function_get_read(struct str body, struct function_info *ret,
                      struct err *err);                                         /* GetFunction */
int function_read(struct str body, struct function_info *ret, struct err *err); /* the others */

#endif
