/* What an error of a service means: its kind, which the exit code and promote's decisions hang on.
 */
#include "tests/test.h"

#include <stdio.h>

#include "aws/error.h"
#include "base/secret.h"

static void every_no_has_its_kind(void **state)
{
    static const struct {
        int status;
        const char *type;
        enum err_kind reads, changes, invokes;
    } rows[] = {
        {400, "ValidationException", ERR_REFUSED, ERR_REFUSED, ERR_REFUSED},
        {401, "", ERR_DENIED, ERR_DENIED, ERR_DENIED},
        {403, "AccessDeniedException", ERR_DENIED, ERR_DENIED, ERR_DENIED},
        {403, "UnrecognizedClientException", ERR_CREDENTIALS, ERR_CREDENTIALS, ERR_CREDENTIALS},
        {403, "InvalidSignatureException", ERR_CREDENTIALS, ERR_CREDENTIALS, ERR_CREDENTIALS},
        {403, "ExpiredTokenException", ERR_CREDENTIALS, ERR_CREDENTIALS, ERR_CREDENTIALS},
        {403, "InvalidClientTokenId", ERR_CREDENTIALS, ERR_CREDENTIALS, ERR_CREDENTIALS},
        {404, "ResourceNotFoundException", ERR_NOT_FOUND, ERR_NOT_FOUND, ERR_NOT_FOUND},
        {409, "ResourceConflictException", ERR_CONFLICT, ERR_CONFLICT, ERR_CONFLICT},
        {412, "PreconditionFailedException", ERR_PRECONDITION, ERR_PRECONDITION, ERR_PRECONDITION},
        {413, "RequestTooLargeException", ERR_REFUSED, ERR_REFUSED, ERR_REFUSED},
        {429, "", ERR_THROTTLED, ERR_THROTTLED, ERR_THROTTLED},
        {502, "EC2ThrottledException", ERR_THROTTLED, ERR_THROTTLED, ERR_THROTTLED},
        {500, "ServiceException", ERR_SERVICE, ERR_UNKNOWN, ERR_UNKNOWN},
        {503, "", ERR_SERVICE, ERR_UNKNOWN, ERR_UNKNOWN},
        {408, "", ERR_SERVICE, ERR_UNKNOWN, ERR_UNKNOWN},
        /* Lambda says why it could not run the function: so it did not. */
        {502, "EC2UnexpectedException", ERR_SERVICE, ERR_UNKNOWN, ERR_SERVICE},
        {502, "ENILimitReachedException", ERR_SERVICE, ERR_UNKNOWN, ERR_SERVICE},
        {408, "SnapStartTimeoutException", ERR_SERVICE, ERR_UNKNOWN, ERR_SERVICE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error e = {.status = rows[i].status};

        snprintf(e.type, sizeof(e.type), "%s", rows[i].type);
        if (aws_error_kind(&e, AWS_READS) != rows[i].reads ||
            aws_error_kind(&e, AWS_CHANGES) != rows[i].changes ||
            aws_error_kind(&e, AWS_INVOKES) != rows[i].invokes)
            fail_msg("%d %s", rows[i].status, rows[i].type);
    }
}

static void what_is_denied_names_the_permission(void **state)
{
    static const struct {
        const char *service, *operation, *resource, *want;
    } rows[] = {
        {"lambda", "UpdateAlias", "orders", "; needs lambda:UpdateAlias on orders"},
        {"lambda", "InvokeWithResponseStream", "orders", "; needs lambda:InvokeFunction on orders"},
        {"monitoring", "DescribeAlarms", "", "; needs cloudwatch:DescribeAlarms"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error e = {.status = 403, .type = "AccessDeniedException", .message = "no"};
        struct err err = {0};

        snprintf(e.service, sizeof(e.service), "%s", rows[i].service);
        snprintf(e.operation, sizeof(e.operation), "%s", rows[i].operation);
        snprintf(e.resource, sizeof(e.resource), "%s", rows[i].resource);
        assert_int_equal(aws_error_to_err(&e, AWS_READS, &err), -1);
        assert_contains(err.text, rows[i].want);
    }
}

/* Lambda quotes all of an environment that is too large. */
static void a_long_message_is_not_cut_within_a_secret(void **state)
{
    (void)state;
    secret_add(STR("the-secret-that-nobody-is-to-see"));
    for (size_t before = sizeof(((struct aws_error *)0)->message) - 40, i = 0; i < 40; i++) {
        CLEANUP(buf_release) struct buf body = {0};
        struct aws_error e = {.status = 400};

        buf_printf(&body, "{\"message\":\"%0*d the-secret-that-nobody-is-to-see and more of it\"}",
                   (int)(before + i), 1);
        aws_error_read(&e, 400, STR("InvalidParameterValueException"), buf_str(&body));
        assert_null(strstr(e.message, "the"));
        assert_in_range(strlen(e.message), sizeof(e.message) - 40, sizeof(e.message) - 1);
    }
    secret_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_no_has_its_kind),
        cmocka_unit_test(what_is_denied_names_the_permission),
        cmocka_unit_test(a_long_message_is_not_cut_within_a_secret),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
