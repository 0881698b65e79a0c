/*
 * Messages of application/vnd.amazon.eventstream, as InvokeWithResponseStream answers in them:
 * lengths, headers, payload, each part under a CRC-32.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
#ifndef LOCAL_EVENT_STREAM_H
#define LOCAL_EVENT_STREAM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends an event: ":event-type" `type`, ":content-type" `content_type`. */
void event_stream_add(struct buf *out, const char *type, const char *content_type,
                      struct str payload);

#endif
