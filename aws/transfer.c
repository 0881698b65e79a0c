#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client_private.h"
#include "aws/sigv4.h"
#include "base/mem.h"

struct aws_transfer {
    struct aws_client *client;
    struct http_exchange *exchange;
    struct aws_error error; /* says what was asked; filled when the service says no */
    enum aws_effect effect;
    bool clock_was_off;
};

/* ---- signing ---- */

enum { SIGNED_MAX = AWS_HEADERS_MAX + 4 };

/* What goes out: all of it is signed but the Authorization header itself. */
struct outgoing {
    struct buf url, authorization;
    struct str host, target; /* into url */
    char date[SIGV4_DATE_SIZE];
    struct aws_header headers[SIGNED_MAX];
    size_t count;
};

static void outgoing_release(struct outgoing *o)
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

static int sign(struct outgoing *o, const struct aws_client *c, const struct aws_request *r,
                const struct aws_creds *creds, struct err *err)
{
    struct sigv4_header headers[SIGNED_MAX];
    char hash[SHA256_HEX_SIZE];
    struct sigv4_result result = {0};
    const struct sigv4_key key = {str_c(creds->access_key), str_c(creds->secret_key),
                                  str_c(c->settings.region), str_c(r->service), str_c(o->date)};
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

static int prepare(struct outgoing *o, struct aws_client *c, const struct aws_request *r,
                   struct err *err)
{
    const struct aws_creds *creds = NULL;

    address(o, c->settings.endpoint, r);
    add(o, "host", o->host);
    for (size_t i = 0; i < r->header_count; i++)
        add(o, r->headers[i].name, r->headers[i].value);
    if (creds_chain_get(c->creds, &creds, err) < 0)
        return -1;
    clock_format_basic(o->date, sizeof(o->date), clock_wall(c->clock) + c->clock_offset_ms);
    add(o, "x-amz-date", str_c(o->date));
    if (creds->session_token)
        add(o, "x-amz-security-token", str_c(creds->session_token));
    return sign(o, c, r, creds, err);
}

/* ---- the transfer ---- */

static void name_request(struct aws_error *e, const struct aws_request *r)
{
    snprintf(e->service, sizeof(e->service), "%s", r->service);
    snprintf(e->operation, sizeof(e->operation), "%s", r->operation);
    snprintf(e->resource, sizeof(e->resource), "%s", r->resource);
    e->retry_after_ms = -1;
}

static int ctx_of(const struct aws_error *e, struct err *err)
{
    return err_ctx(err, "%s %s%s%s", e->service, e->operation, e->resource[0] ? " " : "",
                   e->resource);
}

int aws_transfer_new(struct aws_transfer **ret, struct aws_client *client,
                     const struct aws_request *r, struct err *err)
{
    CLEANUP(outgoing_release) struct outgoing out = {0};
    struct aws_transfer *t = mem_zalloc(sizeof(*t));
    struct http_request http = {.method = r->method,
                                .headers = out.headers,
                                .body = r->body,
                                .user_agent = client->user_agent,
                                .ca_bundle = client->settings.ca_bundle,
                                .effect = r->effect,
                                .insecure_http = client->insecure_http,
                                .timeout_ms = r->timeout_ms ? r->timeout_ms : client->timeout_ms,
                                .connect_ms = client->connect_ms,
                                .max_reply_bytes = r->max_reply_bytes};

    t->client = client;
    t->effect = r->effect;
    name_request(&t->error, r);
    if (prepare(&out, client, r, err) < 0) {
        ctx_of(&t->error, err);
        aws_transfer_free(t);
        return -1;
    }
    http.url = buf_c(&out.url);
    http.header_count = out.count;
    if (http_exchange_new(&t->exchange, client->pool->http, &http, err) < 0) {
        ctx_of(&t->error, err);
        aws_transfer_free(t);
        return -1;
    }
    *ret = t;
    return 0;
}

CURL *aws_transfer_easy(struct aws_transfer *t)
{
    return http_exchange_easy(t->exchange);
}

static int64_t asked_wait_ms(const struct aws_reply *reply, int64_t now_ms)
{
    unsigned long long n;
    struct str value;
    char date[64];
    time_t at;

    if (aws_reply_header(reply, "x-amz-retry-after", &value) && str_to_u64(value, 86400000, &n))
        return (int64_t)n;
    if (!aws_reply_header(reply, "retry-after", &value))
        return -1;
    if (str_to_u64(value, 86400, &n))
        return (int64_t)n * 1000;
    snprintf(date, sizeof(date), "%.*s", STR_ARG(value));
    at = curl_getdate(date, NULL);
    return at < 0 ? -1 : (int64_t)at * 1000 > now_ms ? (int64_t)at * 1000 - now_ms : 0;
}

static void read_error(struct aws_transfer *t, const struct aws_reply *reply)
{
    struct str type, id;

    aws_reply_header(reply, "x-amzn-errortype", &type);
    aws_error_read(&t->error, reply->status, type, buf_str(&reply->body));
    if (aws_reply_header(reply, "x-amzn-requestid", &id) ||
        aws_reply_header(reply, "x-amz-request-id", &id))
        snprintf(t->error.request_id, sizeof(t->error.request_id), "%.*s", STR_ARG(id));
    t->error.retry_after_ms =
        asked_wait_ms(reply, clock_wall(t->client->clock) + t->client->clock_offset_ms);
}

/* The service's own clock is right by definition. Small differences are not what it complained
 * about. */
static void correct_clock(struct aws_transfer *t, const struct aws_reply *reply)
{
    enum { WORTH_IT_MS = 30 * 1000 };
    struct aws_client *c = t->client;
    struct str value;
    char date[64];
    time_t at;
    int64_t offset;

    if (!aws_reply_header(reply, "date", &value))
        return;
    snprintf(date, sizeof(date), "%.*s", STR_ARG(value));
    at = curl_getdate(date, NULL);
    if (at < 0)
        return;
    offset = (int64_t)at * 1000 - clock_wall(c->clock);
    if (llabs(offset - c->clock_offset_ms) < WORTH_IT_MS)
        return;
    c->clock_offset_ms = offset;
    t->clock_was_off = true;
}

int aws_transfer_end(struct aws_transfer *t, CURLcode result, struct aws_reply *ret,
                     struct aws_error *ret_error, enum retry_end *ret_end, struct err *err)
{
    struct aws_reply reply = {0};

    *ret_error = t->error;
    if (http_exchange_finish(t->exchange, result, &reply, ret_end, err) < 0)
        return ctx_of(&t->error, err);
    if (reply.status / 100 != 2) {
        read_error(t, &reply);
        if (retry_classify(RETRY_ANSWERED, &t->error, t->effect) == RETRY_CLOCK)
            correct_clock(t, &reply);
        *ret_error = t->error;
    }
    *ret = reply;
    return 0;
}

int aws_transfer_finish(struct aws_transfer *t, CURLcode result, struct aws_reply *ret,
                        struct aws_error *ret_error, struct err *err)
{
    enum retry_end end;

    return aws_transfer_end(t, result, ret, ret_error, &end, err);
}

bool aws_transfer_clock_was_off(const struct aws_transfer *t)
{
    return t->clock_was_off;
}

void aws_transfer_free(struct aws_transfer *t)
{
    if (!t)
        return;
    http_exchange_free(t->exchange);
    free(t);
}
