#include "local/environment_check.h"

#include <stdlib.h>
#include <string.h>

enum { ENVIRONMENT_MAX = 4096 };

/* https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
static const char *const reserved[] = {
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

void environment_check_names(struct checks *k, const json_t *environment)
{
    json_t *variables = json_object_get(environment, "Variables"), *value;
    const char *key;

    json_object_foreach(variables, key, value)
    {
        if (rule_matches(k->call, RULE_VARIABLE, key))
            continue;
        check_failed_secret(k, "environment.variables",
                            arena_printf(&k->call->arena,
                                         "Map keys must satisfy constraint: [Member must satisfy "
                                         "regular expression pattern: %s]",
                                         rule_text(RULE_VARIABLE)));
        return;
    }
}

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (strcmp(reserved[i], name) == 0)
            return true;
    return false;
}

static int check_reserved(struct call *c, const json_t *variables)
{
    struct buf found = {0};
    const char *key;
    json_t *value;
    int r = 0;

    json_object_foreach((json_t *)(uintptr_t)variables, key, value)
    {
        if (is_reserved(key))
            buf_printf(&found, "%s%s", found.len ? ", " : "", key);
    }
    if (found.len)
        r = fail(c, FAIL_PARAMETER,
                 "Lambda was unable to configure your environment variables because the "
                 "environment variables you have provided contains reserved keys that are "
                 "currently not supported for modification. Reserved keys used in this request: "
                 "%s",
                 buf_c(&found));
    buf_release(&found);
    return r;
}

int environment_check(struct call *c, const json_t *environment)
{
    const json_t *variables = json_object_get(environment, "Variables");
    const char *key;
    json_t *value;
    char *text;
    int r = 0;

    if (!variables || json_is_null(variables))
        return 0;
    if (!json_is_object(variables))
        return fail(c, FAIL_SERIALIZATION, "Variables can not be converted to a Map");
    json_object_foreach((json_t *)(uintptr_t)variables, key, value)
    {
        if (!json_is_string(value))
            return fail(c, FAIL_SERIALIZATION, "the value of %s can not be converted to a String",
                        key);
    }
    if (check_reserved(c, variables) < 0)
        return -1;
    text = json_dumps(variables, JSON_COMPACT);
    if (text && strlen(text) > ENVIRONMENT_MAX)
        r = fail(c, FAIL_PARAMETER,
                 "Lambda was unable to configure your environment variables because the "
                 "environment variables you have provided exceeded the 4KB limit. String "
                 "measured: %s",
                 text);
    free(text);
    return r;
}
