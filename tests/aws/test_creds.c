/* The chain beyond AWS's cases: containers and instances, what is said, refreshing. */
#include "tests/aws/creds_fixture.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

static void a_containers_token_file_goes_before_the_token(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"AccessKeyId\":\"ASIAEKS\",\"SecretAccessKey\":\"secreteks\","
                           "\"Token\":\"tokeneks\",\"Expiration\":\"2023-11-14T23:13:20Z\"}"}};
    struct creds_fixture f;
    char *path;

    (void)state;
    creds_begin(&f, "", steps, 1);
    path = creds_write_home(&f, "token", "filetoken\n");
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                  "http://169.254.170.23/v1/credentials?a=1");
    creds_set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path);
    creds_set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "othertoken");
    assert_int_equal(creds_get(&f), 0);
    assert_string_equal(f.creds->session_token, "tokeneks");
    assert_contains(script_server_request(f.server, 0), "GET /v1/credentials?a=1 HTTP/1.1");
    assert_contains(script_server_request(f.server, 0), "authorization: filetoken\r\n");
    free(path);
    creds_end(&f);
}

static void credentials_are_not_asked_of_strangers(void **state)
{
    static const char *const urls[] = {
        "http://example.com/credentials",
        "http://169.254.170.20/credentials",
        "http://127.0.0.1.example.com/c",
        "http://localhost.example.com/c",
        "http://169.254.170.2@example.com/c",
        "http://[fd00:ec2::24]/c",
        "ftp://localhost/c",
        "http:///c",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        static const struct script_step steps[] = {{"200 OK"}};
        struct creds_fixture f;

        creds_begin(&f, "", steps, 1);
        creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_FULL_URI", urls[i]);
        creds_set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");
        if (creds_get(&f) == 0 || script_server_requests(f.server) != 0 ||
            !strstr(f.err.text, "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
            fail_msg("%s: %s", urls[i], f.err.text);
        creds_end(&f);
    }
}

static void nothing_found_says_what_was_tried(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", NULL, 0);
    assert_int_equal(creds_get(&f), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_string_equal(
        f.err.text,
        "no AWS credentials found. Tried environment: AWS_ACCESS_KEY_ID is not set; profile "
        "default: not found in any file (HOME is not set); web identity: "
        "AWS_WEB_IDENTITY_TOKEN_FILE is not set; container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI "
        "and _FULL_URI are not set; EC2 metadata: nobody answers");
    creds_end(&f);
}

static void metadata_that_refuses_does_not_hide_what_else_was_tried(void **state)
{
    static const struct script_step steps[] = {{"403 Forbidden", .body = "denied destination"}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 1);
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "no AWS credentials found. Tried environment: AWS_ACCESS_KEY_ID is "
                                "not set; ");
    assert_contains(f.err.text, "; EC2 metadata: 403: denied destination (switched off on this "
                                "instance)");
    creds_end(&f);
}

static void a_named_profile_that_is_not_there_ends_the_chain(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[profile stage]\nregion=x\n", NULL, 0);
    f.o.profile = "stgae";
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "credentials: profile stgae: not found");
    creds_end(&f);
}

static int add_credentials(struct creds_fixture *f, const char *text)
{
    return aws_profiles_parse(&f->profiles, str_c(text), PROFILE_CREDENTIALS, "credentials",
                              &f->err);
}

/* As `aws configure --profile "my stage"` writes them. */
static void a_profile_with_blanks_stands_in_quotes(void **state)
{
    static const char *const configs[] = {
        "[profile 'my stage']\nregion=x\n",
        "\xef\xbb\xbf[profile  \"my stage\" ]\r\nregion=x\r\n",
        "[profile a]\nrole_arn=r\n[profile \"my stage\"]\nregion=x\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
        struct creds_fixture f;

        creds_begin(&f, configs[i], NULL, 0);
        assert_int_equal(add_credentials(&f, "\xef\xbb\xbf[my stage]\naws_access_key_id=AKIAS\n"
                                             "aws_secret_access_key=secretS\n"),
                         0);
        f.o.profile = "my stage";
        f.o.profile_named = true;
        if (creds_get(&f) < 0)
            fail_msg("%zu: %s", i, f.err.text);
        assert_string_equal(f.creds->access_key, "AKIAS");
        creds_end(&f);
    }
}

static void a_profile_with_blanks_and_no_quotes_is_told(void **state)
{
    static const char *const configs[] = {
        "[profile my stage]\nregion=x\n", "[\"my stage\"]\nregion=x\n",
        "[profile my stage]\nregion=x\n[profile \"a\" b\"]\n", "[my stage]\nregion=x\n"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
        struct creds_fixture f;

        creds_begin(&f, configs[i], NULL, 0);
        assert_int_equal(add_credentials(&f, "[my stage]\naws_access_key_id=AKIAS\n"), 0);
        f.o.profile = "my stage";
        f.o.profile_named = true;
        assert_int_equal(creds_get(&f), -1);
        assert_contains(f.err.text, "; write [profile \"my stage\"] in the config file, and beside "
                                    "it [my stage] in the credentials file");
        creds_end(&f);
    }
}

static void a_source_profile_with_blanks_and_no_quotes_is_told(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[profile a]\nrole_arn=r\nsource_profile=my stage\n[profile my stage]\n", NULL,
                0);
    f.o.profile = "a";
    f.o.profile_named = true;
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "there is no profile my stage, its source_profile; write [profile "
                                "\"my stage\"] in the config file");
    creds_end(&f);
}

static void utf_16_is_called_so(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", NULL, 0);
    assert_int_equal(aws_profiles_parse(&f.profiles, STR("\xff\xfe[\0d\0"), PROFILE_CREDENTIALS,
                                        "credentials", &f.err),
                     -1);
    assert_string_equal(f.err.text, "credentials: found UTF-16, expected UTF-8");
    creds_end(&f);
}

static void a_profile_that_is_written_as_in_the_other_file_is_told(void **state)
{
    static const char credentials[] = "[profile mine]\naws_access_key_id=A\n";
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[stage]\nregion=x\n[profile good]\nregion=x\n", NULL, 0);
    assert_int_equal(aws_profiles_parse(&f.profiles, str_c(credentials), PROFILE_CREDENTIALS,
                                        "credentials", &f.err),
                     0);
    f.o.profile = "stage";
    f.o.profile_named = true;
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "; write [profile stage] in the config file, [stage] in the "
                                "credentials file");
    creds_end(&f);
    creds_begin(&f, "", NULL, 0);
    assert_int_equal(aws_profiles_parse(&f.profiles, str_c(credentials), PROFILE_CREDENTIALS,
                                        "credentials", &f.err),
                     0);
    f.o.profile = "mine";
    f.o.profile_named = true;
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "; write [profile mine]");
    creds_end(&f);
    creds_begin(&f,
                "[keys]\naws_access_key_id=A\naws_secret_access_key=s\n"
                "[profile role]\nrole_arn=arn:aws:iam::1:role/A\nsource_profile=keys\n",
                NULL, 0);
    f.o.profile = "role";
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "there is no profile keys, its source_profile; write [profile "
                                "keys] in the config file");
    creds_end(&f);
}

static void credentials_are_refreshed_before_they_expire(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")}, /* in 6 hours */
        {"500 Oops"},
        {"500 Oops"},
        {"500 Oops"},
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T10:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 5);
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS - 16 * 60 * 1000;
    assert_int_equal(creds_get(&f), 0);
    assert_int_equal(script_server_requests(f.server), 1);
    f.now_ms = NOW + 6 * HOUR_MS - 14 * 60 * 1000;
    assert_int_equal(creds_get(&f), 0); /* not to be had just now, but the old ones still hold */
    assert_string_equal(f.creds->access_key, "ONE1");
    assert_int_equal(script_server_requests(f.server), 4);
    assert_int_equal(creds_get(&f), 0); /* and not asked for again at once */
    assert_int_equal(script_server_requests(f.server), 4);
    f.now_ms += 61 * 1000;
    assert_int_equal(creds_get(&f), 0);
    assert_string_equal(f.creds->access_key, "TWO2");
    creds_end(&f);
}

static void credentials_that_are_gone_and_not_to_be_had_are_an_error(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")}, {"500 Oops"}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 2);
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS + 1;
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "credentials: container: 500");
    creds_end(&f);
}

static unsigned times_asked;

static bool nobody_types(void *ctx, const char *serial, char *out, size_t size)
{
    (void)ctx;
    (void)serial;
    (void)out;
    (void)size;
    times_asked++;
    return false;
}

/* Fifty functions of one environment are not fifty questions. */
static void what_failed_from_the_beginning_is_not_tried_at_once_again(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, MFA_CONFIG, NULL, 0);
    f.o.ask_mfa = nobody_types;
    times_asked = 0;
    for (int i = 0; i < 50; i++) {
        f.err = (struct err){0};
        assert_int_equal(creds_get(&f), -1);
        assert_contains(f.err.text, "needs the code of the MFA device");
    }
    assert_int_equal(times_asked, 1);
    f.now_ms += 10 * 1000;
    f.err = (struct err){0};
    assert_int_equal(creds_get(&f), -1);
    assert_int_equal(times_asked, 2);
    creds_end(&f);
}

/* What is being taken back must not stop at a hiccup. */
static void what_was_there_once_is_tried_at_every_call(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")},
        {"403 No"},
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-16T04:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 3);
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS + 1;
    assert_int_equal(creds_get(&f), -1);
    f.err = (struct err){0};
    assert_int_equal(creds_get(&f), 0);
    assert_string_equal(f.creds->access_key, "TWO2");
    creds_end(&f);
}

static void work_that_takes_longer_than_the_credentials_is_told_before(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-14T23:13:20Z")}, /* in an hour */
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T00:13:20Z")},
        {"200 OK", .body = INSTANCE("THREE3", "2023-11-15T00:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 3);
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    f.chain = creds_chain_new(&f.o);
    assert_int_equal(creds_chain_need(f.chain, HOUR_MS, &f.err), 0);
    assert_int_equal(script_server_requests(f.server), 1);
    assert_int_equal(creds_chain_need(f.chain, HOUR_MS + 1, &f.err), 0); /* newer ones do */
    assert_int_equal(script_server_requests(f.server), 2);
    assert_int_equal(creds_chain_need(f.chain, 3 * HOUR_MS, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text, "end in 7200 s, and what comes next may need them for 10800 s");
    assert_int_equal(script_server_requests(f.server), 3);
    creds_end(&f);
}

static void keys_without_an_end_last_for_any_work(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[default]\naws_access_key_id = AK\naws_secret_access_key = secret\n", NULL, 0);
    f.chain = creds_chain_new(&f.o);
    assert_int_equal(creds_chain_need(f.chain, 1000 * (int64_t)HOUR_MS, &f.err), 0);
    creds_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_containers_token_file_goes_before_the_token),
        cmocka_unit_test(credentials_are_not_asked_of_strangers),
        cmocka_unit_test(nothing_found_says_what_was_tried),
        cmocka_unit_test(metadata_that_refuses_does_not_hide_what_else_was_tried),
        cmocka_unit_test(a_named_profile_that_is_not_there_ends_the_chain),
        cmocka_unit_test(a_profile_with_blanks_stands_in_quotes),
        cmocka_unit_test(a_profile_with_blanks_and_no_quotes_is_told),
        cmocka_unit_test(a_source_profile_with_blanks_and_no_quotes_is_told),
        cmocka_unit_test(utf_16_is_called_so),
        cmocka_unit_test(a_profile_that_is_written_as_in_the_other_file_is_told),
        cmocka_unit_test(credentials_are_refreshed_before_they_expire),
        cmocka_unit_test(credentials_that_are_gone_and_not_to_be_had_are_an_error),
        cmocka_unit_test(what_failed_from_the_beginning_is_not_tried_at_once_again),
        cmocka_unit_test(what_was_there_once_is_tried_at_every_call),
        cmocka_unit_test(work_that_takes_longer_than_the_credentials_is_told_before),
        cmocka_unit_test(keys_without_an_end_last_for_any_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
