/*
 * IAM Identity Center: the login that `aws sso login` left in its token cache becomes credentials
 * of an account's role.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
#include <stdio.h>

#include <jansson.h>

#include "aws/creds/ask.h"
#include "aws/creds/source.h"
#include "aws/endpoint.h"
#include "aws/settings.h"
#include "base/mem.h"

enum { ATTEMPTS = 3, TIMEOUT_MS = 10000, CONNECT_MS = 5000 };

struct sso {
    const char *profile;
    const char *session; /* NULL: the legacy way, all in the profile */
    const char *start_url, *region, *account, *role;
};

static bool same_or_absent(const char *a, const char *b)
{
    return !a || !b || str_eq_c(str_c(a), b);
}

/* What the profile and its sso-session say together. */
static int read_settings(struct sso *sso, const struct creds_options *o,
                         const struct profile_section *s, struct buf *why)
{
    const char *name = profile_get(s, "sso_session");
    const struct profile_section *session =
        name ? aws_profiles_find(o->profiles, PROFILE_KIND_SSO_SESSION, name) : NULL;
    const struct profile_section *from = name ? session : s;

    *sso = (struct sso){.profile = s->name,
                        .session = name,
                        .start_url = profile_get(from, "sso_start_url"),
                        .region = profile_get(from, "sso_region"),
                        .account = profile_get(s, "sso_account_id"),
                        .role = profile_get(s, "sso_role_name")};
    if (name && !session)
        buf_printf(why, "profile %s: there is no [sso-session %s], its sso_session", s->name, name);
    else if (!sso->region || !sso->start_url)
        buf_printf(why, "%s %s: %s is missing", name ? "sso-session" : "profile",
                   name ? name : s->name, sso->region ? "sso_start_url" : "sso_region");
    else if (!same_or_absent(profile_get(s, "sso_region"), sso->region) ||
             !same_or_absent(profile_get(s, "sso_start_url"), sso->start_url))
        buf_printf(why,
                   "profile %s: its sso_region or sso_start_url is not that of [sso-session "
                   "%s]",
                   s->name, sso->session);
    else if (!sso->account && !sso->role)
        buf_printf(why,
                   "profile %s: has an SSO login but no sso_account_id and sso_role_name, so "
                   "it gives no credentials",
                   s->name);
    else if (!sso->account || !sso->role)
        buf_printf(why, "profile %s: %s is missing beside %s", s->name,
                   sso->account ? "sso_role_name" : "sso_account_id",
                   sso->account ? "sso_account_id" : "sso_role_name");
    else
        return 0;
    return -1;
}

static int read_credentials(struct aws_creds *ret, const struct sso *sso, struct str text,
                            struct buf *why)
{
    json_t *root = json_loadb(text.data ? text.data : "", text.len, 0, NULL);
    const json_t *c = json_object_get(root, "roleCredentials");
    const char *access_key = json_string_value(json_object_get(c, "accessKeyId"));
    const char *secret_key = json_string_value(json_object_get(c, "secretAccessKey"));
    const char *token = json_string_value(json_object_get(c, "sessionToken"));
    const int ok = access_key && secret_key && token;

    if (ok) {
        aws_creds_set(ret, str_c(access_key), str_c(secret_key), str_c(token),
                      (int64_t)json_integer_value(json_object_get(c, "expiration")));
        aws_creds_set_account(ret, str_c(sso->account));
    } else {
        buf_printf(why, "SSO: the answer has no whole roleCredentials");
    }
    json_decref(root);
    return ok ? 0 : -1;
}

static int portal(const struct creds_options *o, const char *region, struct buf *out,
                  struct buf *why)
{
    CLEANUP(mem_freep)
    char *custom = aws_settings_endpoint_url(&o->env, o->profiles, o->profile, "SSO");
    const struct aws_endpoint_params params = {"portal.sso", region, custom, !custom && o->fips,
                                               !custom && o->dual_stack};
    struct err err = {0};

    if (aws_endpoint(out, &params, &err) == 0)
        return 0;
    buf_printf(why, "SSO: %s", err.text);
    return -1;
}

static int get_role_credentials(const struct creds_options *o, const struct sso *sso,
                                struct str token, struct aws_creds *ret, struct buf *why)
{
    CLEANUP(buf_release) struct buf endpoint = {0};
    struct creds_question q = {
        .who = "SSO", .attempts = ATTEMPTS, .timeout_ms = TIMEOUT_MS, .connect_ms = CONNECT_MS};
    struct aws_request r;
    struct aws_reply reply = {0};
    int status = 0, result;

    if (portal(o, sso->region, &endpoint, why) < 0)
        return -1;
    q.endpoint = buf_c(&endpoint);
    aws_request_init(&r, "sso", "GetRoleCredentials", "GET", AWS_READS);
    aws_request_path(&r, "/federation/credentials");
    aws_request_query(&r, "account_id", sso->account);
    aws_request_query(&r, "role_name", sso->role);
    aws_request_header(&r, "x-amz-sso_bearer_token", token);
    result = creds_ask(o, &q, &r, &reply, &status, why);
    if (result == 0) {
        result = read_credentials(ret, sso, buf_str(&reply.body), why);
        mem_wipe(reply.body.data, reply.body.len);
    } else if (status == 401) {
        buf_printf(why, ": run `aws sso login --profile %s`", sso->profile);
    } else if (status == 403) {
        buf_printf(why, ": may you use role %s of account %s?", sso->role, sso->account);
    }
    aws_reply_release(&reply);
    return result;
}

enum creds_found creds_sso(const struct creds_options *o, const struct profile_section *s,
                           struct aws_creds *ret, struct buf *why)
{
    CLEANUP(buf_wipe) struct buf token = {0};
    struct sso sso;

    if (read_settings(&sso, o, s, why) < 0)
        return CREDS_FAILED;
    buf_printf(why, "profile %s: ", s->name);
    if (creds_sso_token(o, sso.session, sso.start_url, sso.region, s->name, &token, NULL, why) <
            0 ||
        get_role_credentials(o, &sso, buf_str(&token), ret, why) < 0)
        return CREDS_FAILED;
    buf_clear(why);
    snprintf(ret->source, sizeof(ret->source), "profile %.60s (SSO role %.60s)", s->name, sso.role);
    return CREDS_FOUND;
}
