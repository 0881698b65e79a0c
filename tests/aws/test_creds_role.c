/* Roles: who signs each hop, MFA, what STS refuses. */
#include "tests/aws/creds_fixture.h"

#include <stdio.h>

#include "tests/test.h"

static void every_hop_is_signed_by_the_one_before(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = STS("ASIAB", "secretB", "tokenB", "2023-11-14T23:13:20Z")},
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")},
        {"200 OK", .body = STS("ASIAP", "secretP", "tokenP", "2023-11-14T23:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(
        &f,
        "[profile a]\nrole_arn=arn:aws:iam::1:role/A\nsource_profile=b\nexternal_id=x 1\n"
        "duration_seconds=900\n"
        "[profile b]\nrole_arn=arn:aws:iam::1:role/B\nsource_profile=c\nrole_session_name=me\n"
        "[profile c]\naws_access_key_id=AKIAC\naws_secret_access_key=secretC\n",
        steps, 3);
    f.o.profile = "a";
    f.o.role_arn = "arn:aws:iam::2:role/path/promoter";
    if (creds_get(&f) < 0)
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
    creds_end(&f);
}

static bool type_code(void *ctx, const char *serial, char *out, size_t size)
{
    const char *code = ctx;

    assert_string_equal(serial, "arn:aws:iam::1:mfa/me");
    if (code)
        snprintf(out, size, "%s", code);
    return code != NULL;
}

static void the_user_is_asked_for_an_mfa_code(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-14T23:13:20Z")}};
    static char code[] = "123456";
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, MFA_CONFIG, steps, 1);
    f.o.ask_mfa = type_code;
    f.o.ask_mfa_ctx = code;
    assert_int_equal(creds_get(&f), 0);
    assert_contains(script_server_request(f.server, 0),
                    "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456");
    creds_end(&f);
}

static void without_an_answer_the_message_names_the_device(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, MFA_CONFIG, NULL, 0);
    f.o.ask_mfa = type_code;
    assert_int_equal(creds_get(&f), -1);
    assert_int_equal(f.err.kind, ERR_CREDENTIALS);
    assert_contains(f.err.text, "role arn:aws:iam::1:role/A: needs the code of the MFA device "
                                "arn:aws:iam::1:mfa/me");
    creds_end(&f);
}

static void sts_corrects_a_wrong_clock_too(void **state)
{
    static const struct script_step steps[] = {
        {"403 Forbidden", "Date: Wed, 15 Nov 2023 00:13:20 GMT\r\n",
         "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: x"
         "</Message></Error></ErrorResponse>"},
        {"200 OK", .body = STS("ASIAA", "secretA", "tokenA", "2023-11-15T01:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, 2);
    f.o.access_key = "AKIA";
    f.o.secret_key = "secret";
    f.o.role_arn = "arn:aws:iam::2:role/r";
    assert_int_equal(creds_get(&f), 0);
    assert_contains(script_server_request(f.server, 1), "x-amz-date: 20231115T001320Z");
    creds_end(&f);
}

#define REFUSED(code)                                                                              \
    {                                                                                              \
        "403 Forbidden", .body = "<ErrorResponse><Error><Code>" code "</Code><Message>no"          \
                                 "</Message></Error></ErrorResponse>"                              \
    }

/* Another chain that assumes a role with what f->chain finds. */
static struct creds_chain *role_by(struct creds_fixture *f)
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
        struct creds_fixture f;

        creds_begin(&f, "", steps, ARRAY_LEN(steps));
        creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
        assert_int_equal(creds_get(&f), 0);
        role = role_by(&f);
        assert_int_equal(creds_chain_get(role, &f.creds, &f.err), rows[i].anew ? 0 : -1);
        assert_int_equal(script_server_requests(f.server), rows[i].anew ? 4 : 2);
        if (rows[i].anew) {
            assert_contains(script_server_request(f.server, 3), "Credential=NEW1/");
            assert_string_equal(f.creds->access_key, "ASIAA");
        }
        creds_chain_free(role);
        creds_end(&f);
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
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, ARRAY_LEN(steps));
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), 0);
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
    creds_end(&f);
}

static void a_clock_that_is_set_back_keeps_nothing_refused(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK", .body = INSTANCE("ONE1", "2023-11-15T04:13:20Z")},
        {"200 OK", .body = INSTANCE("TWO2", "2023-11-15T04:13:20Z")},
        {"200 OK", .body = INSTANCE("THREE3", "2023-11-15T04:13:20Z")}};
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "", steps, ARRAY_LEN(steps));
    creds_set_env(&f, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    assert_int_equal(creds_get(&f), 0);
    assert_true(creds_chain_expire(f.chain, creds_chain_generation(f.chain)));
    assert_int_equal(creds_get(&f), 0);
    assert_string_equal(f.creds->access_key, "TWO2");
    assert_false(creds_chain_expire(f.chain, creds_chain_generation(f.chain)));
    f.set_back_ms = 3600 * 1000;
    f.now_ms += 61 * 1000;
    assert_true(creds_chain_expire(f.chain, creds_chain_generation(f.chain)));
    assert_int_equal(creds_get(&f), 0);
    assert_string_equal(f.creds->access_key, "THREE3");
    creds_end(&f);
}

static void keys_without_an_end_are_not_fetched_anew(void **state)
{
    static const struct script_step steps[] = {REFUSED("InvalidClientTokenId")};
    struct creds_chain *role;
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[default]\naws_access_key_id = AK\naws_secret_access_key = secret\n", steps,
                1);
    assert_int_equal(creds_get(&f), 0);
    role = role_by(&f);
    assert_int_equal(creds_chain_get(role, &f.creds, &f.err), -1);
    assert_int_equal(script_server_requests(f.server), 1);
    creds_chain_free(role);
    creds_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hop_is_signed_by_the_one_before),
        cmocka_unit_test(the_user_is_asked_for_an_mfa_code),
        cmocka_unit_test(without_an_answer_the_message_names_the_device),
        cmocka_unit_test(sts_corrects_a_wrong_clock_too),
        cmocka_unit_test(what_sts_refuses_before_its_end_is_fetched_anew_once),
        cmocka_unit_test(what_is_refused_again_is_not_fetched_all_the_time),
        cmocka_unit_test(a_clock_that_is_set_back_keeps_nothing_refused),
        cmocka_unit_test(keys_without_an_end_are_not_fetched_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
