/*
 * The environment as the AWS client sees it: a look-up function, because only cli/ reads the real
 * one. {0} is an empty environment. Values are borrowed and must stay valid while the client is
 * made and, for credentials that can be refreshed, as long as it lives.
 */
#ifndef AWS_ENV_H
#define AWS_ENV_H

struct aws_env {
    const char *(*get)(void *ctx, const char *name); /* NULL when it is not set */
    void *ctx;
};

/* The value, or NULL when it is not set or empty: the SDKs treat both alike. */
const char *aws_env_get(const struct aws_env *env, const char *name);

#endif
