/* Any bytes as an answer's headers, behind an empty line its body; and as the URLs of endpoints. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds/source.h"
#include "aws/endpoint.h"
#include "aws/curl.h"
#include "aws/http.h"
#include "aws/settings.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

static void inside(struct str part, const struct buf *text)
{
    assert(!part.data ||
           (part.data >= text->data && part.data + part.len <= text->data + text->len));
}

static void read_answer(struct str text)
{
    static const char *const names[] = {"date", "x-amzn-errortype", "retry-after", "location"};
    const size_t empty = str_find(text, STR("\n\n"), 0);
    const size_t end = empty == (size_t)-1 ? text.len : empty + 1;
    struct aws_reply r = {.status = text.len % 2 ? 302 : 403};
    struct aws_error error = {{0}};
    int64_t offset = 0;
    struct str value;

    buf_add_str(&r.headers, str_slice(text, 0, end));
    buf_add_str(&r.body, str_slice(text, end, text.len));
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (aws_reply_header(&r, names[i], &value))
            inside(value, &r.headers);
    aws_reply_error(&r, &error);
    aws_error_to_err(&error, AWS_CHANGES, NULL);
    if (http_reply_clock(&r, 1700000000000, &offset)) /* within a century of 2023 */
        assert(offset > -4102444800000 && offset < 4102444800000);
    aws_reply_release(&r);
}

static const char *as_variable(void *ctx, const char *name)
{
    return strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0 ? ctx : NULL;
}

static void read_url(struct str text)
{
    char *url = mem_dup_n(text.data, text.len);
    const struct aws_endpoint_params custom = {"lambda", "eu-west-1", url, false, false};
    const struct aws_endpoint_params region = {"lambda", url, NULL, false, false};
    const struct creds_options o = {.env = {as_variable, url}};
    struct buf out = {0}, why = {0};

    if (aws_endpoint(&out, &custom, NULL) == 0)
        assert(!strpbrk(buf_c(&out), " ?#@\t\r\n"));
    buf_clear(&out);
    if (aws_endpoint(&out, &region, NULL) == 0) /* nothing but a label became part of the host */
        assert(strcspn(buf_c(&out) + 8, "/:?#@ ") == out.len - 8);
    aws_endpoint_is_loopback(url);
    http_is_loopback(url);
    if (creds_container_url(&o, &out, &why) < 0)
        assert(why.len);
    buf_release(&out);
    buf_release(&why);
    free(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = {(const char *)data, size};

    curl_load();
    read_answer(text);
    if (!memchr(text.data ? text.data : "", 0, size))
        read_url(text);
    return 0;
}
