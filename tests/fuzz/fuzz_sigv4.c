/* Any request line and Authorization header: what a server would be sent. */
#include <assert.h>
#include <string.h>

#include "aws/sigv4.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, target = {0}, headers = {0}, authorization = {0};
    struct sigv4_result result = {0};
    struct sigv4_parts parts;

    str_cut(&rest, '\n', &target);
    str_cut(&rest, '\n', &headers);
    str_cut(&rest, '\n', &authorization);

    const struct sigv4_header list[] = {
        {STR("Host"), STR("x")}, {STR("X-Amz-Date"), headers}, {STR("x-amz-date"), target}};
    const struct sigv4_request request = {.method = STR("GET"),
                                          .target = target,
                                          .headers = list,
                                          .header_count = 3,
                                          .signed_headers = headers,
                                          .payload_sha256 = STR("UNSIGNED-PAYLOAD")};
    const struct sigv4_key key = {STR("id"), STR("secret"), STR("r"), STR("lambda"),
                                  STR("20150830T123600Z")};

    if (sigv4_sign(&result, &request, &key) == 0)
        assert(strlen(result.signature) == 64);
    sigv4_result_release(&result);
    if (sigv4_parse(authorization, &parts))
        assert(parts.signature.len && parts.access_key.len);
    return 0;
}
