/* Clients of one pool that ask for credentials the same way ask once, and those who do not do not.
 */
#include "tests/test.h"

#include <stdio.h>

#include "aws/client.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/aws/script_server.h"

#define ISSUED(key)                                                                                \
    {                                                                                              \
        "200 OK", .body =                                                                          \
                      "<R><Credentials><AccessKeyId>" key "</AccessKeyId><SecretAccessKey>secret"  \
                      "</SecretAccessKey><SessionToken>token</SessionToken><Expiration>"           \
                      "2100-01-01T00:00:00Z</Expiration></Credentials></R>"                        \
    }

#define CONFIG                                                                                     \
    "[profile who]\nrole_arn = arn:aws:iam::1:role/base\nsource_profile = keys\n"                  \
    "mfa_serial = arn:aws:iam::1:mfa/me\n"                                                         \
    "[profile other]\nrole_arn = arn:aws:iam::1:role/base\nsource_profile = keys\n"                \
    "[profile keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = secret\n"

struct fixture {
    struct script_server *server;
    struct aws_pool *pool;
    char folder[64], *config;
    int asked;
    int64_t typing_ms, passed_ms; /* how long a code takes */
    struct clock clock;
    struct err err;
};

static const char *look_up(void *ctx, const char *name)
{
    const struct fixture *f = ctx;

    if (strcmp(name, "AWS_CONFIG_FILE") == 0)
        return f->config;
    return strcmp(name, "AWS_ENDPOINT_URL") == 0 ? script_server_url(f->server) : NULL;
}

static bool type_code(void *ctx, const char *serial, char *out, size_t size)
{
    struct fixture *f = ctx;

    assert_string_equal(serial, "arn:aws:iam::1:mfa/me");
    f->asked++;
    f->passed_ms += f->typing_ms;
    snprintf(out, size, "12345%d", f->asked);
    return true;
}

static int64_t mono(void *ctx)
{
    return clock_mono(&clock_system) + ((struct fixture *)ctx)->passed_ms;
}

static int64_t wall(void *ctx)
{
    return clock_wall(&clock_system) + ((struct fixture *)ctx)->passed_ms;
}

static void no_sleep(void *ctx, int64_t ms)
{
    ((struct fixture *)ctx)->passed_ms += ms;
}

static void begin(struct fixture *f, const struct script_step *steps, size_t count)
{
    snprintf(f->folder, sizeof(f->folder), "%s", "/tmp/smokegate-provider-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->config = path_join(f->folder, "config");
    assert_int_equal(file_write_atomic(f->config, STR(CONFIG), 0600, NULL), 0);
    f->server = script_server_start(steps, count);
    f->clock = (struct clock){mono, wall, no_sleep, f};
    f->pool = aws_pool_new();
}

static struct aws_client *client(struct fixture *f, const char *profile, const char *region,
                                 const char *role)
{
    const struct aws_client_options o = {.env = {look_up, f},
                                         .pool = f->pool,
                                         .profile = profile,
                                         .region = region,
                                         .role_arn = role,
                                         .clock = &f->clock,
                                         .ask_mfa = type_code,
                                         .ask_mfa_ctx = f};
    struct aws_client *c = NULL;

    if (aws_client_new(&c, &o, &f->err) < 0)
        fail_msg("%s", f->err.text);
    return c;
}

/* One read; the key it was signed with is in the last request. */
static void ask(struct fixture *f, struct aws_client *c, const char *key)
{
    struct aws_request r;
    struct aws_reply reply = {0};
    char want[64];

    aws_request_init(&r, "lambda", "GetFunction", "GET", AWS_READS);
    aws_request_path(&r, "/2015-03-31/functions/f");
    if (aws_call(c, &r, &reply, &f->err) < 0)
        fail_msg("%s", f->err.text);
    snprintf(want, sizeof(want), "Credential=%s/", key);
    assert_contains(script_server_request(f->server, script_server_requests(f->server) - 1), want);
    aws_reply_release(&reply);
    aws_request_release(&r);
}

static void end(struct fixture *f)
{
    aws_pool_free(f->pool);
    script_server_stop(f->server);
    assert_int_equal(file_remove_tree(f->folder, NULL), 0);
    free(f->config);
}

static void a_profile_is_asked_once_for_all_environments(void **state)
{
    static const struct script_step steps[] = {ISSUED("ASIABASE"), {"200 OK"}, {"200 OK"},
                                               ISSUED("ASIAPROD"), {"200 OK"}, {"200 OK"}};
    struct fixture f = {0};
    struct aws_client *stage, *prod, *elsewhere;

    (void)state;
    begin(&f, steps, ARRAY_LEN(steps));
    stage = client(&f, "who", "eu-west-1", NULL);
    elsewhere = client(&f, "who", "us-east-1", NULL);
    prod = client(&f, "who", "eu-west-1", "arn:aws:iam::2:role/promoter");
    ask(&f, stage, "ASIABASE");
    ask(&f, elsewhere, "ASIABASE");
    ask(&f, prod, "ASIAPROD"); /* its role on top, by the credentials that are there */
    assert_contains(script_server_request(f.server, 3), "Credential=ASIABASE/");
    assert_contains(script_server_request(f.server, 3), "role%2Fpromoter");
    assert_string_equal(aws_client_credentials_source(prod),
                        "role promoter by role base by profile keys (static keys)");
    aws_client_free(stage); /* whoever came first may go first */
    aws_client_free(prod);
    ask(&f, elsewhere, "ASIABASE");
    assert_int_equal(f.asked, 1);
    assert_int_equal(script_server_requests(f.server), 6);
    aws_client_free(elsewhere);
    end(&f);
}

static void another_profile_is_somebody_else(void **state)
{
    static const struct script_step steps[] = {
        ISSUED("ASIAWHO1"), {"200 OK"}, ISSUED("ASIAOTHER"), {"200 OK"}};
    struct fixture f = {0};
    struct aws_client *who, *other;

    (void)state;
    begin(&f, steps, ARRAY_LEN(steps));
    who = client(&f, "who", "eu-west-1", NULL);
    other = client(&f, "other", "eu-west-1", NULL);
    ask(&f, who, "ASIAWHO1");
    ask(&f, other, "ASIAOTHER");
    aws_client_free(who);
    aws_client_free(other);
    end(&f);
}

static void who_looks_for_a_device_has_all_the_time(void **state)
{
    static const struct script_step steps[] = {ISSUED("ASIABASE"), ISSUED("ASIAPROD"), {"200 OK"}};

    (void)state;
    for (int i = 0; i < 2; i++) { /* of the client's own credentials, and of those it builds on */
        struct fixture f = {.typing_ms = 300000};
        struct aws_client *c;

        begin(&f, i ? steps : steps + 1, i ? 3 : 2);
        c = client(&f, "who", "eu-west-1", i ? "arn:aws:iam::2:role/promoter" : NULL);
        ask(&f, c, "ASIAPROD");
        assert_int_equal(f.asked, 1);
        aws_client_free(c);
        end(&f);
    }
}

static void so_has_who_is_asked_in_the_middle_of_a_call(void **state)
{
    static const struct script_step steps[] = {
        ISSUED("ASIAONE1"),
        {"403 Forbidden", "x-amzn-ErrorType: ExpiredTokenException\r\n"},
        ISSUED("ASIATWO2"),
        {"503 Service Unavailable"},
        {"200 OK"}};
    struct fixture f = {.typing_ms = 300000};
    struct aws_client *c;

    (void)state;
    begin(&f, steps, ARRAY_LEN(steps));
    c = client(&f, "who", "eu-west-1", NULL);
    ask(&f, c, "ASIATWO2");
    assert_int_equal(f.asked, 2);
    assert_int_equal(script_server_requests(f.server), 5);
    aws_client_free(c);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_is_asked_once_for_all_environments),
        cmocka_unit_test(another_profile_is_somebody_else),
        cmocka_unit_test(who_looks_for_a_device_has_all_the_time),
        cmocka_unit_test(so_has_who_is_asked_in_the_middle_of_a_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
