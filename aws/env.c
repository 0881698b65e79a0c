#include "aws/env.h"

#include <stddef.h>

const char *aws_env_get(const struct aws_env *env, const char *name)
{
    const char *value = env->get ? env->get(env->ctx, name) : NULL;

    return value && *value ? value : NULL;
}
