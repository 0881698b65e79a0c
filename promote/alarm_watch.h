/*
 * The alarms of an environment's `shift`: looked at before anything moves, and while steps are
 * held.
 */
#ifndef PROMOTE_ALARM_WATCH_H
#define PROMOTE_ALARM_WATCH_H

#include <stdbool.h>

#include "aws/client.h"
#include "base/err.h"
#include "promote/manifest.h"

enum { ALARM_WATCH_EVERY_MS = 10000 }; /* alarms are evaluated once a minute, or every 10 s */

struct alarm_watch {
    bool ignored[MANIFEST_ALARMS_MAX]; /* rang before we began, policy "ignore" */
};

/*
 * Before Live moves. ERR_REFUSED: one rings (policy "refuse"), or there is no alarm of that name.
 * Nothing is asked when no alarms are written.
 */
int alarm_watch_begin(struct alarm_watch *w, struct aws_client *client,
                      const struct manifest_alarms *alarms, struct err *err);

/*
 * While Live is shared: 0 and `ret_rings` tells whether one rings, or by policy as good as rings;
 * then `err` tells which and why. -1: it could not be found out.
 */
int alarm_watch_look(const struct alarm_watch *w, struct aws_client *client,
                     const struct manifest_alarms *alarms, bool *ret_rings, struct err *err);

#endif
