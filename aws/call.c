/* aws_call(): waits its turn, sends, waits, sends again, until it is done or over. */
#include <stdio.h>
#include <string.h>

#include "aws/client_private.h"
#include "aws/curl.h"
#include "base/log.h"

enum { CANCEL_CHECK_MS = 200 };

/* "lambda UpdateAlias orders" for a message; there may be no resource. */
#define WHICH        "%s %s%s%s"
#define WHICH_ARG(r) (r)->service, (r)->operation, *(r)->resource ? " " : "", (r)->resource

struct call {
    struct aws_client *client;
    const struct aws_request *request;
    int64_t start_ms, deadline_ms;
    struct retry retry;
    struct kept *kept; /* the first attempt was made ahead */
};

static int sleep_for(struct call *call, int64_t ms, struct err *err)
{
    const struct clock *clock = call->client->clock;
    const int64_t until = clock_mono(clock) + ms;
    int64_t left;

    while ((left = until - clock_mono(clock)) > 0) {
        if (aws_client_check(call->client, err) < 0)
            return -1;
        clock_sleep(clock, left < CANCEL_CHECK_MS ? left : CANCEL_CHECK_MS);
    }
    return aws_client_check(call->client, err);
}

void log_waited(const struct aws_request *r, int64_t ms)
{
    if (ms > 0)
        log_debug(WHICH ": waited %lld ms for its turn", WHICH_ARG(r), (long long)ms);
}

/* How long a person looked for an MFA device since then is not of the call's time. */
static void leave_out_asking(struct call *call, int64_t asked_before_ms)
{
    const int64_t asked_ms = creds_chain_asked_ms(call->client->creds) - asked_before_ms;

    call->start_ms += asked_ms;
    call->deadline_ms += asked_ms;
}

static int wait_for_pace(struct call *call, struct err *err)
{
    const struct aws_request *r = call->request;
    int64_t wait, waited = 0;

    while ((wait = aws_client_turn_ms(call->client, r->quota)) > 0) {
        if (clock_mono(call->client->clock) + wait > call->deadline_ms)
            return err_set(err, ERR_THROTTLED,
                           WHICH ": its turn would come after the deadline (rate limit)",
                           WHICH_ARG(r));
        if (sleep_for(call, wait, err) < 0)
            return -1;
        waited += wait;
    }
    log_waited(r, waited);
    return 0;
}

static int is_cancelled(void *ctx, curl_off_t total, curl_off_t now, curl_off_t to_send,
                        curl_off_t sent)
{
    struct err unused = {0};

    (void)total;
    (void)now;
    (void)to_send;
    (void)sent;
    return aws_client_check(ctx, &unused) < 0;
}

/* A read may be broken off at any time; what became of a change is waited for. */
static CURLcode transfer(struct call *call, CURL *easy)
{
    if (call->request->effect == AWS_READS) {
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, is_cancelled);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, call->client);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    }
    return curl_easy_perform(easy);
}

/* Sends it once. 0: as aws_transfer_finish() in *ret_result. -1: nothing was sent. */
static int perform(struct call *call, struct aws_transfer **ret, int *ret_result,
                   struct aws_reply *ret_reply, struct err *err)
{
    struct aws_client *c = call->client;
    struct aws_request request = *call->request; /* shallow: only its timeout differs */
    const int64_t asked_ms = creds_chain_asked_ms(c->creds);
    CURLcode performed;

    request.timeout_ms = call->deadline_ms - clock_mono(c->clock);
    if (request.timeout_ms <= 0)
        return err_set(err, ERR_UNREACHABLE, WHICH ": no time left", WHICH_ARG(&request));
    if (aws_transfer_new(ret, c, &request, err) < 0)
        return -1;
    leave_out_asking(call, asked_ms); /* where those of before were refused */
    performed = transfer(call, aws_transfer_easy(*ret));
    if (performed == CURLE_ABORTED_BY_CALLBACK && request.effect == AWS_READS &&
        aws_client_check(c, err) < 0) {
        call->retry.attempts++; /* it was sent */
        aws_transfer_free(*ret);
        return -1;
    }
    *ret_result = aws_transfer_finish(*ret, performed, ret_reply, &c->error, err);
    return 0;
}

static struct aws_transfer *take_kept(struct call *call, int *ret_result,
                                      struct aws_reply *ret_reply, struct err *err)
{
    struct kept *k = STEAL(call->kept);
    struct aws_transfer *t = STEAL(k->transfer);

    *ret_result = k->result;
    *ret_reply = k->reply;
    k->reply = (struct aws_reply){0};
    call->client->error = k->error;
    if (k->result < 0)
        *err = k->err;
    kept_free(k);
    return t;
}

/* One attempt. 0: 2xx, in `ret`. 1: may go again, after the wait. -1: over. `err` unless 0. */
static int attempt(struct call *call, struct aws_reply *ret, int64_t *ret_wait_ms, struct err *err)
{
    struct aws_client *c = call->client;
    struct aws_transfer *t;
    struct aws_reply reply = {0};
    int result = -1;
    bool again = false;

    if (call->kept)
        t = take_kept(call, &result, &reply, err);
    else if (perform(call, &t, &result, &reply, err) < 0)
        return -1;
    if (result == 0 && reply.status / 100 == 2) {
        retry_quota_give(&c->quota, call->retry.last);
        *ret = reply;
    } else {
        if (result == 0)
            result = aws_error_to_err(&c->error, call->request->effect, err);
        aws_reply_release(&reply);
        again = aws_transfer_again(t, &call->retry, call->deadline_ms - clock_mono(c->clock),
                                   ret_wait_ms);
    }
    aws_transfer_free(t);
    return again ? 1 : result;
}

/* Credentials first: the time they take is the call's, and whose they are says which budget. */
static int prepare(struct call *call, struct err *err)
{
    const int64_t asked_ms = creds_chain_asked_ms(call->client->creds);
    const struct aws_request *r = call->request;
    const struct aws_creds *creds;

    if (!r->unsigned_ && creds_chain_get(call->client->creds, &creds, err) < 0)
        return err_ctx(err, WHICH, WHICH_ARG(r));
    leave_out_asking(call, asked_ms);
    return 0;
}

static int try_until_done(struct call *call, struct aws_reply *ret, struct err *err)
{
    struct err why = {0};
    int64_t wait = 0;

    for (;;) {
        int again;

        if (!call->kept && wait_for_pace(call, &why) < 0)
            break;
        again = attempt(call, ret, &wait, &why);
        if (again == 0) {
            ret->attempts = call->retry.attempts + 1;
            return 0;
        }
        if (again < 0)
            break;
        log_debug("attempt %u: %s; again in %lld ms", call->retry.attempts, why.text,
                  (long long)wait);
        if (sleep_for(call, wait, &why) < 0)
            break;
    }
    return call->retry.attempts > 1
               ? err_set(err, why.kind, "%s (attempt %u)", why.text, call->retry.attempts)
               : err_set(err, why.kind, "%s", why.text);
}

/* Of an answer that went well: the one of a failure is in the client's error. */
static void request_id_of(const struct aws_reply *r, char *out, size_t size)
{
    struct str id;

    if (aws_reply_header(r, "x-amzn-requestid", &id))
        snprintf(out, size, "%.*s", STR_ARG(id));
}

static void tell_called(const struct call *call, const struct aws_reply *reply, enum err_kind kind)
{
    struct aws_client *c = call->client;
    const int64_t took_ms = clock_mono(c->clock) - call->start_ms;
    char id[sizeof(c->change_id)] = "";

    if (kind == ERR_NONE)
        request_id_of(reply, id, sizeof(id));
    else
        memcpy(id, c->error.request_id, sizeof(id));
    if (call->request->effect == AWS_CHANGES) {
        memcpy(c->change_id, id, sizeof(id));
        c->change_ms = took_ms;
    }
    if (c->called)
        c->called(c->called_ctx, &(struct aws_called){
                                     .operation = call->request->operation,
                                     .resource = call->request->resource,
                                     .effect = call->request->effect,
                                     .kind = kind,
                                     .status = kind == ERR_NONE ? reply->status : c->error.status,
                                     .error_type = c->error.type,
                                     .request_id = id,
                                     .attempts = call->retry.attempts + (kind == ERR_NONE),
                                     .duration_ms = took_ms,
                                 });
}

int aws_call(struct aws_client *client, const struct aws_request *request, struct aws_reply *ret,
             struct err *err)
{
    struct call call = {
        .client = client, .request = request, .start_ms = clock_mono(client->clock)};
    struct err why = {0};
    int result;

    client->error = (struct aws_error){0};
    if (prepare(&call, err) < 0)
        return -1;
    call.kept = kept_take(client, request);
    if (call.kept)
        call.start_ms -= call.kept->spent_ms;
    call.deadline_ms = call.start_ms + aws_client_timeout_ms(client, request);
    result = try_until_done(&call, ret, &why);
    if (result == 0)
        client->error = (struct aws_error){0}; /* of attempts that were followed by a good one */
    tell_called(&call, ret, why.kind);
    return result < 0 ? err_set(err, why.kind, "%s", why.text) : 0;
}
