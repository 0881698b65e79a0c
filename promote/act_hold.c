#include <stdio.h>

#include "promote/act.h"

int act_renew(struct act *a, struct environment_view *v, int64_t hold_ms, struct err *err)
{
    const int64_t end_s = act_lease_end(a) + hold_ms / 1000;

    for (size_t i = 0; i < v->count; i++) {
        struct function_view *f = &v->functions[i];

        if (mark_is_open(&f->smoke.mark) && f->smoke.mark.expires_s < end_s - a->lease_ms / 2000 &&
            act_mark_smoke(a, f, f->smoke.mark.state, end_s, err) < 0)
            return -1;
    }
    return 0;
}

static int look(struct act *a, struct err *err)
{
    struct err why = {0};
    bool rings;

    if (alarm_watch_look(a->watch, a->client, &a->environment->alarms, &rings, &why) < 0)
        return err_set(err, why.kind, "%s", why.text);
    if (!rings)
        return 0;
    a->gate_result = (struct gate_result){.verdict = GATE_FAIL};
    snprintf(a->gate_result.summary, sizeof(a->gate_result.summary), "%.500s", why.text);
    return err_set(err, ERR_REFUSED, "%s", why.text);
}

int act_hold(struct act *a, struct environment_view *v, int64_t hold_ms, struct err *err)
{
    const struct clock *clock = aws_client_clock(a->client);
    const int64_t until = clock_mono(clock) + hold_ms;
    int64_t next_look = clock_mono(clock) + ALARM_WATCH_EVERY_MS, left;

    if (act_renew(a, v, hold_ms, err) < 0)
        return -1;
    while ((left = until - clock_mono(clock)) > 0) {
        if (aws_client_check(a->client, err) < 0)
            return -1;
        if (clock_mono(clock) >= next_look) {
            if (look(a, err) < 0)
                return -1;
            next_look = clock_mono(clock) + ALARM_WATCH_EVERY_MS;
        }
        clock_sleep(clock, left < 200 ? left : 200);
    }
    if (look(a, err) < 0)
        return -1;
    v->held = true;
    return 0;
}
