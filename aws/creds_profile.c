#include "aws/creds_source.h"

#include <stdio.h>

/* Static keys of one section: half a pair is a mistake worth saying. */
static enum creds_found static_keys(const struct profile_section *s, struct aws_creds *ret,
                                    struct buf *why)
{
    const char *access_key = profile_get(s, "aws_access_key_id");
    const char *secret_key = profile_get(s, "aws_secret_access_key");

    if (!access_key && !secret_key) {
        buf_printf(why, "profile %s: has no keys, role_arn or credential_process", s->name);
        return CREDS_ABSENT;
    }
    if (!access_key || !secret_key) {
        buf_printf(why, "profile %s: %s is missing", s->name,
                   access_key ? "aws_secret_access_key" : "aws_access_key_id");
        return CREDS_FAILED;
    }
    aws_creds_set(ret, str_c(access_key), str_c(secret_key),
                  str_c(profile_get(s, "aws_session_token")), 0);
    snprintf(ret->source, sizeof(ret->source), "profile %s (static keys)", s->name);
    return CREDS_FOUND;
}

enum creds_found creds_from_profile(const struct creds_options *o, struct aws_creds *ret,
                                    struct buf *why)
{
    const struct profile_section *s =
        aws_profiles_find(o->profiles, PROFILE_KIND_PROFILE, o->profile);

    if (s)
        return static_keys(s, ret, why);
    buf_printf(why, "profile %s: not found in %s", o->profile,
               o->profiles->tried && *o->profiles->tried ? o->profiles->tried
                                                         : "any file (HOME is not set)");
    return o->profile_named ? CREDS_FAILED : CREDS_ABSENT;
}
