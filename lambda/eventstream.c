#include "lambda/eventstream.h"

#include <stdint.h>
#include <stdbool.h>

#include "base/digest.h"

enum { PRELUDE = 12, CHECKSUM = 4 };

static uint32_t number(struct str bytes, size_t at, size_t size)
{
    uint32_t n = 0;

    for (size_t i = 0; i < size; i++)
        n = n << 8 | (unsigned char)bytes.data[at + i];
    return n;
}

/* The length of a header's value without its own length field; -1: it has one. */
static int fixed_size(unsigned type)
{
    static const int sizes[] = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};

    return type < sizeof(sizes) / sizeof(sizes[0]) ? sizes[type] : -2;
}

static void keep(struct eventstream_message *m, struct str name, struct str value)
{
    if (str_eq(name, STR(":message-type")))
        m->message_type = value;
    else if (str_eq(name, STR(":event-type")))
        m->event_type = value;
    else if (str_eq(name, STR(":exception-type")) || str_eq(name, STR(":error-code")))
        m->exception = value;
    else if (str_eq(name, STR(":error-message")))
        m->error = value;
}

/* Takes one header off; false when it does not fit. */
static bool read_header(struct str *headers, struct eventstream_message *m)
{
    enum { STRING = 7 };
    struct str h = *headers, name;
    size_t at = (unsigned char)h.data[0] + 1u, size;
    unsigned type;
    int fixed;

    if (at + 1 > h.len)
        return false;
    name = str_slice(h, 1, at);
    type = (unsigned char)h.data[at++];
    fixed = fixed_size(type);
    if (fixed == -2 || (fixed == -1 && at + 2 > h.len))
        return false;
    size = fixed >= 0 ? (size_t)fixed : number(h, at, 2);
    at += fixed == -1 ? 2 : 0;
    if (size > h.len - at)
        return false;
    if (type == STRING)
        keep(m, name, str_slice(h, at, at + size));
    *headers = str_slice(h, at + size, h.len);
    return true;
}

int eventstream_next(struct str *rest, struct eventstream_message *ret, struct err *err)
{
    struct eventstream_message m = {{0}};
    struct str message, headers;
    size_t total, header_size;

    if (rest->len == 0)
        return 0;
    if (rest->len < PRELUDE + CHECKSUM)
        return err_set(err, ERR_UNKNOWN, "the event stream is cut inside a message's prelude");
    total = number(*rest, 0, 4);
    header_size = number(*rest, 4, 4);
    if (crc32_of(str_slice(*rest, 0, 8)) != number(*rest, 8, 4))
        return err_set(err, ERR_UNKNOWN, "the event stream is damaged: a prelude's checksum");
    if (total < PRELUDE + CHECKSUM || header_size > total - PRELUDE - CHECKSUM)
        return err_set(err, ERR_UNKNOWN, "the event stream is damaged: a message's lengths");
    if (total > rest->len)
        return err_set(err, ERR_UNKNOWN, "the event stream is cut: %zu of a message's %zu bytes",
                       rest->len, total);
    message = str_slice(*rest, 0, total);
    if (crc32_of(str_slice(message, 0, total - CHECKSUM)) != number(message, total - CHECKSUM, 4))
        return err_set(err, ERR_UNKNOWN, "the event stream is damaged: a message's checksum");
    headers = str_slice(message, PRELUDE, PRELUDE + header_size);
    while (headers.len)
        if (!read_header(&headers, &m))
            return err_set(err, ERR_UNKNOWN, "the event stream is damaged: a message's headers");
    m.payload = str_slice(message, PRELUDE + header_size, total - CHECKSUM);
    *rest = str_slice(*rest, total, rest->len);
    *ret = m;
    return 1;
}
