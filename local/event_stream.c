#include "local/event_stream.h"

#include <string.h>

#include "base/digest.h"

enum { PRELUDE = 8, CRC = 4, STRING_VALUE = 7 };

static void put_u32(struct buf *out, uint32_t v)
{
    const char bytes[4] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};

    buf_add(out, bytes, sizeof(bytes));
}

static void put_header(struct buf *out, const char *name, const char *value)
{
    const size_t len = strlen(value);

    buf_putc(out, (char)strlen(name));
    buf_add_c(out, name);
    buf_putc(out, STRING_VALUE);
    buf_putc(out, (char)(len >> 8));
    buf_putc(out, (char)len);
    buf_add_c(out, value);
}

void event_stream_add(struct buf *out, const char *type, const char *content_type,
                      struct str payload)
{
    const size_t start = out->len;
    struct buf headers = {0};

    put_header(&headers, ":event-type", type);
    put_header(&headers, ":content-type", content_type);
    put_header(&headers, ":message-type", "event");
    put_u32(out, (uint32_t)(PRELUDE + CRC + headers.len + payload.len + CRC));
    put_u32(out, (uint32_t)headers.len);
    put_u32(out, crc32_of((struct str){out->data + start, PRELUDE}));
    buf_add_str(out, buf_str(&headers));
    buf_add_str(out, payload);
    put_u32(out, crc32_of((struct str){out->data + start, out->len - start}));
    buf_release(&headers);
}
