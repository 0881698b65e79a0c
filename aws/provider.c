/*
 * Clients of one pool that ask for credentials the same way share them: they are fetched once,
 * refreshed once, and a code of an MFA device, which is good for one use, is asked for once.
 */
#include <stdlib.h>
#include <string.h>

#include "aws/client_private.h"
#include "base/mem.h"

struct aws_provider {
    struct creds_options o; /* its strings are owned */
    struct aws_profiles profiles;
    struct creds_chain *chain;
    struct aws_provider *next;
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Where STS is asked makes no difference to who one is then. */
static bool is_same(const struct creds_options *a, const struct creds_options *b)
{
    return same_text(a->profile, b->profile) && a->profile_named == b->profile_named &&
           same_text(a->access_key, b->access_key) && same_text(a->secret_key, b->secret_key) &&
           same_text(a->session_token, b->session_token) && same_text(a->ca_bundle, b->ca_bundle) &&
           a->insecure_http == b->insecure_http && a->fips == b->fips &&
           a->dual_stack == b->dual_stack && a->env.get == b->env.get && a->env.ctx == b->env.ctx &&
           a->clock == b->clock && a->ask_mfa == b->ask_mfa && a->ask_mfa_ctx == b->ask_mfa_ctx &&
           a->cancelled == b->cancelled && a->cancelled_ctx == b->cancelled_ctx;
}

static struct aws_provider *provider_new(const struct creds_options *o,
                                         struct aws_profiles *profiles)
{
    struct aws_provider *p = mem_zalloc(sizeof(*p));

    p->profiles = *profiles;
    *profiles = (struct aws_profiles){0};
    p->o = *o;
    p->o.profiles = &p->profiles;
    p->o.profile = mem_dup(o->profile);
    p->o.access_key = mem_dup(o->access_key);
    p->o.secret_key = mem_dup(o->secret_key);
    p->o.session_token = mem_dup(o->session_token);
    p->o.region = mem_dup(o->region);
    p->o.sts_endpoint = mem_dup(o->sts_endpoint);
    p->o.ca_bundle = mem_dup(o->ca_bundle);
    p->chain = creds_chain_new(&p->o);
    return p;
}

static void free_text(const char *owned)
{
    mem_wipe_free((char *)(uintptr_t)owned);
}

static void provider_free(struct aws_provider *p)
{
    creds_chain_free(p->chain);
    aws_profiles_release(&p->profiles);
    free_text(p->o.profile);
    free_text(p->o.access_key);
    free_text(p->o.secret_key);
    free_text(p->o.session_token);
    free_text(p->o.region);
    free_text(p->o.sts_endpoint);
    free_text(p->o.ca_bundle);
    free(p);
}

struct creds_chain *aws_provider_of(struct aws_pool *pool, const struct creds_options *o,
                                    struct aws_profiles *profiles)
{
    struct aws_provider *p = pool->providers;

    while (p && !is_same(&p->o, o))
        p = p->next;
    if (!p) {
        p = provider_new(o, profiles);
        p->next = pool->providers;
        pool->providers = p;
    }
    return p->chain;
}

void aws_providers_free(struct aws_pool *pool)
{
    while (pool->providers) {
        struct aws_provider *p = pool->providers;

        pool->providers = p->next;
        provider_free(p);
    }
}
