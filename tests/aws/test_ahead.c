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

/* A client that may send two at once, and then one a second. */
static void begin_slowly(struct fixture *f, const struct script_step *step)
{
    fixture_clock(f);
    f->server = script_server_start(step, 1);

    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f->server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .clock = &f->clock,
                                         .rate = 1,
                                         .seed = 7};

    assert_int_equal(aws_client_new(&f->client, &o, &f->err), 0);
}

static void ask_slowly(struct fixture *f, struct aws_request *requests, size_t count,
                       int64_t timeout_ms)
{
    fixture_ask_many(f, requests, count, AWS_READS);
    for (size_t i = 0; i < count; i++) {
        requests[i].quota = AWS_QUOTA_CONTROL;
        requests[i].timeout_ms = timeout_ms;
    }
}

static void half_of_a_calls_time_may_pass_before_it_is_sent_ahead(void **state)
{
    static const struct script_step step = {"200 OK", .close = true};
    struct fixture f = {0};
    struct aws_request requests[12];
    size_t ahead;

    (void)state;
    begin_slowly(&f, &step);
    ask_slowly(&f, requests, ARRAY_LEN(requests), 9000);
    aws_client_ahead(f.client, requests, ARRAY_LEN(requests));
    ahead = script_server_requests(f.server);
    assert_in_range(ahead, 5, 7); /* two, and four more in four and a half seconds */
    assert_in_range(f.time.slept_ms, 2500, 6000);
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        assert_int_equal(aws_call(f.client, &requests[i], &f.reply, &f.err), 0);
        aws_reply_release(&f.reply);
        aws_request_release(&requests[i]);
        if (i < ahead)
            assert_int_equal(script_server_requests(f.server), ahead);
    }
    assert_int_equal(script_server_requests(f.server), ARRAY_LEN(requests));
    fixture_end(&f);
}

static void waiting_to_be_sent_ahead_is_of_the_calls_time(void **state)
{
    /* Ten seconds each: the first has them all for another attempt, the last waited for three. */
    static const struct script_step step = {"503 Unavailable", "Retry-After: 8\r\n", .close = true};
    static const struct {
        size_t which, attempts;
    } rows[] = {{0, 2}, {4, 1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {0};
        struct aws_request requests[5];

        begin_slowly(&f, &step);
        ask_slowly(&f, requests, ARRAY_LEN(requests), 10000);
        aws_client_ahead(f.client, requests, ARRAY_LEN(requests));
        assert_int_equal(script_server_requests(f.server), ARRAY_LEN(requests));
        assert_int_equal(aws_call(f.client, &requests[rows[i].which], &f.reply, &f.err), -1);
        assert_int_equal(f.err.kind, ERR_SERVICE);
        assert_int_equal(script_server_requests(f.server),
                         ARRAY_LEN(requests) + rows[i].attempts - 1);
        for (size_t k = 0; k < ARRAY_LEN(requests); k++)
            aws_request_release(&requests[k]);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_ahead_is_the_first_attempt_of_the_call),
        cmocka_unit_test(a_first_attempt_made_ahead_is_judged_like_any),
        cmocka_unit_test(half_of_a_calls_time_may_pass_before_it_is_sent_ahead),
        cmocka_unit_test(waiting_to_be_sent_ahead_is_of_the_calls_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
