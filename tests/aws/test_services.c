/* STS and CloudWatch: what is asked, with which signature, and what is made of the answer. */
#include "tests/test.h"

#include "aws/cloudwatch.h"
#include "aws/sts.h"
#include "tests/aws/script_server.h"

/* Keys given outright: STS and CloudWatch are then where Lambda is. */
static struct aws_client *client_at(struct script_server *server)
{
    const struct aws_client_options o = {.region = "eu-west-1",
                                         .endpoint = script_server_url(server),
                                         .access_key = "AKID",
                                         .secret_key = "secret"};
    struct aws_client *client = NULL;

    assert_int_equal(aws_client_new(&client, &o, NULL), 0);
    return client;
}

static void sts_tells_who_we_are(void **state)
{
    static const struct script_step steps[] = {
        {"200 OK",
         .body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                 "<GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>"
                 "<UserId>AROA:s</UserId><Account>123456789012</Account>"
                 "</GetCallerIdentityResult></GetCallerIdentityResponse>"}};
    struct script_server *server = script_server_start(steps, 1);
    struct aws_client *client = client_at(server);
    struct sts_identity who;

    (void)state;
    assert_int_equal(sts_caller_identity(client, &who, NULL), 0);
    assert_string_equal(who.account, "123456789012");
    assert_string_equal(who.arn, "arn:aws:sts::123456789012:assumed-role/r/s");
    assert_string_equal(who.user_id, "AROA:s");
    assert_contains(script_server_request(server, 0), "POST / HTTP/1.1");
    assert_contains(script_server_request(server, 0), "/eu-west-1/sts/aws4_request");
    assert_contains(script_server_request(server, 0),
                    "\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15");
    aws_client_free(client);
    script_server_stop(server);
}

static void an_identity_that_is_none_is_refused(void **state)
{
    static const char *const answers[] = {
        "", "<html>", "<R><Account></Account><Arn>a</Arn><UserId>u</UserId></R>",
        "<R><Account>1</Account><Arn>a</Arn></R>"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct sts_identity who;
        struct err err = {0};

        assert_int_equal(sts_read_caller_identity(str_c(answers[i]), &who, &err), -1);
        assert_int_equal(err.kind, ERR_UNKNOWN);
    }
}

#define ALARMS                                                                                     \
    "<DescribeAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">"           \
    "<DescribeAlarmsResult><CompositeAlarms><member><AlarmName>all</AlarmName>"                    \
    "<StateReason>none &amp; nothing</StateReason><StateValue>OK</StateValue></member>"            \
    "</CompositeAlarms><MetricAlarms><member><AlarmName>errors</AlarmName><Dimensions><member>"    \
    "<Name>FunctionName</Name><Value>orders</Value></member></Dimensions>"                         \
    "<StateValue>ALARM</StateValue><StateReason>7 &gt; 5</StateReason></member><member>"           \
    "<AlarmName>latency</AlarmName><StateValue>INSUFFICIENT_DATA</StateValue></member>"            \
    "</MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>"

static void alarms_come_in_the_order_asked_and_missing_ones_are_named(void **state)
{
    static const struct script_step steps[] = {{"200 OK", .body = ALARMS}};
    static const char *const names[] = {"errors", "gone & away", "all", "latency"};
    struct script_server *server = script_server_start(steps, 1);
    struct aws_client *client = client_at(server);
    struct alarm alarms[4];

    (void)state;
    assert_int_equal(alarms_describe(client, names, 4, alarms, NULL), 0);
    assert_string_equal(alarms[0].name, "errors");
    assert_int_equal(alarms[0].state, ALARM_RINGS);
    assert_string_equal(alarms[0].reason, "7 > 5");
    assert_int_equal(alarms[1].state, ALARM_MISSING);
    assert_int_equal(alarms[2].state, ALARM_OK);
    assert_string_equal(alarms[2].reason, "none & nothing");
    assert_int_equal(alarms[3].state, ALARM_NO_DATA);
    assert_contains(script_server_request(server, 0), "/eu-west-1/monitoring/aws4_request");
    assert_contains(script_server_request(server, 0),
                    "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=errors&"
                    "AlarmNames.member.2=gone%20%26%20away&AlarmNames.member.3=all&"
                    "AlarmNames.member.4=latency&AlarmTypes.member.1=MetricAlarm&"
                    "AlarmTypes.member.2=CompositeAlarm&MaxRecords=100");
    aws_client_free(client);
    script_server_stop(server);
}

static void an_alarm_in_no_known_state_is_no_ok(void **state)
{
    static const char *const names[] = {"a"};
    static const char *const answers[] = {
        "<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName>"
        "<StateValue>FINE</StateValue></member></MetricAlarms></DescribeAlarmsResult>",
        "<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName></member>"
        "</MetricAlarms></DescribeAlarmsResult>",
        "<html>busy</html>"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct alarm alarm;
        struct err err = {0};

        assert_int_equal(alarms_read(str_c(answers[i]), names, 1, &alarm, &err), -1);
        assert_int_equal(err.kind, ERR_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sts_tells_who_we_are),
        cmocka_unit_test(an_identity_that_is_none_is_refused),
        cmocka_unit_test(alarms_come_in_the_order_asked_and_missing_ones_are_named),
        cmocka_unit_test(an_alarm_in_no_known_state_is_no_ok),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
