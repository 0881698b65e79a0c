#include "aws/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/curl.h"
#include "aws/client_private.h"
#include "aws/endpoint.h"
#include "base/log.h"
#include "base/mem.h"

enum { CALL_TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 5000 };

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
    aws_providers_free(pool);
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

/* The environment's role is the client's own, who assumes it may be shared. */
static void make_chain(struct aws_client *c, const struct aws_client_options *o,
                       struct aws_profiles *profiles)
{
    struct creds_options options = {.env = o->env,
                                    .profile = c->settings.profile,
                                    .profile_named = c->settings.profile_named,
                                    .access_key = c->access_key,
                                    .secret_key = c->secret_key,
                                    .session_token = c->session_token,
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

    c->creds = aws_provider_of(c->pool, &options, profiles);
    if (!c->role_arn)
        return;
    options.base = c->creds;
    options.role_arn = c->role_arn;
    c->creds = c->own_role = creds_chain_new(&options);
}

/*
 * Settings with the Region of the EC2 instance where nobody named one, as the AWS CLI v2 and the
 * SDKs for Java, Kotlin and Rust have it.
 */
static int resolve(struct aws_client *c, const struct aws_client_options *o,
                   const struct aws_profiles *profiles, struct err *err)
{
    struct aws_client_options options = *o;
    const struct creds_options ask = {.env = o->env,
                                      .profiles = profiles,
                                      .profile = aws_settings_profile(o),
                                      .http = c->pool->http,
                                      .clock = c->clock,
                                      .cancelled = c->cancelled,
                                      .cancelled_ctx = c->cancelled_ctx};
    CLEANUP(buf_release) struct buf region = {0};
    CLEANUP(buf_release) struct buf why = {0};
    struct err missing = {0};

    if (aws_settings_region(o, profiles))
        return aws_settings_resolve(&c->settings, o, profiles, err);
    if (creds_instance_region(&ask, &region, &why) < 0) {
        aws_settings_resolve(&c->settings, o, profiles, &missing);
        return err_set(err, missing.kind, "%s (%s)", missing.text, buf_c(&why));
    }
    log_debug("Region: %s, of this EC2 instance", buf_c(&region));
    options.region = buf_c(&region);
    return aws_settings_resolve(&c->settings, &options, profiles, err);
}

/* Refused by every request as well; here nothing was done yet. */
static int check_endpoint(const struct aws_client *c, struct err *err)
{
    const char *url = aws_client_endpoint(c);

    if (c->insecure_http || strncmp(url, "http://", 7) != 0 || aws_endpoint_is_loopback(url))
        return 0;
    return err_set(err, ERR_INPUT,
                   "endpoint %s: plain http goes to this machine only, elsewhere credentials and "
                   "payloads would be readable; use https or --insecure-http",
                   url);
}

int aws_client_new(struct aws_client **ret, const struct aws_client_options *o, struct err *err)
{
    CLEANUP(aws_client_freep) struct aws_client *c = mem_zalloc(sizeof(*c));
    CLEANUP(aws_profiles_release) struct aws_profiles profiles = {0};

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
    if (!o->pool)
        c->own_pool = aws_pool_new();
    c->pool = o->pool ? o->pool : c->own_pool;
    if (aws_profiles_load(&profiles, &o->env, err) < 0 || resolve(c, o, &profiles, err) < 0 ||
        check_endpoint(c, err) < 0)
        return -1;
    make_chain(c, o, &profiles);
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
    creds_chain_free(c->own_role);
    aws_settings_release(&c->settings);
    free(c->role_arn);
    free(c->access_key);
    mem_wipe_free(c->secret_key);
    mem_wipe_free(c->session_token);
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

bool aws_client_same_identity(const struct aws_client *a, const struct aws_client *b)
{
    return strcmp(a->identity, b->identity) == 0;
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

int64_t aws_client_timeout_ms(const struct aws_client *c, const struct aws_request *r)
{
    return r->timeout_ms ? r->timeout_ms : c->timeout_ms;
}

int aws_client_need(struct aws_client *c, int64_t life_ms, struct err *err)
{
    return creds_chain_need(c->creds, life_ms, err);
}

int64_t aws_client_turn_ms(struct aws_client *c, enum aws_quota quota)
{
    const int64_t now = clock_mono(c->clock);
    struct pace *pace;
    int64_t wait;

    if (quota == AWS_QUOTA_NONE)
        return 0;
    join_pace_group(c);
    pace = &c->pace->pace[quota];
    wait = pace_wait_ms(pace, now, c->urgent);
    if (wait == 0)
        pace_take(pace, now);
    return wait;
}
