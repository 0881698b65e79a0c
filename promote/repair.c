#include "promote/repair.h"

#include <string.h>

static bool is_of_aws(const char *endpoint)
{
    return strstr(endpoint, ".amazonaws.com") || strstr(endpoint, ".api.aws");
}

struct repair_at repair_at(const struct manifest_environment *environment,
                           const struct aws_client *client)
{
    const char *endpoint = aws_client_endpoint(client);
    const bool own = environment->endpoint || !is_of_aws(endpoint);

    return (struct repair_at){.region = aws_client_region(client),
                              .profile = environment->local ? NULL : environment->profile,
                              .endpoint = own ? endpoint : NULL};
}

static bool is_plain(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_=.,:/@%+";

    return *text && strspn(text, plain) == strlen(text);
}

static void quoted(struct buf *out, const char *text)
{
    if (is_plain(text)) {
        buf_add_c(out, text);
        return;
    }
    buf_putc(out, '\'');
    for (const char *c = text; *c; c++)
        if (*c == '\'')
            buf_add_c(out, "'\\''");
        else
            buf_putc(out, *c);
    buf_putc(out, '\'');
}

void repair_option(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, " --%s ", name);
    quoted(out, value);
}

void repair_number(struct buf *out, const char *name, long long value)
{
    buf_printf(out, " --%s %lld", name, value);
}

void repair_begin(struct buf *out, const struct repair_at *at, const char *operation,
                  const char *function, const char *qualifier)
{
    if (out->len)
        buf_add_c(out, " && ");
    buf_printf(out, "aws lambda %s", operation);
    if (at->endpoint)
        repair_option(out, "endpoint-url", at->endpoint);
    if (at->region)
        repair_option(out, "region", at->region);
    if (at->profile)
        repair_option(out, "profile", at->profile);
    if (function)
        repair_option(out, "function-name", function);
    if (qualifier)
        repair_option(out, "qualifier", qualifier);
}
