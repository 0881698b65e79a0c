/* What other programs know: the AWS CLI, credential_process. */
#include "tests/aws/creds_fixture.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/test.h"

/* A program called aws, first in PATH. */
static void fake_aws(struct creds_fixture *f, const char *script)
{
    char *path = creds_write_home(f, "bin/aws", script), *dir = path_dir(path);
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
        struct creds_fixture f;

        creds_begin(&f, configs[i], NULL, 0);
        fake_aws(&f, "#!/bin/sh\n"
                     "[ \"$*\" = 'configure export-credentials --profile default --format "
                     "process' ] || exit 9\n"
                     "echo '{\"Version\":1,\"AccessKeyId\":\"ASIACLI\",\"SecretAccessKey\":"
                     "\"secretcli\",\"SessionToken\":\"tokencli\",\"Expiration\":"
                     "\"2023-11-14T23:13:20+00:00\"}'\n");
        if (creds_get(&f) < 0)
            fail_msg("%s", f.err.text);
        assert_string_equal(f.creds->access_key, "ASIACLI");
        assert_string_equal(f.creds->source, "profile default (by the AWS CLI)");
        assert_int_equal(f.creds->expires_ms, NOW + HOUR_MS);
        creds_end(&f);
        setenv("PATH", old, 1);
    }
    free(old);
}

static void what_the_aws_cli_says_is_passed_on(void **state)
{
    char *old = mem_dup(getenv("PATH"));
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[default]\nlogin_session=x\n", NULL, 0);
    fake_aws(&f, "#!/bin/sh\necho 'Your session has expired. Run aws login.' >&2\nexit 255\n");
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "aws configure export-credentials` (AWS CLI v2): exit code 255: "
                                "Your session has expired. Run aws login.");
    creds_end(&f);
    setenv("PATH", old, 1);
    free(old);
}

static void an_aws_cli_that_cannot_do_it_is_called_too_old(void **state)
{
    char *old = mem_dup(getenv("PATH"));
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[default]\nlogin_session=x\n", NULL, 0);
    /* What version 1 says: the reason, then its list of what there is. */
    fake_aws(&f, "#!/bin/sh\n"
                 "echo 'aws: error: argument subcommand: Invalid choice, valid choices are:' >&2\n"
                 "echo 'set | add-model' >&2\nexit 252\n");
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "(AWS CLI v2): the AWS CLI here is older than 2.9");
    creds_end(&f);
    setenv("PATH", old, 1);
    free(old);
}

static void words_of_a_credential_process_are_split_as_in_a_shell(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f,
                "[default]\ncredential_process = printf '{\"Version\":1, %s:\"A%s\",%s}' "
                "\\\"AccessKeyId\\\" \"K $HOME;\" '\"SecretAccessKey\":\"s e c\"'\n",
                NULL, 0);
    if (creds_get(&f) < 0)
        fail_msg("%s", f.err.text);
    assert_string_equal(f.creds->access_key, "AK $HOME;");
    assert_string_equal(f.creds->secret_key, "s e c");
    assert_int_equal(f.creds->expires_ms, 0);
    creds_end(&f);
}

static void a_quote_that_is_not_closed_is_refused(void **state)
{
    struct creds_fixture f;

    (void)state;
    creds_begin(&f, "[default]\ncredential_process = echo 'oops\n", NULL, 0);
    assert_int_equal(creds_get(&f), -1);
    assert_contains(f.err.text, "profile default, credential_process: a quote is not closed");
    creds_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_the_aws_cli_can_do_is_asked_of_it),
        cmocka_unit_test(what_the_aws_cli_says_is_passed_on),
        cmocka_unit_test(an_aws_cli_that_cannot_do_it_is_called_too_old),
        cmocka_unit_test(words_of_a_credential_process_are_split_as_in_a_shell),
        cmocka_unit_test(a_quote_that_is_not_closed_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
