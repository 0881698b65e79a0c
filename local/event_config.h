/* What Invoke needs of a function's configuration of asynchronous invocation. */
#ifndef LOCAL_EVENT_CONFIG_H
#define LOCAL_EVENT_CONFIG_H

#include "local/call.h"

struct event_limits {
    int retries;
    int64_t age_s;
};

/* What holds for events sent to the qualifier (NULL: $LATEST): its configuration, or the defaults.
 */
struct event_limits event_limits(struct call *c, const char *function, const char *qualifier);

/* The destination of events that failed, or NULL. In the arena. */
const char *event_failure_destination(struct call *c, const char *function, const char *qualifier);

#endif
