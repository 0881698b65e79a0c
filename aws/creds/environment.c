#include <stdio.h>

#include "aws/creds/source.h"

const char *creds_env(const struct creds_options *o, const char *name, struct buf *scratch)
{
    const struct str value = str_trim(str_c(aws_env_get(&o->env, name)));

    buf_clear(scratch);
    buf_add_str(scratch, value);
    return value.len ? buf_c(scratch) : NULL;
}

enum creds_found creds_from_environment(const struct creds_options *o, struct aws_creds *ret,
                                        struct buf *why)
{
    CLEANUP(buf_wipe) struct buf access = {0};
    CLEANUP(buf_wipe) struct buf secret = {0};
    CLEANUP(buf_wipe) struct buf token = {0};
    const char *access_key = creds_env(o, "AWS_ACCESS_KEY_ID", &access);
    const char *secret_key = creds_env(o, "AWS_SECRET_ACCESS_KEY", &secret);

    if (o->profile_named) {
        buf_add_c(why, "environment: not asked, because a profile was named");
        return CREDS_ABSENT;
    }
    if (!access_key || !secret_key) {
        buf_printf(why, "environment: %s is not set",
                   access_key ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
        return CREDS_ABSENT;
    }
    aws_creds_set(ret, str_c(access_key), str_c(secret_key),
                  str_c(creds_env(o, "AWS_SESSION_TOKEN", &token)), 0);
    aws_creds_set_account(ret, str_trim(str_c(aws_env_get(&o->env, "AWS_ACCOUNT_ID"))));
    snprintf(ret->source, sizeof(ret->source), "environment");
    return CREDS_FOUND;
}
