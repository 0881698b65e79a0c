/* Any bytes: contents that lie inside the text; the readers over them end. */
#include <assert.h>
#include <string.h>

#include "aws/cloudwatch.h"
#include "aws/error.h"
#include "aws/sts.h"
#include "aws/xml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a", "b"};
    const struct str xml = {(const char *)data, size};
    struct str rest = xml, content;
    struct buf text = {0};
    struct aws_creds creds = {0};
    struct sts_identity who;
    struct alarm alarms[2];
    struct aws_error error = {{0}};

    while (xml_next(&rest, "member", &content)) {
        assert(!content.data ||
               (content.data >= xml.data && content.data + content.len <= xml.data + xml.len));
        buf_clear(&text);
        xml_decode(&text, content);
        assert(text.len <= content.len);
    }
    buf_clear(&text);
    sts_read_credentials(&creds, xml, &text);
    sts_read_caller_identity(xml, &who, NULL);
    alarms_read(xml, names, 2, alarms, NULL);
    aws_error_read(&error, 400, (struct str){0}, xml);
    aws_creds_release(&creds);
    buf_release(&text);
    return 0;
}
