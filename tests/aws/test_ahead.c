/* Requests sent side by side before they are asked for. */
#include "tests/test.h"

#include "tests/aws/call_fixture.h"

static void what_is_sent_ahead_is_the_first_attempt_of_the_call(void **state)
{
    static const struct script_step steps[] = {{"200 OK", NULL, "one", .close = true}};
    struct fixture f = {0};
    struct aws_request requests[3];

    (void)state;
    BEGIN(&f, steps);
    fixture_ask_many(&f, requests, 3, AWS_READS);
    aws_client_ahead(f.client, requests, 3);
    assert_int_equal(script_server_requests(f.server), 3);
    for (int i = 2; i >= 0; i--) { /* in whatever order */
        assert_int_equal(aws_call(f.client, &requests[i], &f.reply, &f.err), 0);
        assert_string_equal(buf_c(&f.reply.body), "one");
        assert_int_equal(f.reply.attempts, 1);
        aws_reply_release(&f.reply);
    }
    assert_int_equal(script_server_requests(f.server), 3);
    assert_int_equal(aws_call(f.client, &requests[0], &f.reply, &f.err), 0); /* once only */
    aws_reply_release(&f.reply);
    assert_int_equal(script_server_requests(f.server), 4);
    aws_client_ahead(f.client, requests, 3);
    aws_client_ahead_end(f.client);
    assert_int_equal(aws_call(f.client, &requests[1], &f.reply, &f.err), 0); /* forgotten */
    assert_int_equal(script_server_requests(f.server), 8);
    for (size_t i = 0; i < 3; i++)
        aws_request_release(&requests[i]);
    fixture_end(&f);
}

static void a_first_attempt_made_ahead_is_judged_like_any(void **state)
{
    static const struct {
        struct script_step step;
        enum aws_effect effect;
        enum err_kind kind; /* of both calls */
        size_t requests;    /* after both of them */
    } rows[] = {
        {{"503 Unavailable", .close = true}, AWS_READS, ERR_SERVICE, 10},
        {{"503 Unavailable", .close = true}, AWS_CHANGES, ERR_UNKNOWN, 2},
        {{NULL}, AWS_CHANGES, ERR_UNKNOWN, 2},
        {{"429 Slow", "x-amzn-ErrorType: TooManyRequestsException\r\n", .close = true},
         AWS_CHANGES,
         ERR_THROTTLED,
         10},
        {{"412 No", "x-amzn-ErrorType: PreconditionFailedException\r\n", .close = true},
         AWS_CHANGES,
         ERR_PRECONDITION,
         2},
        {{"404 No", "x-amzn-ErrorType: ResourceNotFoundException\r\n", .close = true},
         AWS_READS,
         ERR_NOT_FOUND,
         2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {0};
        struct aws_request requests[2];

        fixture_begin(&f, &rows[i].step, 1);
        fixture_ask_many(&f, requests, 2, rows[i].effect);
        aws_client_ahead(f.client, requests, 2);
        assert_int_equal(script_server_requests(f.server), 2);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(aws_call(f.client, &requests[k], &f.reply, &f.err), -1);
            assert_int_equal(f.err.kind, rows[i].kind);
            aws_request_release(&requests[k]);
        }
        assert_int_equal(script_server_requests(f.server), rows[i].requests);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_ahead_is_the_first_attempt_of_the_call),
        cmocka_unit_test(a_first_attempt_made_ahead_is_judged_like_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
