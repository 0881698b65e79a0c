/* Any bytes: messages that lie inside the stream, or a refusal. */
#include <assert.h>

#include "lambda/eventstream.h"
#include "lambda/invoke.h"
#include "tests/fuzz/fuzz.h"

static void inside(struct str part, const uint8_t *data, size_t size)
{
    const char *start = (const char *)data;

    assert(!part.data || (part.data >= start && part.data + part.len <= start + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct eventstream_message m;
    struct invoke_reply reply = {0};

    while (eventstream_next(&rest, &m, NULL) == 1) {
        inside(m.message_type, data, size);
        inside(m.event_type, data, size);
        inside(m.exception, data, size);
        inside(m.error, data, size);
        inside(m.payload, data, size);
    }
    invoke_stream_read((struct str){(const char *)data, size}, &reply, NULL);
    invoke_reply_release(&reply);
    return 0;
}
