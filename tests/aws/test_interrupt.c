/* An interrupt ends waiting and reads; what became of a change is waited for. */
#include "tests/test.h"

#include "tests/aws/call_fixture.h"

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

static void an_interrupt_ends_the_waiting(void **state)
{
    static const struct script_step steps[] = {{"429 Too Many Requests", "Retry-After: 9\r\n"}};
    struct fixture f = {0};

    (void)state;
    fixture_clock(&f);
    f.server = script_server_start(steps, 1);

    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f.server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .clock = &f.clock,
                                         .cancelled = always};

    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    assert_int_equal(fixture_call(&f, AWS_CHANGES), -1);
    assert_int_equal(f.err.kind, ERR_INTERRUPTED);
    assert_int_equal(script_server_requests(f.server), 1);
    fixture_end(&f);
}

static bool when_asked(void *ctx)
{
    return script_server_requests(ctx) > 0;
}

static void an_interrupt_breaks_off_a_read_but_waits_for_a_change(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    static const struct {
        enum aws_effect effect;
        int64_t timeout_ms;
        enum err_kind kind;
    } rows[] = {{AWS_READS, 15000, ERR_INTERRUPTED}, {AWS_CHANGES, 1500, ERR_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture f = {.server = script_server_start(steps, 1)};
        const int64_t start = clock_mono(&clock_system);
        const struct aws_client_options o = {.region = "r",
                                             .endpoint = script_server_url(f.server),
                                             .access_key = "a",
                                             .secret_key = "b",
                                             .cancelled = when_asked,
                                             .cancelled_ctx = f.server};

        assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
        fixture_ask(&f, rows[i].effect);
        f.request.timeout_ms = rows[i].timeout_ms;
        assert_int_equal(aws_call(f.client, &f.request, &f.reply, &f.err), -1);
        assert_int_equal(f.err.kind, rows[i].kind);
        assert_true(clock_mono(&clock_system) - start < 10000);
        fixture_end(&f);
    }
}

static void an_interrupt_breaks_off_reads_sent_ahead_too(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .delay_ms = 20000}};
    struct fixture f = {.server = script_server_start(steps, 1)};
    const int64_t start = clock_mono(&clock_system);
    struct aws_request requests[3];
    const struct aws_client_options o = {.region = "r",
                                         .endpoint = script_server_url(f.server),
                                         .access_key = "a",
                                         .secret_key = "b",
                                         .cancelled = when_asked,
                                         .cancelled_ctx = f.server};

    (void)state;
    assert_int_equal(aws_client_new(&f.client, &o, &f.err), 0);
    fixture_ask_many(&f, requests, 3, AWS_READS);
    aws_client_ahead(f.client, requests, 3);
    assert_true(script_server_requests(f.server) > 0);
    assert_true(clock_mono(&clock_system) - start < 10000);
    for (size_t i = 0; i < 3; i++)
        aws_request_release(&requests[i]);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupt_ends_the_waiting),
        cmocka_unit_test(an_interrupt_breaks_off_a_read_but_waits_for_a_change),
        cmocka_unit_test(an_interrupt_breaks_off_reads_sent_ahead_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
