/* The credentials chain beyond AWS's cases: who signs each hop, MFA, refreshing, what is said. */
#include "tests/test.h"

#include <stdio.h>
#include <sys/stat.h>

#include "aws/creds/chain.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/aws/fake_home.h"
#include "tests/aws/script_server.h"

enum { HOUR_MS = 3600 * 1000 };

#define NOW 1700000000000 /* 2023-11-14T22:13:20Z */

struct fixture {
    struct fake_home home;
    struct aws_profiles profiles;
    struct script_server *server;
    struct http_pool *http;
    struct creds_options o;
    struct creds_chain *chain;
    const struct aws_creds *creds;
    int64_t now_ms;
    struct clock clock;
    struct err err;
};

static int64_t now(void *ctx)
{
    return ((struct fixture *)ctx)->now_ms;
}

static void no_sleep(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)ms;
}

/* To the server, whatever host it was for. */
static int send_there(void *ctx, struct http_pool *pool, const struct http_request *request,
                      struct aws_reply *ret, enum retry_end *ret_end, struct err *err)
{
    struct fixture *f = ctx;
    struct http_request here = *request;
    CLEANUP(buf_release) struct buf url = {0};
    const char *host = strstr(request->url, "://") + 3;

    if (!f->server) {
        *ret_end = RETRY_NOT_SENT;
        return err_set(err, ERR_UNREACHABLE, "nobody answers");
    }
    buf_printf(&url, "%s%s", script_server_url(f->server), host + strcspn(host, "/"));
    here.url = buf_c(&url);
    return http_send(pool, &here, ret, ret_end, err);
}

static void begin(struct fixture *f, const char *config, const struct script_step *steps,
                  size_t count)
{
    *f = (struct fixture){.now_ms = NOW};
    f->clock = (struct clock){now, now, no_sleep, f};
    fake_home_make(&f->home, "/nonexistent");
    json_object_set_new(f->home.env, "HOME", json_string(f->home.root));
    assert_int_equal(
        aws_profiles_parse(&f->profiles, str_c(config), PROFILE_CONFIG, "config", &f->err), 0);
    if (count)
        f->server = script_server_start(steps, count);
    f->http = http_pool_new();
    f->o = (struct creds_options){.env = fake_home_env(&f->home),
                                  .profiles = &f->profiles,
                                  .profile = "default",
                                  .region = "eu-west-1",
                                  .sts_endpoint = "https://sts.eu-west-1.amazonaws.com",
                                  .http = f->http,
                                  .clock = &f->clock,
                                  .send = send_there,
                                  .send_ctx = f};
}

static void set_env(struct fixture *f, const char *name, const char *value)
{
    json_object_set_new(f->home.env, name, json_string(value));
}

static char *write_home(struct fixture *f, const char *name, const char *text)
{
    char *path = path_join(f->home.root, name), *dir = path_dir(path);

    assert_int_equal(file_mkdirs(dir, NULL), 0);
    assert_int_equal(file_write_atomic(path, str_c(text), 0600, NULL), 0);
    free(dir);
    return path;
}

static int get(struct fixture *f)
{
    if (!f->chain)
        f->chain = creds_chain_new(&f->o);
    return creds_chain_get(f->chain, &f->creds, &f->err);
}

static void end(struct fixture *f)
{
    creds_chain_free(f->chain);
    if (f->server)
        script_server_stop(f->server);
    http_pool_free(f->http);
    aws_profiles_release(&f->profiles);
    fake_home_remove(&f->home);
}

#define STS(key, secret, token, expiration)                                                        \
    "<R><Credentials><AccessKeyId>" key "</AccessKeyId><SecretAccessKey>" secret                   \
    "</SecretAccessKey><SessionToken>" token "</SessionToken><Expiration>" expiration              \
    "</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::222222222222:assumed-role/r/s"  \
    "</Arn></AssumedRoleUser></R>"

static void every_hop_is_signed_by_the_one_before(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = STS("ASIAB", "secretB", "tokenB", "2023-11-14T23:13:20Z")},
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")},
        {"200 OK", .body = STS("ASIAP", "secretP", "tokenP", "2023-11-14T23:13:20Z")}};
    struct fixture f;

    (void)state;
    begin(&f,
          "[profile a]\nrole_arn=arn:aws:iam::1:role/A\nsource_profile=b\nexternal_id=x 1\n"
          "duration_seconds=900\n"
          "[profile b]\nrole_arn=arn:aws:iam::1:role/B\nsource_profile=c\nrole_session_name=me\n"
          "[profile c]\naws_access_key_id=AKIAC\naws_secret_access_key=secretC\n",
          steps, 3);
    f.o.profile = "a";
    f.o.role_arn = "arn:aws:iam::2:role/path/promoter";
    if (get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_string_equal(f.creds->access_key, "ASIAP");
    assert_string_equal(f.creds->account, "222222222222");
    assert_string_equal(f.creds->source, "role promoter by role A by role B by profile c "
                                         "(static keys)");
    assert_contains(script_server_request(f.server, 0), "Credential=AKIAC/20231114/eu-west-1/sts/");
    assert_contains(script_server_request(f.server, 0),
                    "RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FB&RoleSessionName=me");
    assert_contains(script_server_request(f.server, 1), "Credential=ASIAB/");
    assert_contains(script_server_request(f.server, 1), "x-amz-security-token: tokenB\r\n");
    assert_contains(script_server_request(f.server, 1),
                    "RoleSessionName=smokegate-1700000000000&ExternalId=x%201&DurationSeconds=900");
    assert_contains(script_server_request(f.server, 2), "Credential=ASIAA/");
    assert_contains(script_server_request(f.server, 2), "role%2Fpath%2Fpromoter");
    end(&f);
}

/* ---- MFA ---- */

static bool type_code(void *ctx, const char *serial, char *out, size_t size)
{
    const char *code = ctx;

    assert_string_equal(serial, "arn:aws:iam::1:mfa/me");
    if (code)
        snprintf(out, size, "%s", code);
    return code != NULL;
}

#define MFA_CONFIG                                                                                 \
    "[default]\nrole_arn=arn:aws:iam::1:role/A\nsource_profile=b\n"                                \
    "mfa_serial=arn:aws:iam::1:mfa/me\n"                                                           \
    "[profile b]\naws_access_key_id=AKIAB\naws_secret_access_key=secretB\n"

static void the_user_is_asked_for_an_mfa_code(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")}};
    static char code[] = "123456";
    struct fixture f;

    (void)state;
    begin(&f, MFA_CONFIG, steps, 1);
    f.o.ask_mfa = type_code;
    f.o.ask_mfa_ctx = code;
    assert_int_equal(get(&f), 0);
    assert_contains(script_server_request(f.server, 0),
                    "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456");
    end(&f);
}

static void without_an_answer_the_message_names_the_device(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, MFA_CONFIG, NULL, 0);
    f.o.ask_mfa = type_code;
    assert_int_equal(get(&f), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text, "role arn:aws:iam::1:role/A: needs the code of the MFA device "
                                "arn:aws:iam::1:mfa/me");
    end(&f);
}

/* ---- the AWS CLI ---- */

/* A program called aws, first in PATH. */
static void fake_aws(struct fixture *f, const char *script)
{
    char *path = write_home(f, "bin/aws", script), *dir = path_dir(path);
    const char *old = getenv("PATH");
    struct buf all = {0};

    assert_int_equal(chmod(path, 0700), 0);
    buf_printf(&all, "%s:%s", dir, old ? old : "");
    setenv("PATH", buf_c(&all), 1);
    buf_release(&all);
    free(path);
    free(dir);
}

static void what_only_the_aws_cli_can_do_is_asked_of_it(void **state)
{
    static const char *const configs[] = {
        "[default]\nlogin_session=arn:aws:iam::1:user/me\n",
        MFA_CONFIG, /* nobody to ask: the CLI may hold a session */
    };
    char *old = mem_dup(getenv("PATH"));

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
        struct fixture f;

        begin(&f, configs[i], NULL, 0);
        fake_aws(&f, "#!/bin/sh\n"
                     "[ \"$*\" = 'configure export-credentials --profile default --format "
                     "process' ] || exit 9\n"
                     "echo '{\"Version\":1,\"AccessKeyId\":\"ASIACLI\",\"SecretAccessKey\":"
                     "\"secretcli\",\"SessionToken\":\"tokencli\",\"Expiration\":"
                     "\"2023-11-14T23:13:20+00:00\"}'\n");
        if (get(&f) < 0)
            fail_msg("%s", f.err.text);
        assert_string_equal(f.creds->access_key, "ASIACLI");
        assert_string_equal(f.creds->source, "profile default (by the AWS CLI)");
        assert_int_equal(f.creds->expires_ms, NOW + HOUR_MS);
        end(&f);
        setenv("PATH", old, 1);
    }
    free(old);
}

static void what_the_aws_cli_says_is_passed_on(void **state)
{
    char *old = mem_dup(getenv("PATH"));
    struct fixture f;

    (void)state;
    begin(&f, "[default]\nlogin_session=x\n", NULL, 0);
    fake_aws(&f, "#!/bin/sh\necho 'Your session has expired. Run aws login.' >&2\nexit 255\n");
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "aws configure export-credentials` (AWS CLI v2): exit code 255: "
                                "Your session has expired. Run aws login.");
    end(&f);
    setenv("PATH", old, 1);
    free(old);
}

static void an_aws_cli_that_cannot_do_it_is_called_too_old(void **state)
{
    char *old = mem_dup(getenv("PATH"));
    struct fixture f;

    (void)state;
    begin(&f, "[default]\nlogin_session=x\n", NULL, 0);
    /* What version 1 says: the reason, then its list of what there is. */
    fake_aws(&f, "#!/bin/sh\n"
                 "echo 'aws: error: argument subcommand: Invalid choice, valid choices are:' >&2\n"
                 "echo 'set | add-model' >&2\nexit 252\n");
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "(AWS CLI v2): the AWS CLI here is older than 2.9");
    end(&f);
    setenv("PATH", old, 1);
    free(old);
}

static void words_of_a_credential_process_are_split_as_in_a_shell(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f,
          "[default]\ncredential_process = printf '{\"Version\":1, %s:\"A%s\",%s}' "
          "\\\"AccessKeyId\\\" \"K $HOME;\" '\"SecretAccessKey\":\"s e c\"'\n",
          NULL, 0);
    if (get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_string_equal(f.creds->access_key, "AK $HOME;");
    assert_string_equal(f.creds->secret_key, "s e c");
    assert_int_equal(f.creds->expires_ms, 0);
    end(&f);
}

static void a_quote_that_is_not_closed_is_refused(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[default]\ncredential_process = echo 'oops\n", NULL, 0);
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "profile default, credential_process: a quote is not closed");
    end(&f);
}

/* ---- SSO ---- */

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
    struct fixture f;
    char *path;
    json_t *cache;
    struct stat st;

    (void)state;
    begin(&f, SSO_CONFIG, steps, 2);
    path = write_home(&f, SSO_CACHE,
                      "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00UTC\","
                      "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                      "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\","
                      "\"region\":\"eu-central-1\"}");
    if (get(&f) < 0)
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
    end(&f);
}

static void an_sso_login_that_is_over_says_what_to_run(void **state)
{
    static const struct script_step steps[] = {
        {"400 Bad Request", .body = "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}"}};
    struct fixture f;

    (void)state;
    begin(&f, SSO_CONFIG, steps, 1);
    free(write_home(&f, SSO_CACHE,
                    "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00Z\","
                    "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                    "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\"}"));
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "profile default: the SSO login has expired and was not refreshed: "
                                "SSO refresh: 400 invalid_grant");
    assert_contains(f.err.text, "run `aws sso login --profile default`");
    end(&f);
}

static void a_login_whose_registration_is_over_is_not_refreshed(void **state)
{
    static const struct script_step steps[] = {{"200 OK"}};
    struct fixture f;

    (void)state;
    begin(&f, SSO_CONFIG, steps, 1);
    free(write_home(&f, SSO_CACHE,
                    "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:00:00Z\","
                    "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                    "\"clientsecret\",\"registrationExpiresAt\":\"2023-11-14T22:13:20Z\"}"));
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "profile default: the SSO login has expired: run `aws sso login "
                                "--profile default`");
    assert_int_equal(script_server_requests(f.server), 0);
    end(&f);
}

static void a_login_that_ends_soon_is_refreshed_and_serves_if_it_cannot_be(void **state)
{
    static const struct script_step steps[] = {
        {"400 Bad Request", .body = "{\"error\":\"invalid_grant\"}"},
        {"200 OK", .body = ROLE_CREDENTIALS}};
    struct fixture f;

    (void)state;
    begin(&f, SSO_CONFIG, steps, 2);
    free(write_home(&f, SSO_CACHE, /* four minutes are left */
                    "{\"accessToken\":\"oldaccess\",\"expiresAt\":\"2023-11-14T22:17:20Z\","
                    "\"refreshToken\":\"oldrefresh\",\"clientId\":\"client\",\"clientSecret\":"
                    "\"clientsecret\",\"registrationExpiresAt\":\"2024-01-01T00:00:00Z\"}"));
    if (get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_contains(script_server_request(f.server, 0), "POST /token ");
    assert_contains(script_server_request(f.server, 1), "x-amz-sso_bearer_token: oldaccess\r\n");
    end(&f);
}

static void a_token_the_portal_refuses_says_what_to_run(void **state)
{
    static const struct script_step steps[] = {
        {"401 Unauthorized", "x-amzn-ErrorType: UnauthorizedException\r\n",
         "{\"message\":\"Session token not found or invalid\"}"}};
    struct fixture f;

    (void)state;
    begin(&f, SSO_CONFIG, steps, 1);
    free(write_home(&f, SSO_CACHE,
                    "{\"accessToken\":\"access\",\"expiresAt\":\"2023-11-15T22:00:00Z\"}"));
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "SSO: 401 UnauthorizedException: Session token not found or "
                                "invalid: run `aws sso login --profile default`");
    end(&f);
}

/* ---- containers and instances ---- */

static void a_containers_token_file_goes_before_the_token(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = "{\"AccessKeyId\":\"ASIAEKS\",\"SecretAccessKey\":\"secreteks\","
                           "\"Token\":\"tokeneks\",\"Expiration\":\"2023-11-14T23:13:20Z\"}"}};
    struct fixture f;
    char *path;

    (void)state;
    begin(&f, "", steps, 1);
    path = write_home(&f, "token", "filetoken\n");
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials?a=1");
    set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path);
    set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "othertoken");
    assert_int_equal(get(&f), 0);
    assert_string_equal(f.creds->session_token, "tokeneks");
    assert_contains(script_server_request(f.server, 0), "GET /v1/credentials?a=1 HTTP/1.1");
    assert_contains(script_server_request(f.server, 0), "authorization: filetoken\r\n");
    free(path);
    end(&f);
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
        struct fixture f;

        begin(&f, "", steps, 1);
        set_env(&f, "AWS_CONTAINER_CREDENTIALS_FULL_URI", urls[i]);
        set_env(&f, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");
        if (get(&f) == 0 || script_server_requests(f.server) != 0 ||
            !strstr(f.err.text, "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
            fail_msg("%s: %s", urls[i], f.err.text);
        end(&f);
    }
}

/* ---- what is said, and refreshing ---- */

static void nothing_found_says_what_was_tried(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "", NULL, 0);
    assert_int_equal(get(&f), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_string_equal(
        f.err.text,
        "no AWS credentials found. Tried environment: AWS_ACCESS_KEY_ID is not set; profile "
        "default: not found in any file (HOME is not set); web identity: "
        "AWS_WEB_IDENTITY_TOKEN_FILE is not set; container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI "
        "and _FULL_URI are not set; EC2 metadata: nobody answers");
    end(&f);
}

static void metadata_that_refuses_does_not_hide_what_else_was_tried(void **state)
{
    static const struct script_step steps[] = {{"403 Forbidden", .body = "denied destination"}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 1);
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "no AWS credentials found. Tried environment: AWS_ACCESS_KEY_ID is "
                                "not set; ");
    assert_contains(f.err.text, "; EC2 metadata: 403: denied destination (switched off on this "
                                "instance)");
    end(&f);
}

static void a_named_profile_that_is_not_there_ends_the_chain(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[profile stage]\nregion=x\n", NULL, 0);
    f.o.profile = "stgae";
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "credentials: profile stgae: not found");
    end(&f);
}

static void a_profile_that_is_written_as_in_the_other_file_is_told(void **state)
{
    static const char credentials[] = "[profile mine]\naws_access_key_id=A\n";
    struct fixture f;

    (void)state;
    begin(&f, "[stage]\nregion=x\n[profile good]\nregion=x\n", NULL, 0);
    assert_int_equal(aws_profiles_parse(&f.profiles, str_c(credentials), PROFILE_CREDENTIALS,
                                        "credentials", &f.err),
                     0);
    f.o.profile = "stage";
    f.o.profile_named = true;
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "; write [profile stage] in the config file, [stage] in the "
                                "credentials file");
    end(&f);
    begin(&f, "", NULL, 0);
    assert_int_equal(aws_profiles_parse(&f.profiles, str_c(credentials), PROFILE_CREDENTIALS,
                                        "credentials", &f.err),
                     0);
    f.o.profile = "mine";
    f.o.profile_named = true;
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "; write [profile mine]");
    end(&f);
}

#define INSTANCE(key, expiration)                                                                  \
    "{\"AccessKeyId\":\"" key "\",\"SecretAccessKey\":\"secret\",\"Token\":\"token\","             \
    "\"Expiration\":\"" expiration "\"}"

static void credentials_are_refreshed_before_they_expire(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")}, /* in 6 hours */
        {"500 Oops"},
        {"500 Oops"},
        {"500 Oops"},
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T10:13:20Z")}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 5);
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS - 16 * 60 * 1000;
    assert_int_equal(get(&f), 0);
    assert_int_equal(script_server_requests(f.server), 1);
    f.now_ms = NOW + 6 * HOUR_MS - 14 * 60 * 1000;
    assert_int_equal(get(&f), 0); /* not to be had just now, but the old ones still hold */
    assert_string_equal(f.creds->access_key, "ONE1");
    assert_int_equal(script_server_requests(f.server), 4);
    assert_int_equal(get(&f), 0); /* and not asked for again at once */
    assert_int_equal(script_server_requests(f.server), 4);
    f.now_ms += 61 * 1000;
    assert_int_equal(get(&f), 0);
    assert_string_equal(f.creds->access_key, "TWO2");
    end(&f);
}

static void credentials_that_are_gone_and_not_to_be_had_are_an_error(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")}, {"500 Oops"}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 2);
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS + 1;
    assert_int_equal(get(&f), -1);
    assert_contains(f.err.text, "credentials: container: 500");
    end(&f);
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
    struct fixture f;

    (void)state;
    begin(&f, MFA_CONFIG, NULL, 0);
    f.o.ask_mfa = nobody_types;
    times_asked = 0;
    for (int i = 0; i < 50; i++) {
        f.err = (struct err){0};
        assert_int_equal(get(&f), -1);
        assert_contains(f.err.text, "needs the code of the MFA device");
    }
    assert_int_equal(times_asked, 1);
    f.now_ms += 10 * 1000;
    f.err = (struct err){0};
    assert_int_equal(get(&f), -1);
    assert_int_equal(times_asked, 2);
    end(&f);
}

/* What is being taken back must not stop at a hiccup. */
static void what_was_there_once_is_tried_at_every_call(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")},
        {"403 No"},
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-16T04:13:20Z")}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 3);
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(get(&f), 0);
    f.now_ms = NOW + 6 * HOUR_MS + 1;
    assert_int_equal(get(&f), -1);
    f.err = (struct err){0};
    assert_int_equal(get(&f), 0);
    assert_string_equal(f.creds->access_key, "TWO2");
    end(&f);
}

static void work_that_takes_longer_than_the_credentials_is_told_before(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-14T23:13:20Z")}, /* in an hour */
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T00:13:20Z")},
        {"200 OK", .body = INSTANCE("THREE3", "2023-11-15T00:13:20Z")}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 3);
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    f.chain = creds_chain_new(&f.o);
    assert_int_equal(creds_chain_need(f.chain, HOUR_MS, &f.err), 0);
    assert_int_equal(script_server_requests(f.server), 1);
    assert_int_equal(creds_chain_need(f.chain, HOUR_MS + 1, &f.err), 0); /* newer ones do */
    assert_int_equal(script_server_requests(f.server), 2);
    assert_int_equal(creds_chain_need(f.chain, 3 * HOUR_MS, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text, "end in 7200 s, and what comes next may need them for 10800 s");
    assert_int_equal(script_server_requests(f.server), 3);
    end(&f);
}

static void keys_without_an_end_last_for_any_work(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, "[default]\naws_access_key_id = AK\naws_secret_access_key = secret\n", NULL, 0);
    f.chain = creds_chain_new(&f.o);
    assert_int_equal(creds_chain_need(f.chain, 1000 * (int64_t)HOUR_MS, &f.err), 0);
    end(&f);
}

static void sts_corrects_a_wrong_clock_too(void **state)
{
    static const struct script_step steps[] = {
        {"403 Forbidden", "Date: Wed, 15 Nov 2023 00:13:20 GMT\r\n",
         "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: x"
         "</Message></Error></ErrorResponse>"},
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-15T01:13:20Z")}};
    struct fixture f;

    (void)state;
    begin(&f, "", steps, 2);
    f.o.access_key = "AKIA";
    f.o.secret_key = "secret";
    f.o.role_arn = "arn:aws:iam::2:role/r";
    assert_int_equal(get(&f), 0);
    assert_contains(script_server_request(f.server, 1), "x-amz-date: 20231115T001320Z");
    end(&f);
}

#define REFUSED(code)                                                                              \
    {                                                                                              \
        "403 Forbidden", .body = "<ErrorResponse><Error><Code>" code "</Code><Message>no"          \
                                 "</Message></Error></ErrorResponse>"                              \
    }

/* Another chain that assumes a role with what f->chain finds. */
static struct creds_chain *role_by(struct fixture *f)
{
    struct creds_options o = f->o;

    o.role_arn = "arn:aws:iam::2:role/r";
    o.base = f->chain;
    return creds_chain_new(&o);
}

static void what_sts_refuses_before_its_end_is_fetched_anew_once(void **state)
{
    static const struct {
        struct script_step refused;
        bool anew;
    } rows[] = {
        {REFUSED("ExpiredToken"), true},         {REFUSED("ExpiredTokenException"), true},
        {REFUSED("InvalidClientTokenId"), true}, {REFUSED("UnrecognizedClientException"), true},
        {REFUSED("AccessDenied"), false},        {REFUSED("SignatureDoesNotMatch"), false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct script_step steps[] = {
            {"200 OK", .body = INSTANCE("OLD1", "2023-11-15T04:13:20Z")},
            rows[i].refused,
            {"200 OK", .body = INSTANCE("NEW1", "2023-11-15T04:13:20Z")},
            {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")}};
        struct creds_chain *role;
        struct fixture f;

        begin(&f, "", steps, ARRAY_LEN(steps));
        set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
        assert_int_equal(get(&f), 0);
        role = role_by(&f);
        assert_int_equal(creds_chain_get(role, &f.creds, &f.err), rows[i].anew ? 0 : -1);
        assert_int_equal(script_server_requests(f.server), rows[i].anew ? 4 : 2);
        if (rows[i].anew) {
            assert_contains(script_server_request(f.server, 3), "Credential=NEW1/");
            assert_string_equal(f.creds->access_key, "ASIAA");
        }
        creds_chain_free(role);
        end(&f);
    }
}

static void what_is_refused_again_is_not_fetched_all_the_time(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")},
        REFUSED("ExpiredToken"),
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T04:13:20Z")},
        REFUSED("InvalidClientTokenId"),
        REFUSED("InvalidClientTokenId"), /* of the next call: TWO2 are kept */
        REFUSED("InvalidClientTokenId"), /* a minute later */
        {"200 OK", .body = INSTANCE("THREE3", "2023-11-15T04:13:20Z")},
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")}};
    struct creds_chain *role;
    struct fixture f;

    (void)state;
    begin(&f, "", steps, ARRAY_LEN(steps));
    set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(get(&f), 0);
    role = role_by(&f);
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_string_equal(f.err.text, "credentials: role arn:aws:iam::2:role/r: STS: 403 "
                                    "InvalidClientTokenId: no");
    assert_int_equal(script_server_requests(f.server), 4);
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), -1); /* it never had any: just told */
    assert_int_equal(script_server_requests(f.server), 4);
    f.now_ms += 11 * 1000;
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), -1);
    assert_int_equal(script_server_requests(f.server), 5);
    f.now_ms += 61 * 1000;
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), 0);
    assert_int_equal(script_server_requests(f.server), 8);
    creds_chain_free(role);
    end(&f);
}

static void keys_without_an_end_are_not_fetched_anew(void **state)
{
    static const struct script_step steps[] = {REFUSED("InvalidClientTokenId")};
    struct creds_chain *role;
    struct fixture f;

    (void)state;
    begin(&f, "[default]\naws_access_key_id = AK\naws_secret_access_key = secret\n", steps, 1);
    assert_int_equal(get(&f), 0);
    role = role_by(&f);
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), -1);
    assert_int_equal(script_server_requests(f.server), 1);
    creds_chain_free(role);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hop_is_signed_by_the_one_before),
        cmocka_unit_test(the_user_is_asked_for_an_mfa_code),
        cmocka_unit_test(without_an_answer_the_message_names_the_device),
        cmocka_unit_test(what_only_the_aws_cli_can_do_is_asked_of_it),
        cmocka_unit_test(what_the_aws_cli_says_is_passed_on),
        cmocka_unit_test(an_aws_cli_that_cannot_do_it_is_called_too_old),
        cmocka_unit_test(words_of_a_credential_process_are_split_as_in_a_shell),
        cmocka_unit_test(a_quote_that_is_not_closed_is_refused),
        cmocka_unit_test(an_expired_sso_token_is_refreshed_and_kept),
        cmocka_unit_test(an_sso_login_that_is_over_says_what_to_run),
        cmocka_unit_test(a_token_the_portal_refuses_says_what_to_run),
        cmocka_unit_test(a_containers_token_file_goes_before_the_token),
        cmocka_unit_test(credentials_are_not_asked_of_strangers),
        cmocka_unit_test(nothing_found_says_what_was_tried),
        cmocka_unit_test(what_failed_from_the_beginning_is_not_tried_at_once_again),
        cmocka_unit_test(what_was_there_once_is_tried_at_every_call),
        cmocka_unit_test(metadata_that_refuses_does_not_hide_what_else_was_tried),
        cmocka_unit_test(a_profile_that_is_written_as_in_the_other_file_is_told),
        cmocka_unit_test(a_named_profile_that_is_not_there_ends_the_chain),
        cmocka_unit_test(credentials_are_refreshed_before_they_expire),
        cmocka_unit_test(credentials_that_are_gone_and_not_to_be_had_are_an_error),
        cmocka_unit_test(sts_corrects_a_wrong_clock_too),
        cmocka_unit_test(a_login_whose_registration_is_over_is_not_refreshed),
        cmocka_unit_test(a_login_that_ends_soon_is_refreshed_and_serves_if_it_cannot_be),
        cmocka_unit_test(work_that_takes_longer_than_the_credentials_is_told_before),
        cmocka_unit_test(keys_without_an_end_last_for_any_work),
        cmocka_unit_test(what_sts_refuses_before_its_end_is_fetched_anew_once),
        cmocka_unit_test(what_is_refused_again_is_not_fetched_all_the_time),
        cmocka_unit_test(keys_without_an_end_are_not_fetched_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
