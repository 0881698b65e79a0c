/* The credentials chain against AWS's own cases, with the traffic they recorded. */
#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>

#include "aws/creds/chain.h"
#include "aws/creds/source.h"
#include "aws/endpoint.h"
#include "aws/settings.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/aws/fake_home.h"
#include "tests/aws/replay.h"
#include "tests/aws/suites.h"

#define DATA "aws-config/test-data/"

/* 2000-01-01: no recorded credential has expired yet. Waiting costs nothing. */
static int64_t at_2000(void *ctx)
{
    (void)ctx;
    return 946684800000;
}

static void no_sleep(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)ms;
}

static const struct clock year_2000 = {at_2000, at_2000, no_sleep, NULL};

/* ---- whole chains ---- */

/* What we say where the recorded SDK says something in its own words. */
static const struct {
    const char *test, *ours;
} wordings[] = {
    {"eks_pod_identity_no_token_file", "token.jwt"},
    {"imds_default_chain_error", "this instance has no role"},
    {"imds_disabled", "AWS_EC2_METADATA_DISABLED is true"},
    {"imds_no_iam_role", "this instance has no role"},
    {"imds_token_fail", "EC2 metadata: 403 (switched off on this instance)"},
    {"profile_overrides_web_identity", "credential_source Environment: environment: "
                                       "AWS_ACCESS_KEY_ID is not set"},
    {"sso_no_token_file", "sso/cache/dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json"},
    {"sso_server_error", "SSO: 503"},
    {"web_identity_source_profile_no_env", "web_identity_token_file needs a role_arn"},
    {"web_identity_token_invalid_jwt",
     "InvalidIdentityToken: No OpenIDConnect provider found in your account"},
    {"credential_process_failure", "credential_process: exit: No such file"},
    {"credential_process_invalid", "credential_process: it wrote no JSON object"},
    {"empty_config", "profile default: not found"},
    {"invalid_config", "Property did not have a name"},
    {"invalid_sso_credentials_config", "so it gives no credentials"},
    {"sso_token", "so it gives no credentials"},
};

static const char *our_words(const char *test)
{
    for (size_t i = 0; i < ARRAY_LEN(wordings); i++)
        if (strcmp(wordings[i].test, test) == 0)
            return wordings[i].ours;
    return "(no wording given)";
}

static bool same(const char *what, const char *got, const json_t *want, const char *key,
                 struct buf *why)
{
    if (strcmp(got ? got : "", suites_text(want, key)) == 0)
        return true;
    buf_printf(why, "%s %s instead of %s", what, got ? got : "", suites_text(want, key));
    return false;
}

static bool same_creds(const struct aws_creds *c, const json_t *want, struct buf *why)
{
    const int64_t expiry = (int64_t)json_integer_value(json_object_get(want, "expiry"));

    if (!same("access key", c->access_key, want, "access_key_id", why) ||
        !same("secret key", c->secret_key, want, "secret_access_key", why) ||
        !same("session token", c->session_token, want, "session_token", why) ||
        !same("account", c->account, want, "account_id", why))
        return false;
    if (c->expires_ms / 1000 == expiry)
        return true;
    buf_printf(why, "expiry %lld instead of %lld", (long long)c->expires_ms / 1000,
               (long long)expiry);
    return false;
}

struct chain_case {
    struct fake_home home;
    struct replay *replay;
    struct aws_profiles profiles;
    struct http_pool *http;
    struct aws_settings settings;
};

static int resolve(struct chain_case *c, bool profile_only, struct creds_options *ret,
                   struct err *err)
{
    const struct aws_client_options options = {
        .env = fake_home_env(&c->home),
        /* These cases are about the profile provider alone: the environment is not asked. */
        .profile = profile_only ? "default" : NULL,
    };
    struct err no_region = {0};

    if (aws_profiles_load(&c->profiles, &options.env, err) < 0)
        return -1;
    /* A chain works without a Region as long as nobody needs STS. */
    if (aws_settings_resolve(&c->settings, &options, &c->profiles, &no_region) < 0)
        c->settings.profile = mem_dup(aws_settings_profile(&options));
    *ret = (struct creds_options){.env = options.env,
                                  .profiles = &c->profiles,
                                  .profile = c->settings.profile,
                                  .profile_named = profile_only,
                                  .region = c->settings.region,
                                  .sts_endpoint = c->settings.endpoints[AWS_STS],
                                  .fips = c->settings.fips,
                                  .dual_stack = c->settings.dual_stack,
                                  .http = c->http,
                                  .clock = &year_2000,
                                  .send = replay_send,
                                  .send_ctx = c->replay};
    return 0;
}

static void judge(struct tally *t, const char *name, const json_t *test,
                  const struct aws_creds *creds, struct replay *replay, const struct err *err)
{
    const json_t *result = json_object_get(test, "result"), *ok = json_object_get(result, "Ok");
    CLEANUP(buf_release) struct buf why = {0};

    if (ok && !creds)
        tally_fail(t, name, "%s", err->text);
    else if (!ok && creds)
        tally_fail(t, name, "credentials instead of an error");
    else if (ok && !same_creds(creds, ok, &why))
        tally_fail(t, name, "%s", buf_c(&why));
    else if (!ok && !strstr(err->text, our_words(name)))
        tally_fail(t, name, "\"%s\" instead of \"%s\"", err->text, our_words(name));
    else if (!replay_check(replay, &why))
        tally_fail(t, name, "%s", buf_c(&why));
    else
        tally_pass(t);
}

static void chain_case(struct tally *t, const char *dir, const char *name, bool profile_only)
{
    CLEANUP(mem_freep) char *traffic = path_join(dir, "http-traffic.json");
    CLEANUP(mem_freep) char *path = path_join(dir, "test-case.json");
    json_t *test = json_load_file(path, 0, NULL);
    struct chain_case c = {.replay = replay_new(traffic), .http = http_pool_new()};
    struct creds_options options;
    struct creds_chain *chain = NULL;
    const struct aws_creds *creds = NULL;
    struct err err = {0};

    fake_home_make(&c.home, dir);
    if (resolve(&c, profile_only, &options, &err) == 0) {
        chain = creds_chain_new(&options);
        creds_chain_get(chain, &creds, &err);
    }
    judge(t, name, test, creds, c.replay, &err);
    creds_chain_free(chain);
    aws_settings_release(&c.settings);
    aws_profiles_release(&c.profiles);
    replay_free(c.replay);
    http_pool_free(c.http);
    fake_home_remove(&c.home);
    json_decref(test);
}

static void chain_cases(struct tally *t, const char *folder, bool profile_only)
{
    CLEANUP(mem_freep) char *base = suites_path(folder);
    struct dirent **names = NULL;
    const int count = scandir(base, &names, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        char *dir = path_join(base, names[i]->d_name);

        if (names[i]->d_name[0] != '.')
            chain_case(t, dir, names[i]->d_name, profile_only);
        free(dir);
        free(names[i]);
    }
    free(names);
}

static void every_case_of_the_default_chain_passes(void **state)
{
    struct tally t = {.name = "default-credential-provider-chain"};

    (void)state;
    chain_cases(&t, DATA "default-credential-provider-chain", false);
    tally_end(&t);
}

static void every_case_of_the_profile_provider_passes(void **state)
{
    struct tally t = {.name = "profile-provider"};

    (void)state;
    chain_cases(&t, DATA "profile-provider", true);
    tally_end(&t);
}

/* ---- SSO tokens ---- */

static void token_case(struct tally *t, const char *dir, const char *name)
{
    CLEANUP(mem_freep) char *path = path_join(dir, "test-case.json");
    json_t *test = json_load_file(path, 0, NULL);
    const json_t *ok = json_object_get(json_object_get(test, "result"), "Ok");
    struct fake_home home;
    struct aws_profiles profiles = {0};
    struct buf token = {0}, why = {0};
    const char *session, *profile;
    const struct profile_section *s;
    int64_t expires = 0;
    char date[32];

    fake_home_make(&home, dir);

    const struct aws_client_options client = {.env = fake_home_env(&home)};
    const struct creds_options o = {
        .env = client.env, .profiles = &profiles, .clock = &year_2000, .send = replay_send};

    assert_int_equal(aws_profiles_load(&profiles, &client.env, NULL), 0);
    profile = aws_settings_profile(&client);
    session =
        profile_get(aws_profiles_find(&profiles, PROFILE_KIND_PROFILE, profile), "sso_session");
    s = session ? aws_profiles_find(&profiles, PROFILE_KIND_SSO_SESSION, session) : NULL;
    if (creds_sso_token(&o, session, profile_get(s, "sso_start_url"), profile_get(s, "sso_region"),
                        profile, &token, &expires, &why) < 0) {
        tally_fail(t, name, "%s", buf_c(&why));
    } else {
        clock_format_rfc3339(date, sizeof(date), expires, false);
        if (same("token", buf_c(&token), ok, "token", &why) &&
            same("expiration", date, ok, "expiration", &why))
            tally_pass(t);
        else
            tally_fail(t, name, "%s", buf_c(&why));
    }
    buf_release(&token);
    buf_release(&why);
    aws_profiles_release(&profiles);
    fake_home_remove(&home);
    json_decref(test);
}

static void every_case_of_the_token_chain_passes(void **state)
{
    static const char *const names[] = {"profile_keys", "profile_keys_case_insensitive",
                                        "profile_name"};
    CLEANUP(mem_freep) char *base = suites_path(DATA "default-token-provider-chain");
    struct tally t = {.name = "default-token-provider-chain"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        CLEANUP(mem_freep) char *dir = path_join(base, names[i]);

        token_case(&t, dir, names[i]);
    }
    tally_end(&t);
}

/* ---- where to ask ---- */

static const char *from_object(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

static void every_case_of_container_urls_passes(void **state)
{
    json_t *file = suites_load(DATA "ecs-tests.json"), *test;
    struct tally t = {.name = "ecs-tests"};
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "tests"), i, test)
    {
        const json_t *result = json_object_get(test, "result");
        const char *want = suites_text(result, "Ok"), *name = suites_text(test, "docs");
        const struct creds_options o = {.env = {from_object, json_object_get(test, "env")}};
        struct buf url = {0}, why = {0};
        const int got = creds_container_url(&o, &url, &why);

        /* Nothing set up is no error here but the next source's turn. */
        if (strcmp(buf_c(&url), want) != 0 ||
            (got < 0) != (strstr(suites_text(result, "ErrorContains"), "a host") != NULL))
            tally_fail(&t, name, "%s (%s) instead of %s", buf_c(&url), buf_c(&why), want);
        else
            tally_pass(&t);
        buf_release(&url);
        buf_release(&why);
    }
    json_decref(file);
    tally_end(&t);
}

static void instance_case(struct tally *t, const json_t *test)
{
    const json_t *result = json_object_get(test, "result");
    const char *want = suites_text(result, "Ok"), *name = suites_text(test, "docs");
    struct aws_profiles profiles = {0};
    const struct creds_options o = {.env = {from_object, json_object_get(test, "env")},
                                    .profiles = &profiles,
                                    .profile = "default"};
    struct buf url = {0}, why = {0};
    int got;

    assert_int_equal(aws_profiles_parse(&profiles,
                                        str_c(suites_text(json_object_get(test, "fs"), "config")),
                                        PROFILE_CONFIG, "config", NULL),
                     0);
    got = creds_instance_endpoint(&o, &url, &why);
    if (got == 0)
        buf_add_c(&url, "/latest/api/token");
    if (got < 0 ? *want || !why.len : strcmp(buf_c(&url), want) != 0)
        tally_fail(t, name, "%s (%s) instead of %s", buf_c(&url), buf_c(&why), want);
    else
        tally_pass(t);
    aws_profiles_release(&profiles);
    buf_release(&url);
    buf_release(&why);
}

static void every_case_of_the_metadata_endpoint_passes(void **state)
{
    json_t *file = suites_load(DATA "imds-config/imds-endpoint-tests.json"), *test;
    struct tally t = {.name = "imds-endpoint-tests"};
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "tests"), i, test)
    {
        if (json_object_get(test, "endpoint_override") || json_object_get(test, "mode_override"))
            tally_leave_out(&t, suites_text(test, "docs"),
                            "an option of the SDK's client; smokegate has only the environment "
                            "and the profile");
        else
            instance_case(&t, test);
    }
    json_decref(file);
    tally_end(&t);
}

/* ---- not done ---- */

static void what_is_not_done_is_named(void **state)
{
    json_t *file = suites_load(DATA "login-provider-test-cases.json"), *test;
    struct tally t = {.name = "login-provider-test-cases"};
    size_t i;

    (void)state;
    json_array_foreach(file, i, test)
        tally_leave_out(&t, suites_text(test, "documentation"),
                        "`aws login` is left to the AWS CLI (aws configure export-credentials)");
    printf("%s: %zu not done\n", t.name, t.left_out);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_default_chain_passes),
        cmocka_unit_test(every_case_of_the_profile_provider_passes),
        cmocka_unit_test(every_case_of_the_token_chain_passes),
        cmocka_unit_test(every_case_of_container_urls_passes),
        cmocka_unit_test(every_case_of_the_metadata_endpoint_passes),
        cmocka_unit_test(what_is_not_done_is_named),
    };
    json_t *there = suites_load(DATA "ecs-tests.json");

    if (!there) {
        printf("skipped: no aws-config under SMOKEGATE_SUITES\n");
        return 77;
    }
    json_decref(there);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
