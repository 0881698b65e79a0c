#include "lambda/function.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "lambda/call.h"
#include "lambda/function_read.h"
#include "lambda/json_text.h"

/* ---- builders ---- */

void function_get_request(struct aws_request *r, const char *function, const char *qualifier)
{
    lambda_begin(r, "GetFunction", "GET", AWS_READS, function);
    aws_request_query(r, "Qualifier", qualifier);
    r->quota = AWS_QUOTA_GET_FUNCTION;
}

void function_get_configuration_request(struct aws_request *r, const char *function,
                                        const char *qualifier)
{
    lambda_begin(r, "GetFunctionConfiguration", "GET", AWS_READS, function);
    aws_request_path(r, "/configuration");
    aws_request_query(r, "Qualifier", qualifier);
}

static void put_integer(json_t *object, const char *key, int value)
{
    if (value)
        json_object_set_new(object, key, json_integer(value));
}

static void put_storage(json_t *object, int mb)
{
    if (mb)
        json_object_set_new(object, "EphemeralStorage", json_pack("{si}", "Size", mb));
}

static void put_tracing(json_t *object, const char *mode)
{
    if (mode)
        json_object_set_new(object, "TracingConfig", json_pack("{ss}", "Mode", mode));
}

static void put_environment(json_t *object, json_t *variables)
{
    if (variables)
        json_object_set_new(object, "Environment", json_pack("{sO}", "Variables", variables));
}

void function_update_code_request(struct aws_request *r, const struct code_update *u)
{
    json_t *body = json_object();

    lambda_begin(r, "UpdateFunctionCode", "PUT", AWS_CHANGES, u->function);
    aws_request_path(r, "/code");
    lambda_put_zip(body, u->zip);
    lambda_put(body, "S3Bucket", u->s3_bucket);
    lambda_put(body, "S3Key", u->s3_key);
    lambda_put(body, "S3ObjectVersion", u->s3_version);
    lambda_put(body, "ImageUri", u->image_uri);
    if (u->architecture)
        lambda_put_list(body, "Architectures", &u->architecture, 1);
    lambda_put(body, "RevisionId", u->revision_id);
    if (u->dry_run)
        json_object_set_new(body, "DryRun", json_true());
    r->timeout_ms = 5 * 60 * 1000; /* up to 50 MB uphill */
    lambda_body(r, body);
}

void function_update_config_request(struct aws_request *r, const struct config_update *u)
{
    json_t *body = json_object();

    lambda_begin(r, "UpdateFunctionConfiguration", "PUT", AWS_CHANGES, u->function);
    aws_request_path(r, "/configuration");
    lambda_put(body, "RevisionId", u->revision_id);
    lambda_put(body, "Description", u->description);
    lambda_put(body, "Handler", u->handler);
    lambda_put(body, "Runtime", u->runtime);
    lambda_put(body, "Role", u->role);
    put_integer(body, "Timeout", u->timeout_s);
    put_integer(body, "MemorySize", u->memory_mb);
    put_storage(body, u->ephemeral_mb);
    put_tracing(body, u->tracing);
    put_environment(body, u->environment);
    if (u->set_layers)
        lambda_put_list(body, "Layers", u->layers, u->layer_count);
    if (u->snap_start_apply_on)
        json_object_set_new(body, "SnapStart",
                            json_pack("{ss}", "ApplyOn", u->snap_start_apply_on));
    lambda_body(r, body);
}

void function_create_request(struct aws_request *r, const struct function_create *c)
{
    json_t *body = json_object(), *code = json_object();

    aws_request_init(r, "lambda", "CreateFunction", "POST", AWS_CHANGES);
    aws_request_resource(r, c->function);
    aws_request_path(r, "/2015-03-31/functions");
    r->quota = AWS_QUOTA_CONTROL;
    r->timeout_ms = 5 * 60 * 1000;
    lambda_put(body, "FunctionName", c->function);
    lambda_put(body, "Role", c->role);
    lambda_put(body, "Description", c->description);
    lambda_put_zip(code, c->zip);
    lambda_put(code, "ImageUri", c->image_uri);
    json_object_set_new(body, "Code", code);
    if (c->image_uri) {
        lambda_put(body, "PackageType", "Image");
    } else {
        lambda_put(body, "Runtime", c->runtime);
        lambda_put(body, "Handler", c->handler);
    }
    if (c->architecture)
        lambda_put_list(body, "Architectures", &c->architecture, 1);
    put_integer(body, "Timeout", c->timeout_s);
    put_integer(body, "MemorySize", c->memory_mb);
    put_storage(body, c->ephemeral_mb);
    put_tracing(body, c->tracing);
    put_environment(body, c->environment);
    if (c->layer_count)
        lambda_put_list(body, "Layers", c->layers, c->layer_count);
    lambda_body(r, body);
}

/* ---- calls ---- */

static int read_get(struct str body, void *ret, struct err *err)
{
    return function_get_read(body, ret, err);
}

static int read_configuration(struct str body, void *ret, struct err *err)
{
    return function_read(body, ret, err);
}

int function_get(struct aws_client *client, const char *function, const char *qualifier,
                 struct function_info *ret, struct err *err)
{
    struct aws_request r;

    function_get_request(&r, function, qualifier);
    return lambda_call(client, &r, read_get, ret, err);
}

int function_get_configuration(struct aws_client *client, const char *function,
                               const char *qualifier, struct function_info *ret, struct err *err)
{
    struct aws_request r;

    function_get_configuration_request(&r, function, qualifier);
    return lambda_call(client, &r, read_configuration, ret, err);
}

struct with_environment {
    json_t *variables;
    struct function_info info;
};

static int read_environment(struct str body, void *ret, struct err *err)
{
    struct with_environment *w = ret;
    json_t *root = lambda_parse(body, "GetFunctionConfiguration", err);
    json_t *variables = json_object_get(json_object_get(root, "Environment"), "Variables");
    int result = root ? function_read_object(root, &w->info, err) : -1;

    if (result == 0 && w->info.environment_error[0])
        result = err_set(err, ERR_DENIED, "the environment variables cannot be read: %s",
                         w->info.environment_error);
    if (result == 0)
        w->variables = json_is_object(variables) ? json_incref(variables) : json_object();
    json_decref(root);
    return result;
}

int function_get_environment(struct aws_client *client, const char *function,
                             json_t **ret_variables, struct function_info *ret, struct err *err)
{
    struct aws_request r;
    struct with_environment w = {0};

    function_get_configuration_request(&r, function, NULL);
    if (lambda_call(client, &r, read_environment, &w, err) < 0)
        return -1;
    *ret_variables = w.variables;
    *ret = w.info;
    return 0;
}

int function_update_code(struct aws_client *client, const struct code_update *update,
                         struct function_info *ret, struct err *err)
{
    struct aws_request r;

    function_update_code_request(&r, update);
    return lambda_call(client, &r, read_configuration, ret, err);
}

int function_update_config(struct aws_client *client, const struct config_update *update,
                           struct function_info *ret, struct err *err)
{
    struct aws_request r;

    function_update_config_request(&r, update);
    return lambda_call(client, &r, read_configuration, ret, err);
}

int function_create(struct aws_client *client, const struct function_create *create,
                    struct function_info *ret, struct err *err)
{
    struct aws_request r;

    function_create_request(&r, create);
    return lambda_call(client, &r, read_configuration, ret, err);
}

/* ---- waiting ---- */

static int broken(const struct function_info *f, struct err *err)
{
    const bool update = f->last_update == FUNCTION_UPDATE_FAILED;
    const char *reason = update ? f->last_update_reason : f->state_reason;
    const char *code = update ? f->last_update_reason_code : f->state_reason_code;

    return err_set(err, ERR_REFUSED, "lambda: %s version %s: %s%s%s%s%s%s", f->name, f->version,
                   update ? "the last update failed" : "its state is Failed", code[0] ? " (" : "",
                   code, code[0] ? ")" : "", reason[0] ? ": " : "", reason);
}

static int pause_for(struct aws_client *client, int64_t ms, struct err *err)
{
    const struct clock *clock = aws_client_clock(client);
    const int64_t until = clock_mono(clock) + ms;
    int64_t left;

    while ((left = until - clock_mono(clock)) > 0) {
        if (aws_client_check(client, err) < 0)
            return -1;
        clock_sleep(clock, left < 200 ? left : 200);
    }
    return 0;
}

int function_wait(struct aws_client *client, const char *function, const char *qualifier,
                  int64_t wait_ms, struct function_info *ret, struct err *err)
{
    const struct clock *clock = aws_client_clock(client);
    const int64_t deadline = clock_mono(clock) + wait_ms;
    int64_t interval = 200;

    for (;;) {
        struct function_info f;

        if (function_get(client, function, qualifier, &f, err) < 0)
            return -1;
        switch (function_readiness(&f)) {
        case FUNCTION_READY:
            *ret = f;
            return 0;
        case FUNCTION_BROKEN:
            return broken(&f, err);
        case FUNCTION_WAIT:
            break;
        }
        if (clock_mono(clock) + interval > deadline)
            return err_set(err, ERR_UNKNOWN,
                           "lambda: %s version %s is not ready after %lld ms (state %s)", f.name,
                           f.version, (long long)wait_ms, f.state_name[0] ? f.state_name : "?");
        log_debug("%s version %s is not ready: state %s", f.name, f.version, f.state_name);
        if (pause_for(client, interval, err) < 0)
            return -1;
        interval = interval < 1500 ? interval * 3 / 2 : 2000;
    }
}
