/* Carries out what the plan of a profile says. */
#include <stdio.h>
#include <string.h>

#include "aws/creds/plan.h"
#include "aws/creds/source.h"

/* Half a pair is a mistake worth saying. */
enum creds_found creds_static(const struct profile_section *s, struct aws_creds *ret,
                              struct buf *why)
{
    const char *access_key = profile_get(s, "aws_access_key_id");
    const char *secret_key = profile_get(s, "aws_secret_access_key");

    if (!access_key || !secret_key) {
        buf_printf(why, "profile %s: %s is missing", s->name,
                   access_key ? "aws_secret_access_key" : "aws_access_key_id");
        return CREDS_FAILED;
    }
    aws_creds_set(ret, str_c(access_key), str_c(secret_key),
                  str_c(profile_get(s, "aws_session_token")), 0);
    aws_creds_set_account(ret, str_c(profile_get(s, "aws_account_id")));
    snprintf(ret->source, sizeof(ret->source), "profile %s (static keys)", s->name);
    return CREDS_FOUND;
}

/* credential_source names one of the chain's other sources. */
static enum creds_found named_source(const struct creds_options *o, const struct profile_section *s,
                                     struct aws_creds *ret, struct buf *why)
{
    static const struct {
        const char *name;
        creds_source *source;
    } known[] = {{"Environment", creds_from_environment},
                 {"EcsContainer", creds_from_container},
                 {"Ec2InstanceMetadata", creds_from_instance}};
    const char *name = profile_get(s, "credential_source");
    struct creds_options all = *o;

    all.profile_named = false; /* the profile itself asks for the environment's keys */
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strcmp(name, known[i].name) != 0)
            continue;
        buf_printf(why, "profile %s, credential_source %s: ", s->name, name);
        return known[i].source(&all, ret, why) == CREDS_FOUND ? CREDS_FOUND : CREDS_FAILED;
    }
    buf_printf(why,
               "profile %s: credential_source \"%.60s\" is none of Environment, EcsContainer, "
               "Ec2InstanceMetadata",
               s->name, name);
    return CREDS_FAILED;
}

static enum creds_found web_identity(const struct creds_options *o, const struct profile_section *s,
                                     struct aws_creds *ret, struct buf *why)
{
    const struct creds_role role = {.arn = profile_get(s, "role_arn"),
                                    .session_name = profile_get(s, "role_session_name"),
                                    .duration_seconds = profile_get(s, "duration_seconds")};
    CLEANUP(buf_release) struct buf who = {0};

    buf_printf(&who, "profile %s", s->name);
    return creds_web_identity(o, &role, profile_get(s, "web_identity_token_file"), buf_c(&who), ret,
                              why);
}

static enum creds_found base(const struct creds_options *o, const struct creds_plan *plan,
                             struct aws_creds *ret, struct buf *why)
{
    switch (plan->base) {
    case CREDS_BASE_KEYS:
        return creds_static(plan->profile, ret, why);
    case CREDS_BASE_SOURCE:
        return named_source(o, plan->profile, ret, why);
    case CREDS_BASE_WEB_IDENTITY:
        return web_identity(o, plan->profile, ret, why);
    case CREDS_BASE_SSO:
        return creds_sso(o, plan->profile, ret, why);
    case CREDS_BASE_LOGIN:
        return creds_aws_cli(o, plan->profile->name, ret, why);
    case CREDS_BASE_PROCESS:
        return creds_process(o, plan->profile, ret, why);
    }
    return CREDS_ABSENT;
}

/* The MFA device of a role when nobody can be asked for its code; or NULL. */
static const char *mfa_nobody_has(const struct creds_options *o, const struct creds_plan *plan)
{
    const char *serial = NULL;

    for (size_t i = 0; i < plan->role_count && !serial && !o->ask_mfa; i++)
        serial = profile_get(plan->roles[i], "mfa_serial");
    return serial;
}

/* The AWS CLI keeps such sessions. */
static enum creds_found without_mfa(const struct creds_options *o, const char *serial,
                                    struct aws_creds *ret, struct buf *why)
{
    buf_printf(why, "no terminal to ask for the code of the MFA device %s on; ", serial);
    return creds_aws_cli(o, o->profile, ret, why);
}

enum creds_found creds_from_profile(const struct creds_options *o, struct aws_creds *ret,
                                    struct buf *why)
{
    struct creds_plan plan;
    const bool named = strcmp(o->profile, "default") != 0 || o->profile_named;
    enum creds_found found = creds_plan_make(&plan, o->profiles, o->profile, named, why);
    const char *serial;

    if (found != CREDS_FOUND)
        return found;
    serial = mfa_nobody_has(o, &plan);
    if (serial)
        return without_mfa(o, serial, ret, why);
    found = base(o, &plan, ret, why);
    for (size_t i = 0; i < plan.role_count && found == CREDS_FOUND; i++) {
        const struct profile_section *s = plan.roles[i];
        const struct creds_role role = {.arn = profile_get(s, "role_arn"),
                                        .session_name = profile_get(s, "role_session_name"),
                                        .external_id = profile_get(s, "external_id"),
                                        .duration_seconds = profile_get(s, "duration_seconds"),
                                        .mfa_serial = profile_get(s, "mfa_serial")};

        found = creds_assume_role(o, &role, ret, ret, why);
        if (found != CREDS_FOUND)
            buf_printf(why, " (profile %s)", s->name);
    }
    return found;
}
