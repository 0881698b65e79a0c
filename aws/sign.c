#include "aws/sign.h"

#include <string.h>

#include "base/clock.h"

void outgoing_release(struct outgoing *o)
{
    buf_release(&o->url);
    buf_release(&o->authorization);
}

static void add(struct outgoing *o, const char *name, struct str value)
{
    o->headers[o->count++] = (struct aws_header){name, value};
}

/* Without the scheme's own port: that is how it is written in a Host header. */
static struct str host_of(struct str authority, bool tls)
{
    const struct str port = tls ? STR(":443") : STR(":80");

    return str_ends(authority, port) ? str_slice(authority, 0, authority.len - port.len)
                                     : authority;
}

static void address(struct outgoing *o, const char *endpoint, const struct aws_request *r)
{
    const bool tls = strncmp(endpoint, "https://", 8) == 0;
    const size_t from = tls ? 8 : 7;
    struct str url;
    size_t slash;

    buf_printf(&o->url, "%s%s%s%s", endpoint, buf_c(&r->path), r->query.len ? "?" : "",
               buf_c(&r->query));
    url = buf_str(&o->url);
    slash = str_find(url, STR("/"), from);
    if (slash == (size_t)-1)
        slash = url.len;
    o->host = host_of(str_slice(url, from, slash), tls);
    o->target = str_slice(url, slash, url.len);
}

static int sign(struct outgoing *o, const struct aws_request *r, const char *region,
                const struct aws_creds *creds, struct err *err)
{
    struct sigv4_header headers[OUTGOING_HEADERS_MAX];
    char hash[SHA256_HEX_SIZE];
    struct sigv4_result result = {0};
    const struct sigv4_key key = {str_c(creds->access_key), str_c(creds->secret_key), str_c(region),
                                  str_c(r->service),        str_c(o->date),           creds->cache};
    struct sigv4_request request = {.method = str_c(r->method),
                                    .target = o->target,
                                    .headers = headers,
                                    .header_count = o->count};

    for (size_t i = 0; i < o->count; i++)
        headers[i] = (struct sigv4_header){str_c(o->headers[i].name), o->headers[i].value};
    sha256_hex(hash, r->body);
    request.payload_sha256 = str_c(hash);
    if (sigv4_sign(&result, &request, &key) < 0)
        return err_set(err, ERR_INTERNAL, "%s %s: could not be signed", r->service, r->operation);
    sigv4_authorization(&o->authorization, &result, str_c(creds->access_key));
    sigv4_result_release(&result);
    add(o, "authorization", buf_str(&o->authorization));
    return 0;
}

int outgoing_make(struct outgoing *o, const struct aws_request *r, const char *endpoint,
                  const char *region, const struct aws_creds *creds, int64_t wall_ms,
                  struct err *err)
{
    address(o, endpoint, r);
    add(o, "host", o->host);
    for (size_t i = 0; i < r->header_count; i++)
        add(o, r->headers[i].name, r->headers[i].value);
    if (!creds)
        return 0;
    clock_format_basic(o->date, sizeof(o->date), wall_ms);
    add(o, "x-amz-date", str_c(o->date));
    if (creds->session_token)
        add(o, "x-amz-security-token", str_c(creds->session_token));
    return sign(o, r, region, creds, err);
}
