#include "aws/creds/ask.h"

#include <stdlib.h>

#include <jansson.h>

#include "aws/retry.h"
#include "aws/sign.h"

/* ---- asking ---- */

struct asking {
    const struct creds_options *o;
    const struct creds_question *q;
    const struct aws_request *request;
    struct aws_error error;
    struct retry retry;
    int64_t clock_offset_ms;
};

static int send_once(struct asking *a, struct aws_reply *ret, enum retry_end *ret_end,
                     struct err *err)
{
    const struct creds_options *o = a->o;
    CLEANUP(outgoing_release) struct outgoing out = {0};
    struct http_request http = {.method = a->request->method,
                                .headers = out.headers,
                                .body = a->request->body,
                                .ca_bundle = o->ca_bundle,
                                .effect = a->request->effect,
                                .quiet = true,
                                .no_proxy = a->q->link_local,
                                .insecure_http = o->insecure_http || a->q->link_local,
                                .timeout_ms = a->q->timeout_ms,
                                .connect_ms = a->q->connect_ms,
                                .max_reply_bytes = 256 << 10};

    *ret_end = RETRY_HOPELESS;
    if (outgoing_make(&out, a->request, a->q->endpoint, a->q->region ? a->q->region : "", a->q->by,
                      clock_wall(o->clock) + a->clock_offset_ms, err) < 0)
        return -1;
    http.url = buf_c(&out.url);
    http.header_count = out.count;
    return o->send ? o->send(o->send_ctx, o->http, &http, ret, ret_end, err)
                   : http_send(o->http, &http, ret, ret_end, err);
}

/* "STS: 403 AccessDenied: ..." */
static void say(const struct asking *a, struct buf *why)
{
    const struct aws_error *e = &a->error;

    buf_printf(why, "%s: %d%s%s%s%s", a->q->who, e->status, e->type[0] ? " " : "", e->type,
               e->message[0] ? ": " : "", e->message);
}

/* The clock is wrong by minutes: believe the service. */
static bool correct_clock(struct asking *a, const struct aws_reply *reply)
{
    return http_reply_clock(reply, clock_wall(a->o->clock), &a->clock_offset_ms) &&
           llabs(a->clock_offset_ms) > 30 * 1000;
}

/* True: worth another attempt, after the wait. */
static bool decide(struct asking *a, enum retry_end end, const struct aws_reply *reply)
{
    const bool cancelled = a->o->cancelled && a->o->cancelled(a->o->cancelled_ctx);
    struct retry_case ended = {.why = retry_classify(end, &a->error, a->request->effect),
                               .max_attempts = a->q->attempts,
                               .unit = 0.5,
                               .asked_ms = -1,
                               .left_ms = INT64_MAX};
    int64_t wait;

    /* A metadata service that is not there stays away. */
    if (cancelled || (a->q->link_local && end != RETRY_ANSWERED))
        return false;
    if (ended.why == RETRY_CLOCK)
        ended.sign_again = correct_clock(a, reply);
    if (!retry_again(&a->retry, NULL, &ended, &wait))
        return false;
    clock_sleep(a->o->clock, wait);
    return true;
}

static int ask(struct asking *a, struct aws_reply *ret, int *ret_status, struct buf *why)
{
    for (;;) {
        struct aws_reply reply = {0};
        enum retry_end end;
        struct err err = {0};
        const int sent = send_once(a, &reply, &end, &err);
        bool again;

        *ret_status = sent == 0 ? reply.status : 0;
        if (sent == 0 && reply.status / 100 == 2) {
            *ret = reply;
            return 0;
        }
        a->error = (struct aws_error){{0}};
        if (sent == 0)
            aws_reply_error(&reply, &a->error);
        again = decide(a, end, &reply);
        aws_reply_release(&reply);
        if (again)
            continue;
        if (sent == 0)
            say(a, why);
        else
            buf_printf(why, "%s: %s", a->q->who, err.text);
        return -1;
    }
}

int creds_ask(const struct creds_options *o, const struct creds_question *q,
              struct aws_request *request, struct aws_reply *ret, int *ret_status, struct buf *why)
{
    struct asking a = {.o = o, .q = q, .request = request};
    int status = 0;
    const int result = ask(&a, ret, &status, why);

    if (q->error)
        *q->error = a.error;
    if (ret_status)
        *ret_status = status;
    aws_request_release(request);
    return result;
}

/* ---- reading ---- */

static struct str member(const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);

    return (struct str){json_string_value(v), json_string_length(v)};
}

int creds_read_json(struct aws_creds *ret, struct str text, const char *token_member,
                    struct buf *why)
{
    json_t *root = json_loadb(text.data ? text.data : "", text.len, 0, NULL);
    const struct str access_key = member(root, "AccessKeyId");
    const struct str secret_key = member(root, "SecretAccessKey");
    const struct str expiration = member(root, "Expiration");
    int64_t expires = 0;
    int result = -1;

    if (!json_is_object(root))
        buf_add_c(why, "the answer is no JSON object");
    else if (!access_key.len || !secret_key.len)
        buf_printf(why, "the answer has no %s", access_key.len ? "SecretAccessKey" : "AccessKeyId");
    else if (expiration.len && !clock_parse_rfc3339(expiration, &expires))
        buf_printf(why, "Expiration \"%.40s\" is no date", expiration.data);
    else
        result = 0;
    if (result == 0) {
        aws_creds_set(ret, access_key, secret_key, member(root, token_member), expires);
        aws_creds_set_account(ret, member(root, "AccountId"));
    }
    json_decref(root);
    return result;
}
