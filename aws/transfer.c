#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client_private.h"
#include "aws/sign.h"
#include "base/mem.h"

struct aws_transfer {
    struct aws_client *client;
    struct http_exchange *exchange;
    struct aws_error error; /* says what was asked; filled when the service says no */
    enum aws_effect effect;
    int64_t clock_offset_ms; /* it was signed with */
    unsigned generation;     /* of its credentials */
    enum aws_quota quota;
    enum retry_class class; /* of how it ended; RETRY_NO after a success, too */
    bool sign_again;
};

static int prepare(struct outgoing *o, struct aws_client *c, const struct aws_request *r,
                   struct err *err)
{
    const struct aws_creds *creds = NULL;

    if (!r->unsigned_ && creds_chain_get(c->creds, &creds, err) < 0)
        return -1;
    return outgoing_make(o, r, c->settings.endpoints[aws_service_of(r->service)],
                         c->settings.region, creds, clock_wall(c->clock) + c->clock_offset_ms, err);
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
                                .timeout_ms = aws_client_timeout_ms(client, r),
                                .connect_ms = client->connect_ms,
                                .max_reply_bytes = r->max_reply_bytes};

    t->client = client;
    t->effect = r->effect;
    t->quota = r->quota;
    name_request(&t->error, r);
    if (prepare(&out, client, r, err) < 0) {
        ctx_of(&t->error, err);
        aws_transfer_free(t);
        return -1;
    }
    t->clock_offset_ms = client->clock_offset_ms;
    t->generation = creds_chain_generation(client->creds);
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
    int64_t at;

    if (aws_reply_header(reply, "x-amz-retry-after", &value) && str_to_u64(value, 86400000, &n))
        return (int64_t)n;
    if (!aws_reply_header(reply, "retry-after", &value))
        return -1;
    if (str_to_u64(value, 86400, &n))
        return (int64_t)n * 1000;
    if (!http_reply_date(reply, "retry-after", &at))
        return -1;
    return at > now_ms ? at - now_ms : 0;
}

static void read_error(struct aws_transfer *t, const struct aws_reply *reply)
{
    aws_reply_error(reply, &t->error);
    t->error.retry_after_ms =
        asked_wait_ms(reply, clock_wall(t->client->clock) + t->client->clock_offset_ms);
}

/*
 * The service's own clock is right by definition. Small differences are not what it complained
 * about. Compared with what this transfer was signed with: another one's answer may have corrected
 * the client's clock meanwhile.
 */
static bool correct_clock(const struct aws_transfer *t, const struct aws_reply *reply)
{
    enum { WORTH_IT_MS = 30 * 1000 };
    struct aws_client *c = t->client;
    int64_t offset;

    if (!http_reply_clock(reply, clock_wall(c->clock), &offset) ||
        llabs(offset - t->clock_offset_ms) < WORTH_IT_MS)
        return false;
    c->clock_offset_ms = offset;
    return true;
}

static void correct(struct aws_transfer *t, const struct aws_reply *reply)
{
    if (t->class == RETRY_CLOCK)
        t->sign_again = correct_clock(t, reply);
    if (t->class == RETRY_CREDENTIALS)
        t->sign_again = creds_chain_expire(t->client->creds, t->generation);
}

int aws_transfer_finish(struct aws_transfer *t, CURLcode result, struct aws_reply *ret,
                        struct aws_error *ret_error, struct err *err)
{
    struct aws_reply reply = {0};
    enum retry_end end;

    *ret_error = t->error;
    if (http_exchange_finish(t->exchange, result, &reply, &end, err) < 0) {
        t->class = retry_classify(end, &t->error, t->effect);
        return ctx_of(&t->error, err);
    }
    if (reply.status / 100 != 2) {
        read_error(t, &reply);
        t->class = retry_classify(RETRY_ANSWERED, &t->error, t->effect);
        correct(t, &reply);
        *ret_error = t->error;
    }
    *ret = reply;
    return 0;
}

bool aws_transfer_again(const struct aws_transfer *t, struct retry *r, int64_t left_ms,
                        int64_t *ret_wait_ms)
{
    struct aws_client *c = t->client;
    const struct retry_case ended = {.why = t->class,
                                     .sign_again = t->sign_again,
                                     .max_attempts = c->settings.max_attempts,
                                     .unit = rng_unit(&c->rng),
                                     .asked_ms = t->error.retry_after_ms,
                                     .left_ms = left_ms};

    if (t->class == RETRY_THROTTLED && t->quota != AWS_QUOTA_NONE && c->pace)
        pace_throttled(&c->pace->pace[t->quota], clock_mono(c->clock));
    return retry_again(r, &c->quota, &ended, ret_wait_ms);
}

bool aws_transfer_sign_again(const struct aws_transfer *t)
{
    return t->sign_again;
}

void aws_transfer_free(struct aws_transfer *t)
{
    if (!t)
        return;
    http_exchange_free(t->exchange);
    free(t);
}
