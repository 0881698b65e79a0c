/*
 * CloudWatch alarms: whether anything rings while Live is being shifted. Builder and reader are
 * pure. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
#ifndef AWS_CLOUDWATCH_H
#define AWS_CLOUDWATCH_H

#include <stddef.h>

#include "aws/client.h"
#include "aws/request.h"
#include "base/err.h"

enum { ALARMS_MAX = 100 }; /* names in one request */

enum alarm_state {
    ALARM_OK,
    ALARM_RINGS,
    ALARM_NO_DATA, /* INSUFFICIENT_DATA: it cannot tell */
    ALARM_MISSING, /* no alarm of that name */
};

struct alarm {
    const char *name; /* the one asked for; borrowed */
    enum alarm_state state;
    char reason[512]; /* cut when longer */
};

/*
 * The state of each alarm (metric or composite) of that name, in the order asked: ret_alarms has
 * `count` elements. ERR_INPUT: more than ALARMS_MAX.
 */
int alarms_describe(struct aws_client *client, const char *const *names, size_t count,
                    struct alarm *ret_alarms, struct err *err);

void alarms_request(struct aws_request *r, const char *const *names, size_t count);
int alarms_read(struct str xml, const char *const *names, size_t count, struct alarm *ret_alarms,
                struct err *err);

#endif
