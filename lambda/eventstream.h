/*
 * AWS's event stream encoding (application/vnd.amazon.eventstream): binary messages with headers,
 * payload and checksums. Pure; reads what outside sends, so every length is checked.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
#ifndef LAMBDA_EVENTSTREAM_H
#define LAMBDA_EVENTSTREAM_H

#include "base/err.h"
#include "base/str.h"

/* Everything points into the stream. Headers that are not strings are skipped. */
struct eventstream_message {
    struct str message_type; /* :message-type: "event", "exception", "error" */
    struct str event_type;   /* :event-type of an event */
    struct str exception;    /* :exception-type, or :error-code of an error */
    struct str error;        /* :error-message of an error */
    struct str payload;
};

/*
 * Takes the next message off `*rest`: 1, or 0 at the end of the stream. -1 and ERR_UNKNOWN when it
 * is cut or damaged.
 */
int eventstream_next(struct str *rest, struct eventstream_message *ret, struct err *err);

#endif
