#include "aws/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/endpoint.h"
#include "aws/retry.h"
#include "base/mem.h"

void aws_settings_release(struct aws_settings *s)
{
    free(s->profile);
    free(s->region);
    free(s->endpoint);
    free(s->sts_endpoint);
    free(s->ca_bundle);
    *s = (struct aws_settings){0};
}

static const char *first(const char *a, const char *b)
{
    return a && *a ? a : b && *b ? b : NULL;
}

const char *aws_settings_profile(const struct aws_client_options *o)
{
    const char *name = first(o->profile, aws_env_get(&o->env, "AWS_PROFILE"));

    name = first(name, aws_env_get(&o->env, "AWS_DEFAULT_PROFILE"));
    return first(name, "default");
}

static bool is_true(const char *value)
{
    return value && strcasecmp(value, "true") == 0;
}

char *aws_settings_endpoint_url(const struct aws_env *env, const struct aws_profiles *profiles,
                                const char *profile, const char *service)
{
    const struct profile_section *p = aws_profiles_find(profiles, PROFILE_KIND_PROFILE, profile);
    const char *services = profile_get(p, "services");
    CLEANUP(buf_release) struct buf name = {0};
    CLEANUP(mem_freep) char *lower = mem_dup(service);
    const char *block;
    struct str url;

    if (is_true(first(aws_env_get(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                      profile_get(p, "ignore_configured_endpoint_urls"))))
        return NULL;
    buf_printf(&name, "AWS_ENDPOINT_URL_%s", service);
    if (aws_env_get(env, buf_c(&name)))
        return mem_dup(aws_env_get(env, buf_c(&name)));
    if (aws_env_get(env, "AWS_ENDPOINT_URL"))
        return mem_dup(aws_env_get(env, "AWS_ENDPOINT_URL"));
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    block = services
                ? profile_get(aws_profiles_find(profiles, PROFILE_KIND_SERVICES, services), lower)
                : NULL;
    if (block && profile_sub(block, "endpoint_url", &url) && url.len)
        return mem_dup_n(url.data, url.len);
    return mem_dup(first(profile_get(p, "endpoint_url"), NULL));
}

static int resolve_endpoint(char **ret, const char *service, const char *custom,
                            const struct aws_settings *s, struct err *err)
{
    struct buf url = {0};
    const struct aws_endpoint_params params = {service, s->region, custom, s->fips, s->dual_stack};

    if (aws_endpoint(&url, &params, err) < 0) {
        buf_release(&url);
        return -1;
    }
    *ret = buf_steal(&url);
    return 0;
}

static int resolve_endpoints(struct aws_settings *s, const struct aws_client_options *o,
                             const struct aws_profiles *profiles, struct err *err)
{
    CLEANUP(mem_freep)
    char *lambda = o->endpoint && *o->endpoint
                       ? mem_dup(o->endpoint)
                       : aws_settings_endpoint_url(&o->env, profiles, s->profile, "LAMBDA");
    CLEANUP(mem_freep) char *sts = aws_settings_endpoint_url(&o->env, profiles, s->profile, "STS");

    if (resolve_endpoint(&s->endpoint, "lambda", lambda, s, err) < 0)
        return -1;
    return resolve_endpoint(&s->sts_endpoint, "sts", sts, s, err);
}

static int resolve_attempts(struct aws_settings *s, const struct aws_client_options *o,
                            const struct profile_section *p, struct err *err)
{
    const char *text =
        first(aws_env_get(&o->env, "AWS_MAX_ATTEMPTS"), profile_get(p, "max_attempts"));
    unsigned long long value = RETRY_ATTEMPTS_DEFAULT;

    if (o->max_attempts)
        value = o->max_attempts;
    else if (text && (!str_to_u64(str_c(text), 100, &value) || value == 0))
        return err_set(err, ERR_INPUT,
                       "AWS_MAX_ATTEMPTS (max_attempts): \"%.40s\" is not a number "
                       "from 1 to 100",
                       text);
    s->max_attempts = (unsigned)value;
    return 0;
}

int aws_settings_resolve(struct aws_settings *ret, const struct aws_client_options *o,
                         const struct aws_profiles *profiles, struct err *err)
{
    struct aws_settings s = {.profile = mem_dup(aws_settings_profile(o)),
                             .profile_named = o->profile && *o->profile};
    const struct profile_section *p = aws_profiles_find(profiles, PROFILE_KIND_PROFILE, s.profile);
    const char *region = first(o->region, aws_env_get(&o->env, "AWS_REGION"));

    region = first(region, aws_env_get(&o->env, "AWS_DEFAULT_REGION"));
    s.region = mem_dup(first(region, profile_get(p, "region")));
    s.ca_bundle = mem_dup(first(first(o->ca_bundle, aws_env_get(&o->env, "AWS_CA_BUNDLE")),
                                profile_get(p, "ca_bundle")));
    s.fips = is_true(
        first(aws_env_get(&o->env, "AWS_USE_FIPS_ENDPOINT"), profile_get(p, "use_fips_endpoint")));
    s.dual_stack = is_true(first(aws_env_get(&o->env, "AWS_USE_DUALSTACK_ENDPOINT"),
                                 profile_get(p, "use_dualstack_endpoint")));
    if (!s.region)
        err_set(err, ERR_INPUT, "no Region: give --region, AWS_REGION or `region` in profile %s",
                s.profile);
    if (!s.region || resolve_attempts(&s, o, p, err) < 0 ||
        resolve_endpoints(&s, o, profiles, err) < 0) {
        aws_settings_release(&s);
        return -1;
    }
    *ret = s;
    return 0;
}
