/* What Invoke and InvokeWithResponseStream are asked, read and checked alike. */
#ifndef LOCAL_INVOKE_REQUEST_H
#define LOCAL_INVOKE_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "local/call.h"
#include "local/event_config.h"
#include "local/invocation.h"
#include "local/names.h"

struct invoke_request {
    struct function_ref ref;
    struct event_limits limits; /* of an event */
    bool event, dry_run, tail;
    bool fresh;         /* ours, not Lambda's: in a new environment */
    struct str payload; /* of the request */
    struct buf client_context;
};

/*
 * Reads the request and finds what it runs, under the lock, which it takes. Answers and returns -1
 * when either is wrong. Release `ret` in any case.
 */
int invoke_request_read(struct call *c, struct invoke_request *ret, struct invocation *invocation);
void invoke_request_release(struct invoke_request *r);

/* The executor did not run it: 429 or 500. Returns -1. */
int invoke_fail(struct call *c, const struct err *err);

#endif
