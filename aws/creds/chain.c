#include "aws/creds/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aws/creds/source.h"
#include "base/log.h"
#include "base/mem.h"

enum {
    REFRESH_BEFORE_MS = 15 * 60 * 1000,
    RETRY_AFTER_MS = 60 * 1000,
    FAILED_FOR_MS = 10 * 1000,
};

struct creds_chain {
    struct creds_options o;
    struct aws_creds creds; /* access_key is NULL: none yet */
    int64_t refresh_at_ms;  /* wall time; 0: never */
    unsigned generation;
    bool given_up; /* before their end, once at least */
    int64_t given_up_mono_ms;
    struct err failed;      /* why there were none, while there have never been any */
    int64_t failed_mono_ms; /* when that was */
    creds_ask_mfa *ask_mfa; /* what o.ask_mfa was given as */
    void *ask_mfa_ctx;
    int64_t asked_ms; /* in it */
};

static enum creds_found given(const struct creds_options *o, struct aws_creds *ret, struct buf *why)
{
    (void)why;
    if (!o->access_key || !o->secret_key)
        return CREDS_ABSENT;
    aws_creds_set(ret, str_c(o->access_key), str_c(o->secret_key), str_c(o->session_token), 0);
    snprintf(ret->source, sizeof(ret->source), "given keys");
    return CREDS_FOUND;
}

static creds_source *const SOURCES[] = {
    given,
    creds_from_environment,
    creds_from_profile,
    creds_from_web_identity,
    creds_from_container,
    creds_from_instance,
};

static bool ask_mfa(void *ctx, const char *serial, char *out, size_t size)
{
    struct creds_chain *chain = ctx;
    const int64_t start_ms = clock_mono(chain->o.clock);
    const bool answered = chain->ask_mfa(chain->ask_mfa_ctx, serial, out, size);

    chain->asked_ms += clock_mono(chain->o.clock) - start_ms;
    return answered;
}

struct creds_chain *creds_chain_new(const struct creds_options *options)
{
    struct creds_chain *chain = mem_zalloc(sizeof(*chain));

    chain->o = *options;
    chain->ask_mfa = options->ask_mfa;
    chain->ask_mfa_ctx = options->ask_mfa_ctx;
    if (options->ask_mfa) {
        chain->o.ask_mfa = ask_mfa;
        chain->o.ask_mfa_ctx = chain;
    }
    return chain;
}

void creds_chain_free(struct creds_chain *chain)
{
    if (!chain)
        return;
    aws_creds_release(&chain->creds);
    free(chain);
}

static int find(struct creds_chain *chain, struct aws_creds *ret, struct err *err)
{
    CLEANUP(buf_release) struct buf tried = {0};

    for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
        CLEANUP(buf_release) struct buf why = {0};

        switch (SOURCES[i](&chain->o, ret, &why)) {
        case CREDS_FOUND:
            return 0;
        case CREDS_FAILED:
        case CREDS_REFUSED:
            return err_set(err, ERR_CREDENTIALS, "credentials: %s", buf_c(&why));
        case CREDS_ABSENT:
            break;
        }
        if (why.len)
            buf_printf(&tried, "%s%s", tried.len ? "; " : "", buf_c(&why));
    }
    return err_set(err, ERR_CREDENTIALS, "no AWS credentials found. Tried %s", buf_c(&tried));
}

static enum creds_found assume(struct creds_chain *chain, const struct aws_creds *by,
                               struct aws_creds *ret, struct err *err)
{
    const struct creds_role role = {.arn = chain->o.role_arn};
    CLEANUP(buf_release) struct buf why = {0};
    enum creds_found found = CREDS_FOUND;

    if (role.arn)
        found = creds_assume_role(&chain->o, &role, by, ret, &why);
    if (found != CREDS_FOUND)
        err_set(err, ERR_CREDENTIALS, "credentials: %s", buf_c(&why));
    return found;
}

/* Of those that were kept. */
static bool renew_base(struct creds_chain *chain)
{
    return chain->o.base && creds_chain_expire(chain->o.base, chain->o.base->generation);
}

static int fetch_role(struct creds_chain *chain, struct aws_creds *ret, struct err *err)
{
    const struct aws_creds *by = ret;
    struct err why = {0};
    enum creds_found found;

    do {
        if (chain->o.base ? creds_chain_get(chain->o.base, &by, err) < 0
                          : find(chain, ret, err) < 0)
            return -1;
        found = assume(chain, by, ret, &why);
    } while (found == CREDS_REFUSED && renew_base(chain));
    if (found != CREDS_FOUND)
        return err_set(err, why.kind, "%s", why.text);
    log_debug("credentials: %s", ret->source);
    return 0;
}

/* Documents with secrets in them come by on the way: jansson wipes what it frees meanwhile. */
static int fetch(struct creds_chain *chain, struct aws_creds *ret, struct err *err)
{
    json_malloc_t allocate;
    json_free_t release;
    int result;

    json_get_alloc_funcs(&allocate, &release);
    json_set_alloc_funcs(malloc, mem_wipe_free);
    result = fetch_role(chain, ret, err);
    json_set_alloc_funcs(allocate, release);
    return result;
}

/* Early enough to try more than once, late enough not to fetch a short-lived one all the time. */
static int64_t refresh_time(int64_t now, int64_t expires)
{
    const int64_t quarter = (expires - now) / 4;

    if (expires == 0)
        return 0;
    if (expires <= now)
        return now + RETRY_AFTER_MS; /* what came is old already; the service will tell */
    return expires - (quarter < REFRESH_BEFORE_MS ? quarter : REFRESH_BEFORE_MS);
}

/*
 * Whoever asks for fifty functions need not wait fifty times for metadata that nobody serves, nor
 * be asked for fifty MFA codes. Once there were credentials every call tries anew: what is taken
 * back must not stop at one hiccup.
 */
static bool has_just_failed(const struct creds_chain *chain)
{
    return chain->failed.kind != ERR_NONE &&
           clock_mono(chain->o.clock) - chain->failed_mono_ms < FAILED_FOR_MS;
}

static int fetch_unless_failed(struct creds_chain *chain, struct aws_creds *ret, struct err *err)
{
    if (has_just_failed(chain)) {
        *err = chain->failed;
        return -1;
    }
    chain->failed = (struct err){0};
    if (fetch(chain, ret, err) == 0)
        return 0;
    if (chain->generation == 0) {
        chain->failed = *err;
        chain->failed_mono_ms = clock_mono(chain->o.clock);
    }
    return -1;
}

int creds_chain_get(struct creds_chain *chain, const struct aws_creds **ret, struct err *err)
{
    const int64_t now = clock_wall(chain->o.clock);
    struct aws_creds fresh = {0};

    if (!chain->creds.access_key || (chain->refresh_at_ms && now >= chain->refresh_at_ms)) {
        if (fetch_unless_failed(chain, &fresh, err) == 0) {
            aws_creds_release(&chain->creds);
            chain->creds = fresh;
            chain->generation++;
            chain->refresh_at_ms = refresh_time(now, fresh.expires_ms);
        } else {
            aws_creds_release(&fresh);
            if (!chain->creds.access_key || now >= chain->creds.expires_ms)
                return -1;
            chain->refresh_at_ms = now + RETRY_AFTER_MS;
        }
    }
    *ret = &chain->creds;
    return 0;
}

int creds_chain_need(struct creds_chain *chain, int64_t life_ms, struct err *err)
{
    const int64_t now = clock_wall(chain->o.clock);
    const struct aws_creds *creds;

    for (int try = 0; try < 2; try++) {
        if (creds_chain_get(chain, &creds, err) < 0)
            return -1;
        if (creds->expires_ms == 0 || creds->expires_ms - now >= life_ms)
            return 0;
        chain->refresh_at_ms = now;
    }
    return err_set(err, ERR_CREDENTIALS,
                   "the credentials (%s) end in %lld s, and what comes next may need them for "
                   "%lld s: log in anew, or let them last longer",
                   creds->source, (long long)((creds->expires_ms - now) / 1000),
                   (long long)(life_ms / 1000));
}

unsigned creds_chain_generation(const struct creds_chain *chain)
{
    return chain->generation;
}

bool creds_chain_expire(struct creds_chain *chain, unsigned generation)
{
    const int64_t now_ms = clock_mono(chain->o.clock); /* a clock that was wrong may be set back */

    /* Of many requests on their way only the first to come back makes a difference. */
    if (generation != chain->generation || !chain->creds.access_key)
        return true;
    /*
     * New ones that are refused as well are refused for another reason: they are not fetched all
     * the time, and nobody is asked for one MFA code after the other.
     */
    if (chain->creds.expires_ms == 0 ||
        (chain->given_up && now_ms - chain->given_up_mono_ms < RETRY_AFTER_MS))
        return false;
    log_debug("credentials: %s: refused before their end, others are fetched", chain->creds.source);
    chain->given_up = true;
    chain->given_up_mono_ms = now_ms;
    aws_creds_release(&chain->creds);
    return true;
}

int64_t creds_chain_asked_ms(const struct creds_chain *chain)
{
    return chain->asked_ms + (chain->o.base ? chain->o.base->asked_ms : 0);
}

const char *creds_chain_source(const struct creds_chain *chain)
{
    return chain->creds.source;
}

const char *creds_chain_account(const struct creds_chain *chain)
{
    return chain->creds.account;
}
