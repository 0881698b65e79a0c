#include "aws/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "aws/client_private.h"
#include "aws/endpoint.h"
#include "base/log.h"
#include "base/mem.h"

enum { CALL_TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 5000, CANCEL_CHECK_MS = 200 };

/* ---- pool ---- */

struct aws_pool *aws_pool_new(void)
{
    struct aws_pool *pool = mem_zalloc(sizeof(*pool));

    pool->http = http_pool_new();
    return pool;
}

void aws_pool_free(struct aws_pool *pool)
{
    if (!pool)
        return;
    while (pool->groups) {
        struct pace_group *g = pool->groups;

        pool->groups = g->next;
        free(g->key);
        free(g);
    }
    http_pool_free(pool->http);
    free(pool);
}

/*
 * What is saved up is a second's worth, and one less for what comes late and then in a bunch: no
 * more is known of Lambda's own buckets. A third is for urgent calls; the rest is worth one, too.
 */
static void start_pace(struct pace *pace, double rate, int64_t now_ms)
{
    const double reserve = rate / 3, least = reserve + 2;

    pace_init(pace, rate, rate - 1 > least ? rate - 1 : least, reserve, now_ms);
}

static struct pace_group *pace_group_of(struct aws_pool *pool, const char *key, double rate,
                                        int64_t now_ms)
{
    struct pace_group *g;

    for (g = pool->groups; g; g = g->next)
        if (strcmp(g->key, key) == 0)
            return g;
    g = mem_zalloc(sizeof(*g));
    g->key = mem_dup(key);
    /* Lambda's quotas are 15, 100 and 15 a second; others use the same account. */
    start_pace(&g->pace[AWS_QUOTA_CONTROL], rate, now_ms);
    start_pace(&g->pace[AWS_QUOTA_GET_FUNCTION], rate * 6, now_ms);
    start_pace(&g->pace[AWS_QUOTA_GET_POLICY], rate, now_ms);
    g->next = pool->groups;
    return pool->groups = g;
}

/* ---- client ---- */

/*
 * One budget for everyone who is the same account at the same place. Whose account it is shows when
 * the credentials are there, mostly; else the same profile or keys are the same account.
 */
static void join_pace_group(struct aws_client *c)
{
    const char *account = creds_chain_account(c->creds);
    CLEANUP(buf_release) struct buf key = {0};

    if (c->pace)
        return;
    buf_printf(&key, "%s|%s|%s", aws_client_endpoint(c), c->settings.region,
               *account ? account : c->identity);
    c->pace = pace_group_of(c->pool, buf_c(&key), c->rate, clock_mono(c->clock));
}

static void set_rate(struct aws_client *c, const struct aws_client_options *o)
{
    const char *env_key = aws_env_get(&o->env, "AWS_ACCESS_KEY_ID");
    const double unlimited = 5000; /* this machine's own Lambda has no quota of ours */
    struct buf identity = {0};

    c->rate = o->rate > 0                                        ? o->rate
              : aws_endpoint_is_loopback(aws_client_endpoint(c)) ? unlimited
                                                                 : 10;
    buf_printf(&identity, "%s|%s|%s", c->settings.profile, c->role_arn ? c->role_arn : "",
               c->access_key ? c->access_key
               : env_key     ? env_key
                             : "");
    c->identity = buf_steal(&identity);
}

static void make_chain(struct aws_client *c, const struct aws_client_options *o)
{
    const struct creds_options options = {.env = o->env,
                                          .profiles = &c->profiles,
                                          .profile = c->settings.profile,
                                          .profile_named = c->settings.profile_named,
                                          .access_key = c->access_key,
                                          .secret_key = c->secret_key,
                                          .session_token = c->session_token,
                                          .role_arn = c->role_arn,
                                          .region = c->settings.region,
                                          .sts_endpoint = c->settings.endpoints[AWS_STS],
                                          .fips = c->settings.fips,
                                          .dual_stack = c->settings.dual_stack,
                                          .ca_bundle = c->settings.ca_bundle,
                                          .insecure_http = c->insecure_http,
                                          .http = c->pool->http,
                                          .clock = c->clock,
                                          .ask_mfa = o->ask_mfa,
                                          .ask_mfa_ctx = o->ask_mfa_ctx,
                                          .cancelled = c->cancelled,
                                          .cancelled_ctx = c->cancelled_ctx};

    c->creds = creds_chain_new(&options);
}

int aws_client_new(struct aws_client **ret, const struct aws_client_options *o, struct err *err)
{
    CLEANUP(aws_client_freep) struct aws_client *c = mem_zalloc(sizeof(*c));

    c->clock = o->clock ? o->clock : &clock_system;
    c->timeout_ms = o->timeout_ms ? o->timeout_ms : CALL_TIMEOUT_MS;
    c->connect_ms = o->connect_ms ? o->connect_ms : CONNECT_TIMEOUT_MS;
    c->insecure_http = o->insecure_http;
    c->cancelled = o->cancelled;
    c->cancelled_ctx = o->cancelled_ctx;
    c->role_arn = mem_dup(o->role_arn);
    c->access_key = mem_dup(o->access_key);
    c->secret_key = mem_dup(o->secret_key);
    c->session_token = mem_dup(o->session_token);
    c->user_agent = mem_dup(o->user_agent);
    retry_quota_init(&c->quota);
    rng_seed(&c->rng, o->seed ? o->seed : rand_u64());
    if (aws_profiles_load(&c->profiles, &o->env, err) < 0 ||
        aws_settings_resolve(&c->settings, o, &c->profiles, err) < 0)
        return -1;
    if (!o->pool)
        c->own_pool = aws_pool_new();
    c->pool = o->pool ? o->pool : c->own_pool;
    make_chain(c, o);
    set_rate(c, o);
    *ret = STEAL(c);
    return 0;
}

void aws_client_free(struct aws_client *c)
{
    if (!c)
        return;
    aws_client_ahead_end(c);
    if (c->multi)
        curl_multi_cleanup(c->multi);
    creds_chain_free(c->creds);
    aws_settings_release(&c->settings);
    aws_profiles_release(&c->profiles);
    if (c->secret_key)
        mem_wipe(c->secret_key, strlen(c->secret_key));
    if (c->session_token)
        mem_wipe(c->session_token, strlen(c->session_token));
    free(c->role_arn);
    free(c->access_key);
    free(c->secret_key);
    free(c->session_token);
    free(c->user_agent);
    free(c->identity);
    aws_pool_free(c->own_pool);
    free(c);
}

void aws_client_freep(struct aws_client **client)
{
    aws_client_free(*client);
}

const char *aws_client_region(const struct aws_client *c)
{
    return c->settings.region;
}

const char *aws_client_endpoint(const struct aws_client *c)
{
    return c->settings.endpoints[AWS_LAMBDA];
}

const struct clock *aws_client_clock(const struct aws_client *c)
{
    return c->clock;
}

const char *aws_client_credentials_source(const struct aws_client *c)
{
    return creds_chain_source(c->creds);
}

const char *aws_client_account(const struct aws_client *c)
{
    return creds_chain_account(c->creds);
}

const struct aws_error *aws_client_error(const struct aws_client *c)
{
    return &c->error;
}

void aws_client_urgent(struct aws_client *c, bool on)
{
    c->urgent = on;
}

void aws_client_listen(struct aws_client *c,
                       void (*called)(void *ctx, const struct aws_called *called), void *ctx)
{
    c->called = called;
    c->called_ctx = ctx;
}

const char *aws_client_change_id(const struct aws_client *c)
{
    return c->change_id;
}

int64_t aws_client_change_ms(const struct aws_client *c)
{
    return c->change_ms;
}

int aws_client_check(const struct aws_client *c, struct err *err)
{
    if (c->cancelled && c->cancelled(c->cancelled_ctx))
        return err_set(err, ERR_INTERRUPTED, "interrupted");
    return 0;
}

int aws_client_need(struct aws_client *c, int64_t life_ms, struct err *err)
{
    return creds_chain_need(c->creds, life_ms, err);
}

/* ---- a call ---- */

struct call {
    struct aws_client *client;
    const struct aws_request *request;
    int64_t start_ms, deadline_ms;
    unsigned attempt;
    bool clock_corrected, credentials_renewed;
    struct kept *kept; /* the first attempt was made ahead */
    enum retry_class last_retry;
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

static int wait_for_pace(struct call *call, struct err *err)
{
    struct pace *pace = &call->client->pace->pace[call->request->quota];
    const struct clock *clock = call->client->clock;
    const bool urgent = call->client->urgent;
    int64_t wait;

    if (call->request->quota == AWS_QUOTA_NONE)
        return 0;
    while ((wait = pace_wait_ms(pace, clock_mono(clock), urgent)) > 0) {
        if (clock_mono(clock) + wait > call->deadline_ms)
            return err_set(
                err, ERR_THROTTLED, "%s %s %s: its turn would come after the deadline (rate limit)",
                call->request->service, call->request->operation, call->request->resource);
        if (sleep_for(call, wait, err) < 0)
            return -1;
    }
    pace_take(pace, clock_mono(clock));
    return 0;
}

/* 0: 2xx, in `ret`. 1: may go again, after the wait. -1: over. */
static int decide(struct call *call, enum retry_end end, bool sign_again, int64_t *ret_wait_ms)
{
    struct aws_client *c = call->client;
    const enum retry_class class = retry_classify(end, &c->error, call->request->effect);

    *ret_wait_ms = 0;
    if (class == RETRY_NO)
        return -1;
    if (class == RETRY_CLOCK || class == RETRY_CREDENTIALS) {
        bool *const done =
            class == RETRY_CLOCK ? &call->clock_corrected : &call->credentials_renewed;

        if (*done || !sign_again)
            return -1; /* signing again would change nothing */
        return *done = true;
    }
    if (class == RETRY_THROTTLED && call->request->quota != AWS_QUOTA_NONE)
        pace_throttled(&c->pace->pace[call->request->quota], clock_mono(c->clock));
    if (call->attempt >= c->settings.max_attempts || !retry_quota_take(&c->quota, class))
        return -1;
    call->last_retry = class;
    *ret_wait_ms = retry_delay_ms(class, call->attempt, rng_unit(&c->rng), c->error.retry_after_ms);
    return clock_mono(c->clock) + *ret_wait_ms < call->deadline_ms ? 1 : -1;
}

/* How an attempt ended. */
struct end {
    int result; /* of aws_transfer_end() */
    struct aws_reply reply;
    enum retry_end end;
    bool sign_again;
};

static void take_kept(struct call *call, struct end *ret, struct err *err)
{
    struct kept *k = STEAL(call->kept);

    *ret = (struct end){k->result, k->reply, k->end, k->sign_again};
    k->reply = (struct aws_reply){0};
    call->client->error = k->error;
    if (k->result < 0)
        *err = k->err;
    kept_free(k);
}

static int perform(struct call *call, struct end *ret, struct err *err)
{
    struct aws_client *c = call->client;
    struct aws_request request = *call->request; /* shallow: only its timeout differs */
    struct aws_transfer *t;

    request.timeout_ms = call->deadline_ms - clock_mono(c->clock);
    if (request.timeout_ms <= 0)
        return err_set(err, ERR_UNREACHABLE, "%s %s %s: no time left", request.service,
                       request.operation, request.resource);
    if (aws_transfer_new(&t, c, &request, err) < 0)
        return -1;
    ret->result = aws_transfer_end(t, curl_easy_perform(aws_transfer_easy(t)), &ret->reply,
                                   &c->error, &ret->end, err);
    ret->sign_again = aws_transfer_sign_again(t);
    aws_transfer_free(t);
    return 0;
}

/* One attempt. As decide(); `err` is set unless 0. */
static int attempt(struct call *call, struct aws_reply *ret, int64_t *ret_wait_ms, struct err *err)
{
    struct aws_client *c = call->client;
    struct end e = {.end = RETRY_HOPELESS};

    if (call->kept)
        take_kept(call, &e, err);
    else if (perform(call, &e, err) < 0)
        return -1;
    if (e.result == 0 && e.reply.status / 100 == 2) {
        retry_quota_give(&c->quota, call->last_retry);
        *ret = e.reply;
        return 0;
    }
    if (e.result == 0)
        aws_error_to_err(&c->error, call->request->effect, err);
    aws_reply_release(&e.reply);
    return decide(call, e.end, e.sign_again, ret_wait_ms);
}

/* Credentials first: the time they take is the call's, and whose they are says which budget. */
static int prepare(struct call *call, struct err *err)
{
    const struct aws_request *r = call->request;
    const struct aws_creds *creds;

    if (!r->unsigned_ && creds_chain_get(call->client->creds, &creds, err) < 0)
        return err_ctx(err, "%s %s%s%s", r->service, r->operation, *r->resource ? " " : "",
                       r->resource);
    join_pace_group(call->client);
    return 0;
}

int client_prepare(struct aws_client *c)
{
    const struct aws_creds *creds;
    struct err ignored = {0};

    if (creds_chain_get(c->creds, &creds, &ignored) < 0)
        return -1;
    join_pace_group(c);
    return 0;
}

static int try_until_done(struct call *call, struct aws_reply *ret, struct err *err)
{
    const struct clock *clock = call->client->clock;
    struct err why = {0};
    int64_t wait = 0, queued;

    for (;; call->attempt++) {
        int again;

        if (!call->kept && wait_for_pace(call, &why) < 0)
            break;
        queued = clock_mono(clock) - call->start_ms;
        again = attempt(call, ret, &wait, &why);
        if (again == 0) {
            ret->attempts = call->attempt;
            ret->timing.queue_us = queued * 1000;
            return 0;
        }
        if (again < 0)
            break;
        log_debug("attempt %u: %s; again in %lld ms", call->attempt, why.text, (long long)wait);
        if (sleep_for(call, wait, &why) < 0)
            break;
    }
    return call->attempt > 1 ? err_set(err, why.kind, "%s (attempt %u)", why.text, call->attempt)
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
                                     .attempts = call->attempt,
                                     .duration_ms = took_ms,
                                 });
}

int aws_call(struct aws_client *client, const struct aws_request *request, struct aws_reply *ret,
             struct err *err)
{
    struct call call = {
        .client = client, .request = request, .start_ms = clock_mono(client->clock), .attempt = 1};
    struct err why = {0};
    int result;

    call.deadline_ms =
        call.start_ms + (request->timeout_ms ? request->timeout_ms : client->timeout_ms);
    client->error = (struct aws_error){0};
    if (prepare(&call, err) < 0)
        return -1;
    call.kept = kept_take(client, request);
    if (call.kept)
        call.start_ms -= call.kept->took_ms;
    result = try_until_done(&call, ret, &why);
    if (result == 0)
        client->error = (struct aws_error){0}; /* of attempts that were followed by a good one */
    tell_called(&call, ret, why.kind);
    return result < 0 ? err_set(err, why.kind, "%s", why.text) : 0;
}
