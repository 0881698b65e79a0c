/* Which setting wins: option, environment, profile; and what is refused. */
#include "tests/test.h"

#include <string.h>

#include <jansson.h>

#include "aws/settings.h"

struct fixture {
    json_t *env;
    struct aws_profiles profiles;
    struct aws_client_options o;
    struct aws_settings settings;
    struct err err;
};

static const char *look_up(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

static void begin(struct fixture *f, const char *config)
{
    *f = (struct fixture){.env = json_object()};
    f->o.env = (struct aws_env){look_up, f->env};
    assert_int_equal(
        aws_profiles_parse(&f->profiles, str_c(config), PROFILE_CONFIG, "config", &f->err), 0);
}

static void set_env(struct fixture *f, const char *name, const char *value)
{
    json_object_set_new(f->env, name, json_string(value));
}

static const struct aws_settings *resolved(struct fixture *f)
{
    aws_settings_release(&f->settings);
    if (aws_settings_resolve(&f->settings, &f->o, &f->profiles, &f->err) < 0)
        fail_msg("%s", f->err.text);
    return &f->settings;
}

static void refused(struct fixture *f, const char *why)
{
    struct aws_settings settings;

    assert_int_equal(aws_settings_resolve(&settings, &f->o, &f->profiles, &f->err), -1);
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_contains(f->err.text, why);
}

static void end(struct fixture *f)
{
    aws_settings_release(&f->settings);
    aws_profiles_release(&f->profiles);
    json_decref(f->env);
}

static void the_region_is_the_first_that_is_named(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[default]\noutput=json\n[profile p]\nregion = eu-north-1\n");
    refused(&f, "no Region: give --region, AWS_REGION or `region` in profile default");
    set_env(&f, "AWS_DEFAULT_PROFILE", "p");
    assert_string_equal(resolved(&f)->region, "eu-north-1");
    set_env(&f, "AWS_DEFAULT_REGION", "eu-west-3");
    assert_string_equal(resolved(&f)->region, "eu-west-3");
    set_env(&f, "AWS_REGION", "eu-west-2");
    assert_string_equal(resolved(&f)->region, "eu-west-2");
    f.o.region = "eu-west-1";
    assert_string_equal(resolved(&f)->region, "eu-west-1");
    f.o.region = "";
    assert_string_equal(resolved(&f)->region, "eu-west-2");
    end(&f);
}

static void no_region_of_a_profile_that_is_not_there_tells_so(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[profile stage]\noutput = json\n");
    f.profiles.tried = strdup("/home/me/.aws/config");
    f.o.profile = "stage";
    refused(&f, "or `region` in profile stage");
    assert_null(strstr(f.err.text, "which is not in"));
    f.o.profile = "stgae";
    refused(&f, "or `region` in profile stgae, which is not in /home/me/.aws/config");
    end(&f);
}

static void the_profile_is_the_first_that_is_named(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "");
    set_env(&f, "AWS_REGION", "eu-west-1");
    assert_string_equal(resolved(&f)->profile, "default");
    set_env(&f, "AWS_DEFAULT_PROFILE", "older");
    assert_string_equal(resolved(&f)->profile, "older");
    set_env(&f, "AWS_PROFILE", "newer");
    assert_string_equal(resolved(&f)->profile, "newer");
    assert_false(f.settings.profile_named); /* by an option: that alone hides the keys */
    f.o.profile = "given";
    assert_string_equal(resolved(&f)->profile, "given");
    assert_true(f.settings.profile_named);
    end(&f);
}

static void attempts_are_five_or_what_is_said(void **state)
{
    static const char *const bad[] = {"0", "101", "-1", "three", "3.5", ""};
    struct fixture f;

    (void)state;
    begin(&f, "[default]\nmax_attempts = 7\n[profile none]\nregion = eu-west-1\n");
    set_env(&f, "AWS_REGION", "eu-west-1");
    assert_int_equal(resolved(&f)->max_attempts, 7);
    set_env(&f, "AWS_MAX_ATTEMPTS", "100");
    assert_int_equal(resolved(&f)->max_attempts, 100);
    f.o.max_attempts = 2;
    assert_int_equal(resolved(&f)->max_attempts, 2);
    f.o.max_attempts = 0;
    f.o.profile = "none";
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        set_env(&f, "AWS_MAX_ATTEMPTS", bad[i]);
        if (*bad[i])
            refused(&f, "AWS_MAX_ATTEMPTS (max_attempts): \"");
        else /* blank is unset */
            assert_int_equal(resolved(&f)->max_attempts, 5);
    }
    end(&f);
}

/* Secrets of CI systems end with a newline more often than not. */
static void blanks_around_values_are_dropped(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[profile p]\nregion = eu-north-1\nca_bundle = /profile.pem\n");
    set_env(&f, "AWS_PROFILE", " p\n");
    set_env(&f, "AWS_MAX_ATTEMPTS", "7\r\n");
    set_env(&f, "AWS_REGION", " \n"); /* nothing else: not set */
    set_env(&f, "AWS_CA_BUNDLE", "\t");
    assert_string_equal(resolved(&f)->profile, "p");
    assert_string_equal(f.settings.region, "eu-north-1");
    assert_string_equal(f.settings.ca_bundle, "/profile.pem");
    assert_int_equal(f.settings.max_attempts, 7);
    set_env(&f, "AWS_REGION", "eu-west-1\n");
    set_env(&f, "AWS_USE_FIPS_ENDPOINT", "true\n");
    set_env(&f, "AWS_ENDPOINT_URL", "\n");
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA],
                        "https://lambda-fips.eu-west-1.amazonaws.com");
    set_env(&f, "AWS_USE_FIPS_ENDPOINT", "false\n");
    set_env(&f, "AWS_ENDPOINT_URL", "https://all.example.com/\n");
    set_env(&f, "AWS_ENDPOINT_URL_LAMBDA", " \n");
    set_env(&f, "AWS_ENDPOINT_URL_STS", "\thttps://sts.example.com\r\n");
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "https://all.example.com");
    assert_string_equal(f.settings.endpoints[AWS_STS], "https://sts.example.com");
    f.o.endpoint = " \n";
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "https://all.example.com");
    f.o.endpoint = "http://127.0.0.1:9300\n";
    f.o.region = "eu-west-2 ";
    f.o.profile = "\n";
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "http://127.0.0.1:9300");
    assert_string_equal(f.settings.region, "eu-west-2");
    assert_false(f.settings.profile_named);
    f.o.endpoint = "https://one example.com"; /* within it they are a mistake */
    refused(&f, "expected http://host[:port] or https://host[:port]");
    end(&f);
}

static void the_scheme_of_an_endpoint_may_be_written_in_capitals(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[default]\nregion = eu-west-1\n");
    f.o.endpoint = "HTTPS://Lambda.example.com/";
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "https://Lambda.example.com");
    f.o.endpoint = "Http://LOCALHOST:9300";
    set_env(&f, "AWS_USE_FIPS_ENDPOINT", "true");
    assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "http://LOCALHOST:9300");
    f.o.endpoint = "FTP://127.0.0.1";
    refused(&f, "endpoint \"FTP://127.0.0.1\": expected http://");
    end(&f);
}

static void an_endpoint_with_a_password_is_refused_and_not_shown(void **state)
{
    struct fixture f;
    struct err err = {0};
    struct aws_settings s;

    (void)state;
    begin(&f, "");
    set_env(&f, "AWS_REGION", "eu-west-1");
    set_env(&f, "AWS_ENDPOINT_URL", "https://me:hunter22@lambda.example.com");
    assert_int_equal(aws_settings_resolve(&s, &f.o, &f.profiles, &err), -1);
    assert_contains(err.text, "found a user before the host");
    assert_null(strstr(err.text, "hunter22"));
    end(&f);
}

static void fips_and_dual_stack_do_not_go_with_somebody_elses_endpoint(void **state)
{
    static const char *const variables[] = {"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        struct fixture f;

        begin(&f, "");
        set_env(&f, "AWS_REGION", "eu-west-1");
        set_env(&f, variables[i], "true");
        f.o.endpoint = "https://lambda.example.com";
        refused(&f, i == 0 ? "cannot be combined with FIPS" : "cannot be combined with dual stack");
        f.o.endpoint = "http://127.0.0.1:9300"; /* this machine's: they mean nothing */
        assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "http://127.0.0.1:9300");
        f.o.endpoint = "http://[::1]:9300/";
        assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA], "http://[::1]:9300");
        f.o.endpoint = NULL;
        assert_string_equal(resolved(&f)->endpoints[AWS_LAMBDA],
                            i == 0 ? "https://lambda-fips.eu-west-1.amazonaws.com"
                                   : "https://lambda.eu-west-1.api.aws");
        end(&f);
    }
}

static void the_ca_bundle_is_the_first_that_is_named(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[default]\nregion = eu-west-1\nca_bundle = /profile.pem\n[profile p]\nregion = r\n");
    assert_string_equal(resolved(&f)->ca_bundle, "/profile.pem");
    set_env(&f, "AWS_CA_BUNDLE", "/variable.pem");
    assert_string_equal(resolved(&f)->ca_bundle, "/variable.pem");
    f.o.ca_bundle = "/option.pem";
    assert_string_equal(resolved(&f)->ca_bundle, "/option.pem");
    f.o.ca_bundle = NULL;
    json_object_del(f.env, "AWS_CA_BUNDLE");
    f.o.profile = "p";
    assert_null(resolved(&f)->ca_bundle);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_region_is_the_first_that_is_named),
        cmocka_unit_test(no_region_of_a_profile_that_is_not_there_tells_so),
        cmocka_unit_test(the_profile_is_the_first_that_is_named),
        cmocka_unit_test(attempts_are_five_or_what_is_said),
        cmocka_unit_test(blanks_around_values_are_dropped),
        cmocka_unit_test(the_scheme_of_an_endpoint_may_be_written_in_capitals),
        cmocka_unit_test(an_endpoint_with_a_password_is_refused_and_not_shown),
        cmocka_unit_test(fips_and_dual_stack_do_not_go_with_somebody_elses_endpoint),
        cmocka_unit_test(the_ca_bundle_is_the_first_that_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
