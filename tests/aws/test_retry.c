/* What is sent again, after how long, and when it is enough: the numbers of AWS's standard mode. */
#include "tests/test.h"

#include <stdio.h>

#include "aws/retry.h"

static struct aws_error said(int status, const char *type, const char *message)
{
    struct aws_error e = {.status = status};

    snprintf(e.type, sizeof(e.type), "%s", type);
    snprintf(e.message, sizeof(e.message), "%s", message);
    return e;
}

static void answers_are_classified_by_what_they_say_and_what_was_asked(void **state)
{
    static const struct {
        int status;
        const char *type, *message;
        enum retry_class reads, changes;
    } rows[] = {
        {429, "TooManyRequestsException", "", RETRY_THROTTLED, RETRY_THROTTLED},
        {400, "ThrottlingException", "", RETRY_THROTTLED, RETRY_THROTTLED},
        {503, "SlowDown", "", RETRY_THROTTLED, RETRY_THROTTLED},
        {500, "ServiceException", "", RETRY_TRANSIENT, RETRY_NO},
        {502, "", "", RETRY_TRANSIENT, RETRY_NO},
        {503, "", "", RETRY_TRANSIENT, RETRY_NO},
        {504, "", "", RETRY_TRANSIENT, RETRY_NO},
        {400, "RequestTimeout", "", RETRY_TRANSIENT, RETRY_NO},
        {501, "", "", RETRY_NO, RETRY_NO},
        {409, "ResourceConflictException", "", RETRY_NO, RETRY_NO},
        {412, "PreconditionFailedException", "", RETRY_NO, RETRY_NO},
        {404, "ResourceNotFoundException", "", RETRY_NO, RETRY_NO},
        {403, "AccessDeniedException", "", RETRY_NO, RETRY_NO},
        {403, "InvalidSignatureException", "Signature expired: x", RETRY_CLOCK, RETRY_CLOCK},
        {403, "RequestTimeTooSkewed", "", RETRY_CLOCK, RETRY_CLOCK},
        {403, "InvalidSignatureException", "does not match", RETRY_NO, RETRY_NO},
        {403, "ExpiredTokenException", "", RETRY_CREDENTIALS, RETRY_CREDENTIALS},
        {400, "ExpiredToken", "", RETRY_CREDENTIALS, RETRY_CREDENTIALS},
        {403, "UnrecognizedClientException", "", RETRY_CREDENTIALS, RETRY_CREDENTIALS},
        {403, "InvalidClientTokenId", "", RETRY_CREDENTIALS, RETRY_CREDENTIALS},
        {500, "InvalidClientTokenId", "", RETRY_TRANSIENT, RETRY_NO},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct aws_error e = said(rows[i].status, rows[i].type, rows[i].message);

        if (retry_classify(RETRY_ANSWERED, &e, AWS_READS) != rows[i].reads ||
            retry_classify(RETRY_ANSWERED, &e, AWS_CHANGES) != rows[i].changes ||
            retry_classify(RETRY_ANSWERED, &e, AWS_INVOKES) != rows[i].changes)
            fail_msg("%d %s", rows[i].status, rows[i].type);
    }
}

static void without_an_answer_only_reads_and_the_unsent_go_again(void **state)
{
    const struct aws_error none = {{0}};

    (void)state;
    assert_int_equal(retry_classify(RETRY_NOT_SENT, &none, AWS_CHANGES), RETRY_TRANSIENT);
    assert_int_equal(retry_classify(RETRY_NO_ANSWER, &none, AWS_READS), RETRY_TRANSIENT);
    assert_int_equal(retry_classify(RETRY_NO_ANSWER, &none, AWS_CHANGES), RETRY_NO);
    assert_int_equal(retry_classify(RETRY_NO_ANSWER, &none, AWS_INVOKES), RETRY_NO);
    assert_int_equal(retry_classify(RETRY_HOPELESS, &none, AWS_READS), RETRY_NO);
}

static void waits_double_up_to_twenty_seconds(void **state)
{
    static const struct {
        enum retry_class why;
        unsigned attempt;
        int64_t most;
    } rows[] = {
        {RETRY_TRANSIENT, 1, 50},     {RETRY_TRANSIENT, 2, 100},  {RETRY_TRANSIENT, 5, 800},
        {RETRY_TRANSIENT, 40, 20000}, {RETRY_THROTTLED, 1, 1000}, {RETRY_THROTTLED, 3, 4000},
        {RETRY_THROTTLED, 6, 20000},  {RETRY_CLOCK, 1, 0},        {RETRY_CREDENTIALS, 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(retry_delay_ms(rows[i].why, rows[i].attempt, 0, -1), 0);
        assert_int_equal(retry_delay_ms(rows[i].why, rows[i].attempt, 0.5, -1), rows[i].most / 2);
    }
}

static void what_the_service_asks_for_is_kept_within_five_seconds(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 1, 0.5, 3000), 3000);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 3, 0.99, 2000), 3960);
    assert_int_equal(retry_delay_ms(RETRY_THROTTLED, 6, 0.99, 2000), 7000);
}

static void the_quota_stops_a_fleet_and_comes_back_with_successes(void **state)
{
    struct retry_quota q;
    int transient = 0;

    (void)state;
    retry_quota_init(&q);
    while (retry_quota_take(&q, RETRY_TRANSIENT))
        transient++;
    assert_int_equal(transient, 35); /* 500 / 14 */
    assert_true(retry_quota_take(&q, RETRY_THROTTLED));
    assert_true(retry_quota_take(&q, RETRY_THROTTLED));
    assert_false(retry_quota_take(&q, RETRY_THROTTLED));
    retry_quota_give(&q, RETRY_TRANSIENT);
    assert_true(retry_quota_take(&q, RETRY_TRANSIENT));
    for (int i = 0; i < 1000; i++)
        retry_quota_give(&q, RETRY_NO);
    for (transient = 0; retry_quota_take(&q, RETRY_TRANSIENT);)
        transient++;
    assert_int_equal(transient, 35);
}

/* ---- the decision ---- */

static struct retry_case ended(enum retry_class why)
{
    return (struct retry_case){
        .why = why, .max_attempts = 3, .unit = 0.5, .asked_ms = -1, .left_ms = 60000};
}

static void attempts_are_counted_up_to_the_most_there_may_be(void **state)
{
    const struct retry_case transient = ended(RETRY_TRANSIENT), throttled = ended(RETRY_THROTTLED);
    struct retry r = {0};
    int64_t wait = -1;

    (void)state;
    assert_true(retry_again(&r, NULL, &transient, &wait));
    assert_int_equal(wait, 25);
    assert_int_equal(r.last, RETRY_TRANSIENT);
    assert_true(retry_again(&r, NULL, &throttled, &wait));
    assert_int_equal(wait, 1000); /* the second wait: 2 s at most */
    assert_int_equal(r.last, RETRY_THROTTLED);
    assert_false(retry_again(&r, NULL, &transient, &wait));
    assert_int_equal(r.attempts, 3);
}

static void what_would_change_nothing_is_not_sent_again(void **state)
{
    const struct retry_case no = ended(RETRY_NO);
    struct retry r = {0};
    int64_t wait;

    (void)state;
    assert_false(retry_again(&r, NULL, &no, &wait));
    assert_int_equal(r.attempts, 1);
}

static void a_new_signature_is_tried_once_at_once_and_costs_nothing(void **state)
{
    static const enum retry_class classes[] = {RETRY_CLOCK, RETRY_CREDENTIALS};
    struct retry_quota quota = {0}; /* used up */

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        struct retry_case c = ended(classes[i]);
        struct retry r = {0};
        int64_t wait = -1;

        assert_false(retry_again(&r, &quota, &c, &wait)); /* nothing was corrected */
        r = (struct retry){0};
        c.sign_again = true;
        assert_true(retry_again(&r, &quota, &c, &wait));
        assert_int_equal(wait, 0);
        assert_int_equal(r.last, RETRY_NO);
        assert_false(retry_again(&r, &quota, &c, &wait));
        c.why = classes[!i]; /* the other reason has its own time */
        assert_true(retry_again(&r, &quota, &c, &wait));
        assert_false(retry_again(&r, &quota, &c, &wait));
    }
}

static void what_would_begin_after_the_deadline_is_not_sent_and_costs_nothing(void **state)
{
    struct retry_case c = ended(RETRY_THROTTLED);
    struct retry_quota quota;
    struct retry r = {0};
    int64_t wait;

    (void)state;
    retry_quota_init(&quota);
    c.asked_ms = 3000;
    c.left_ms = 3000;
    assert_false(retry_again(&r, &quota, &c, &wait));
    assert_int_equal(quota.tokens, RETRY_QUOTA);
    r = (struct retry){0};
    c.left_ms = 3001;
    assert_true(retry_again(&r, &quota, &c, &wait));
    assert_int_equal(wait, 3000);
    assert_true(quota.tokens < RETRY_QUOTA);
}

static void a_quota_that_is_used_up_ends_it(void **state)
{
    const struct retry_case c = ended(RETRY_TRANSIENT);
    struct retry_quota quota = {13};
    struct retry r = {0};
    int64_t wait;

    (void)state;
    assert_false(retry_again(&r, &quota, &c, &wait));
    quota.tokens = 14;
    r = (struct retry){0};
    assert_true(retry_again(&r, &quota, &c, &wait));
    assert_int_equal(quota.tokens, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_classified_by_what_they_say_and_what_was_asked),
        cmocka_unit_test(without_an_answer_only_reads_and_the_unsent_go_again),
        cmocka_unit_test(waits_double_up_to_twenty_seconds),
        cmocka_unit_test(what_the_service_asks_for_is_kept_within_five_seconds),
        cmocka_unit_test(the_quota_stops_a_fleet_and_comes_back_with_successes),
        cmocka_unit_test(attempts_are_counted_up_to_the_most_there_may_be),
        cmocka_unit_test(what_would_change_nothing_is_not_sent_again),
        cmocka_unit_test(a_new_signature_is_tried_once_at_once_and_costs_nothing),
        cmocka_unit_test(what_would_begin_after_the_deadline_is_not_sent_and_costs_nothing),
        cmocka_unit_test(a_quota_that_is_used_up_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
