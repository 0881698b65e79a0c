#include "aws/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/endpoint.h"
#include "aws/retry.h"
#include "base/mem.h"

static const struct {
    const char *signing_name; /* the host's prefix as well */
    const char *id;           /* of AWS_ENDPOINT_URL_ID */
} service_table[AWS_SERVICE_COUNT] = {
    [AWS_LAMBDA] = {"lambda", "LAMBDA"},
    [AWS_STS] = {"sts", "STS"},
    [AWS_CLOUDWATCH] = {"monitoring", "CLOUDWATCH"},
};

enum aws_service aws_service_of(const char *signing_name)
{
    for (int i = 0; i < AWS_SERVICE_COUNT; i++)
        if (strcmp(service_table[i].signing_name, signing_name) == 0)
            return (enum aws_service)i;
    return AWS_LAMBDA;
}

void aws_settings_release(struct aws_settings *s)
{
    free(s->profile);
    free(s->region);
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++)
        free(s->endpoints[i]);
    free(s->ca_bundle);
    *s = (struct aws_settings){0};
}

/* CI systems hand secrets and variables over with a newline at their end: blanks are nothing. */
static bool is_set(const char *value)
{
    return str_trim(str_c(value)).len > 0;
}

static const char *first(const char *a, const char *b)
{
    return is_set(a) ? a : is_set(b) ? b : NULL;
}

static char *copy(const char *value)
{
    const struct str s = str_trim(str_c(value));

    return value ? mem_dup_n(s.data, s.len) : NULL;
}

const char *aws_settings_profile(const struct aws_client_options *o)
{
    const char *name = first(o->profile, aws_env_get(&o->env, "AWS_PROFILE"));

    name = first(name, aws_env_get(&o->env, "AWS_DEFAULT_PROFILE"));
    return first(name, "default");
}

const char *aws_settings_region(const struct aws_client_options *o,
                                const struct aws_profiles *profiles)
{
    const char *region = first(o->region, aws_env_get(&o->env, "AWS_REGION"));

    region = first(region, aws_env_get(&o->env, "AWS_DEFAULT_REGION"));
    return first(region, profile_get(aws_profiles_find(profiles, PROFILE_KIND_PROFILE,
                                                       aws_settings_profile(o)),
                                     "region"));
}

static bool is_true(const char *value)
{
    const struct str s = str_trim(str_c(value));

    return s.len == 4 && strncasecmp(s.data, "true", 4) == 0;
}

char *aws_settings_endpoint_url(const struct aws_env *env, const struct aws_profiles *profiles,
                                const char *profile, const char *service)
{
    const struct profile_section *p = aws_profiles_find(profiles, PROFILE_KIND_PROFILE, profile);
    const char *services = profile_get(p, "services");
    CLEANUP(buf_release) struct buf name = {0};
    CLEANUP(mem_freep) char *lower = mem_dup(service);
    const char *block, *variable;
    struct str url;

    if (is_true(first(aws_env_get(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                      profile_get(p, "ignore_configured_endpoint_urls"))))
        return NULL;
    buf_printf(&name, "AWS_ENDPOINT_URL_%s", service);
    variable = first(aws_env_get(env, buf_c(&name)), aws_env_get(env, "AWS_ENDPOINT_URL"));
    if (variable)
        return copy(variable);
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    block = services
                ? profile_get(aws_profiles_find(profiles, PROFILE_KIND_SERVICES, services), lower)
                : NULL;
    if (block && profile_sub(block, "endpoint_url", &url) && url.len)
        return mem_dup_n(url.data, url.len);
    return copy(first(profile_get(p, "endpoint_url"), NULL));
}

/*
 * An endpoint given outright together with its keys is all there is of AWS there: the embedded
 * Lambda answers for STS as well. FIPS and dual stack are about AWS's own hosts, so that they do
 * not stand in the way of this machine's.
 */
static int resolve_endpoint(struct aws_settings *s, enum aws_service service,
                            const struct aws_client_options *o, const struct aws_profiles *profiles,
                            struct err *err)
{
    const bool given = is_set(o->endpoint) && (service == AWS_LAMBDA || o->access_key);
    CLEANUP(mem_freep)
    char *custom =
        given ? copy(o->endpoint)
              : aws_settings_endpoint_url(&o->env, profiles, s->profile, service_table[service].id);
    const bool local = custom && aws_endpoint_is_loopback(custom);
    const struct aws_endpoint_params params = {.service = service_table[service].signing_name,
                                               .region = s->region,
                                               .custom = custom,
                                               .fips = s->fips && !local,
                                               .dual_stack = s->dual_stack && !local};
    CLEANUP(buf_release) struct buf url = {0};

    if (aws_endpoint(&url, &params, err) < 0)
        return -1;
    s->endpoints[service] = buf_steal(&url);
    return 0;
}

static int resolve_endpoints(struct aws_settings *s, const struct aws_client_options *o,
                             const struct aws_profiles *profiles, struct err *err)
{
    for (int i = 0; i < AWS_SERVICE_COUNT; i++)
        if (resolve_endpoint(s, (enum aws_service)i, o, profiles, err) < 0)
            return -1;
    return 0;
}

static int resolve_attempts(struct aws_settings *s, const struct aws_client_options *o,
                            const struct profile_section *p, struct err *err)
{
    const char *text =
        first(aws_env_get(&o->env, "AWS_MAX_ATTEMPTS"), profile_get(p, "max_attempts"));
    unsigned long long value = RETRY_ATTEMPTS_DEFAULT;

    if (o->max_attempts)
        value = o->max_attempts;
    else if (text && (!str_to_u64(str_trim(str_c(text)), 100, &value) || value == 0))
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
    struct aws_settings s = {.profile = copy(aws_settings_profile(o)),
                             .profile_named = is_set(o->profile)};
    const struct profile_section *p = aws_profiles_find(profiles, PROFILE_KIND_PROFILE, s.profile);
    const bool is_missing =
        !p && strcmp(s.profile, "default") != 0 && profiles->tried && *profiles->tried;

    s.region = copy(aws_settings_region(o, profiles));
    s.ca_bundle = copy(first(first(o->ca_bundle, aws_env_get(&o->env, "AWS_CA_BUNDLE")),
                             profile_get(p, "ca_bundle")));
    s.fips = is_true(
        first(aws_env_get(&o->env, "AWS_USE_FIPS_ENDPOINT"), profile_get(p, "use_fips_endpoint")));
    s.dual_stack = is_true(first(aws_env_get(&o->env, "AWS_USE_DUALSTACK_ENDPOINT"),
                                 profile_get(p, "use_dualstack_endpoint")));
    if (!s.region)
        err_set(err, ERR_INPUT,
                "no Region: give --region, AWS_REGION or `region` in profile %s%s%s", s.profile,
                is_missing ? ", which is not in " : "", is_missing ? profiles->tried : "");
    if (!s.region || resolve_attempts(&s, o, p, err) < 0 ||
        resolve_endpoints(&s, o, profiles, err) < 0) {
        aws_settings_release(&s);
        return -1;
    }
    *ret = s;
    return 0;
}
