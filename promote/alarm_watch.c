#include "promote/alarm_watch.h"

#include "aws/cloudwatch.h"

static int missing(const struct alarm *alarm, struct err *err)
{
    return err_set(err, ERR_REFUSED,
                   "CloudWatch has no alarm called \"%s\" here: nothing would ever ring",
                   alarm->name);
}

int alarm_watch_begin(struct alarm_watch *w, struct aws_client *client,
                      const struct manifest_alarms *alarms, struct err *err)
{
    struct alarm now[MANIFEST_ALARMS_MAX];

    *w = (struct alarm_watch){{false}};
    if (alarms_describe(client, alarms->names, alarms->count, now, err) < 0)
        return -1;
    for (size_t i = 0; i < alarms->count; i++) {
        if (now[i].state == ALARM_MISSING)
            return missing(&now[i], err);
        if (now[i].state != ALARM_RINGS)
            continue;
        if (alarms->firing == FIRING_REFUSE)
            return err_set(err, ERR_REFUSED,
                           "the alarm \"%s\" rings already, before anything was shifted%s%s",
                           now[i].name, now[i].reason[0] ? ": " : "", now[i].reason);
        w->ignored[i] = true;
    }
    return 0;
}

int alarm_watch_look(const struct alarm_watch *w, struct aws_client *client,
                     const struct manifest_alarms *alarms, bool *ret_rings, struct err *err)
{
    struct alarm now[MANIFEST_ALARMS_MAX];

    *ret_rings = false;
    if (alarms_describe(client, alarms->names, alarms->count, now, err) < 0)
        return -1;
    for (size_t i = 0; i < alarms->count && !*ret_rings; i++) {
        const bool silent = now[i].state == ALARM_NO_DATA && alarms->no_data == NO_DATA_FAIL;

        if (now[i].state == ALARM_MISSING)
            return missing(&now[i], err);
        if (w->ignored[i] || (now[i].state != ALARM_RINGS && !silent))
            continue;
        *ret_rings = true;
        err_set(err, ERR_REFUSED, "the alarm \"%s\" %s%s%s", now[i].name,
                silent ? "has no data (\"no_data\" is \"fail\")" : "rings",
                now[i].reason[0] ? ": " : "", now[i].reason);
    }
    return 0;
}
