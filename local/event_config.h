/* What Invoke needs of a function's configuration of asynchronous invocation. */
#ifndef LOCAL_EVENT_CONFIG_H
#define LOCAL_EVENT_CONFIG_H

#include "local/call.h"

/* MaximumRetryAttempts of the qualifier (NULL: $LATEST) an event was sent to; -1: not set. */
int event_retries(struct call *c, const char *function, const char *qualifier);

#endif
