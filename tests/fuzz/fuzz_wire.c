/* Any bytes as a body in the debug log: one line, bounded, and no member that must not show. */
#include <assert.h>
#include <string.h>

#include "aws/wire.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = {0};

    wire_body(&out, (struct str){(const char *)data, size});
    assert(out.len < WIRE_BODY_MAX + 200);
    assert(!out.data || !memchr(out.data, '\n', out.len));
    buf_release(&out);
    return 0;
}
