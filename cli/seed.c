#include "cli/seed.h"

#include "base/file.h"
#include "lambda/function.h"

enum { ZIP_MAX = 52428800 }; /* Lambda's limit for a direct upload */

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

static int create(struct aws_client *client, const struct manifest_function *f, struct err *err)
{
    const struct function_config *c = &f->config;
    struct buf zip = {0};
    json_t *variables = NULL;
    struct function_info info;
    int r = -1;

    if (file_read(&zip, f->package.path, ZIP_MAX, err) == 0) {
        variables = environment_of(c);
        r = function_create(client,
                            &(struct function_create){
                                .function = f->name,
                                .runtime = c->runtime ? c->runtime : "provided.al2023",
                                .handler = c->handler ? c->handler : "bootstrap",
                                .role = c->role ? c->role : role,
                                .architecture = c->architecture,
                                .zip = buf_str(&zip),
                                .timeout_s = (int)c->timeout_s,
                                .memory_mb = (int)c->memory_mb,
                                .environment = variables,
                            },
                            &info, err);
    }
    json_decref(variables);
    buf_release(&zip);
    return r;
}

int seed_environment(struct aws_client *client, const struct manifest_environment *environment,
                     struct err *err)
{
    for (size_t i = 0; i < environment->function_count; i++) {
        const struct manifest_function *f = &environment->functions[i];
        struct function_info info;
        struct err why = {0};

        if (f->package.kind != PACKAGE_ZIP || f->package.needs_release ||
            !file_exists(f->package.path))
            continue;
        if (function_get(client, f->name, NULL, &info, &why) == 0)
            continue;
        if (why.kind != ERR_NOT_FOUND) {
            if (err)
                *err = why;
            return -1;
        }
        if (create(client, f, err) < 0)
            return err_ctx(err, "create the local function %s", f->name);
    }
    return 0;
}
