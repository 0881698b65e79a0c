#include "aws/cloudwatch.h"

#include <stdio.h>

#include "aws/xml.h"

void alarms_request(struct aws_request *r, const char *const *names, size_t count)
{
    struct buf form = {0};
    char member[40];

    aws_request_init(r, "monitoring", "DescribeAlarms", "POST", AWS_READS);
    aws_request_form(r, &form, "DescribeAlarms", "2010-08-01");
    for (size_t i = 0; i < count; i++) {
        snprintf(member, sizeof(member), "AlarmNames.member.%zu", i + 1);
        aws_request_pair(&form, member, names[i]);
    }
    aws_request_pair(&form, "AlarmTypes.member.1", "MetricAlarm");
    aws_request_pair(&form, "AlarmTypes.member.2", "CompositeAlarm");
    aws_request_pair(&form, "MaxRecords", "100");
    aws_request_form_end(r, &form);
}

static int read_state(struct str text, enum alarm_state *ret, struct err *err)
{
    if (str_eq(text, STR("OK")))
        *ret = ALARM_OK;
    else if (str_eq(text, STR("ALARM")))
        *ret = ALARM_RINGS;
    else if (str_eq(text, STR("INSUFFICIENT_DATA")))
        *ret = ALARM_NO_DATA;
    else
        return err_set(err, ERR_UNKNOWN, "an alarm's state is \"%.*s\"",
                       STR_ARG(str_slice(text, 0, 60)));
    return 0;
}

/* One <member>; alarms nobody asked for are passed over. */
static int read_alarm(struct str member, const char *const *names, size_t count,
                      struct alarm *alarms, struct err *err)
{
    CLEANUP(buf_release) struct buf name = {0};
    CLEANUP(buf_release) struct buf reason = {0};
    struct str text, state, why;

    if (!xml_find(member, "AlarmName", &text))
        return 0; /* a <member> of something else */
    xml_decode(&name, text);
    if (!xml_find(member, "StateValue", &state))
        return err_set(err, ERR_UNKNOWN, "alarm %s has no StateValue", buf_c(&name));
    if (xml_find(member, "StateReason", &why))
        xml_decode(&reason, why);
    for (size_t i = 0; i < count; i++) {
        if (!str_eq_c(buf_str(&name), names[i]))
            continue;
        if (read_state(state, &alarms[i].state, err) < 0)
            return -1;
        snprintf(alarms[i].reason, sizeof(alarms[i].reason), "%s", buf_c(&reason));
    }
    return 0;
}

int alarms_read(struct str xml, const char *const *names, size_t count, struct alarm *ret_alarms,
                struct err *err)
{
    static const char *const lists[] = {"MetricAlarms", "CompositeAlarms"};
    struct str result, list, member;

    if (!xml_find(xml, "DescribeAlarmsResult", &result))
        return err_set(err, ERR_UNKNOWN, "the answer has no <DescribeAlarmsResult>");
    for (size_t i = 0; i < count; i++)
        ret_alarms[i] = (struct alarm){.name = names[i], .state = ALARM_MISSING};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (!xml_find(result, lists[i], &list))
            continue;
        while (xml_next(&list, "member", &member))
            if (read_alarm(member, names, count, ret_alarms, err) < 0)
                return -1;
    }
    return 0;
}

int alarms_describe(struct aws_client *client, const char *const *names, size_t count,
                    struct alarm *ret_alarms, struct err *err)
{
    struct aws_request r;
    struct aws_reply reply = {0};
    int result;

    if (count > ALARMS_MAX)
        return err_set(err, ERR_INPUT, "%zu alarms; at most %d can be asked for", count,
                       ALARMS_MAX);
    if (count == 0)
        return 0; /* without names CloudWatch would tell of all */
    alarms_request(&r, names, count);
    result = aws_call(client, &r, &reply, err);
    if (result == 0 && alarms_read(buf_str(&reply.body), names, count, ret_alarms, err) < 0)
        result = err_ctx(err, "monitoring DescribeAlarms");
    aws_reply_release(&reply);
    aws_request_release(&r);
    return result;
}
