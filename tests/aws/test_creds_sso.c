/* SSO logins: their tokens, refreshed and kept, and what to run when they are over. */
#include "tests/aws/creds_fixture.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

#define SSO_CONFIG                                                                                 \
    "[default]\nsso_session=dev\nsso_account_id=333333333333\nsso_role_name=Deployer\n"            \
    "[sso-session dev]\nsso_region=eu-central-1\nsso_start_url=https://d-1.awsapps.com/start\n"

/* sha1("dev") */
#define SSO_CACHE ".aws/sso/cache/34c6fceca75e456f25e7e99531e2425c6c1de443.json"

#define ROLE_CREDENTIALS                                                                           \
    "{\"roleCredentials\":{\"accessKeyId\":\"ASIASSO\",\"secretAccessKey\":\"secretsso\","         \
    "\"sessionToken\":\"tokensso\",\"expiration\":1700003600000}}"

static void an_expired_sso_token_is_refreshed_and_kept(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"accessToken\":\"newaccess\",\"expiresIn\":28800,\"refreshToken\":"
                           "\"newrefresh\",\"tokenType\":\"Bearer\"}"},
        {"200 OK", .body = ROLE_CREDENTIALS}};
    struct creds_fixture f;
    char *path;
    json_t *cache;
    struct stat st;

    (void)state;
    creds_begin(&f, SSO_CONFIG, steps, 2);
    path =
        creds_write_home(&f, SSO_CACHE,
                         "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00UTC\","
                         "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                         "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\","
                         "\"region\":\"eu-central-1\"}");
    if (creds_get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_string_equal(f.creds->access_key, "ASIASSO");
    assert_string_equal(f.creds->account, "333333333333");
    assert_string_equal(f.creds->source, "profile default (SSO role Deployer)");
    assert_contains(script_server_request(f.server, 0), "POST /token HTTP/1.1");
    assert_contains(script_server_request(f.server, 0), "\"refreshToken\":\"oldrefresh\"");
    assert_contains(script_server_request(f.server, 0), "\"grantType\":\"refresh_token\"");
    assert_contains(script_server_request(f.server, 1), "x-amz-sso_bearer_token: newaccess\r\n");
    cache = json_load_file(path, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(cache, "accessToken")), "newaccess");
    assert_string_equal(json_string_value(json_object_get(cache, "refreshToken")), "newrefresh");
    assert_string_equal(json_string_value(json_object_get(cache, "expiresAt")),
                        "2023-11-15T06:13:20Z");
    assert_string_equal(json_string_value(json_object_get(cache, "clientId")), "client");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    json_decref(cache);
    free(path);
    creds_end(&f);
}

static void an_sso_login_that_is_over_says_what_to_run(void **state)
{
    static const struct script_step steps[] = {
        {"400 Bad Request", .body = "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}"}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, SSO_CONFIG, steps, 1);
    free(
        creds_write_home(&f, SSO_CACHE,
                         "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00Z\","
                         "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                         "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\"}"));
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "profile default: the SSO login has expired and was not refreshed: "
                                "SSO refresh: 400 invalid_grant");
    assert_contains(f.err.text, "run `aws sso login --profile default`");
    creds_end(&f);
}

static void a_login_whose_registration_is_over_is_not_refreshed(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, SSO_CONFIG, steps, 1);
    free(
        creds_write_home(&f, SSO_CACHE,
                         "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00Z\","
                         "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                         "\"clientsecret\",\"registrationExpiresAt\":\"2023-11-14T22:13:20Z\"}"));
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "profile default: the SSO login has expired: run `aws sso login "
                                "--profile default`");
    assert_int_equal(script_server_requests(f.server), 0);
    creds_end(&f);
}

static void a_login_that_ends_soon_is_refreshed_and_serves_if_it_cannot_be(void **state)
{
    static const struct script_step steps[] = {
        {"400 Bad Request", .body = "{\"error\":\"invalid_grant\"}"},
        {"200 OK", .body = ROLE_CREDENTIALS}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, SSO_CONFIG, steps, 2);
    free(
        creds_write_home(&f, SSO_CACHE, /* four minutes are left */
                         "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:17:20Z\","
                         "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                         "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\"}"));
    if (creds_get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_contains(script_server_request(f.server, 0), "POST /token ");
    assert_contains(script_server_request(f.server, 1), "x-amz-sso_bearer_token: oldaccess\r\n");
    creds_end(&f);
}

static void a_token_the_portal_refuses_says_what_to_run(void **state)
{
    static const struct script_step steps[] = {
        {"401 Unauthorized", "x-amzn-ErrorType: UnauthorizedException\r\n",
         "{\"message\":\"Session token not found or invalid\"}"}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, SSO_CONFIG, steps, 1);
    free(creds_write_home(&f, SSO_CACHE,
                          "{\"accessToken\":\"access\",\"expiresAt\":\"2023-11-15T22:00:00Z\"}"));
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "SSO: 401 UnauthorizedException: Session token not found or "
                                "invalid: run `aws sso login --profile default`");
    creds_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expired_sso_token_is_refreshed_and_kept),
        cmocka_unit_test(an_sso_login_that_is_over_says_what_to_run),
        cmocka_unit_test(a_login_whose_registration_is_over_is_not_refreshed),
        cmocka_unit_test(a_login_that_ends_soon_is_refreshed_and_serves_if_it_cannot_be),
        cmocka_unit_test(a_token_the_portal_refuses_says_what_to_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
