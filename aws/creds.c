#include "aws/creds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds_source.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

enum { REFRESH_BEFORE_MS = 5 * 60 * 1000 };

struct creds_chain {
    struct creds_options o;
    struct aws_creds creds; /* access_key is NULL: none yet */
};

static void wipe_text(char *text)
{
    if (text)
        mem_wipe(text, strlen(text));
    free(text);
}

void aws_creds_release(struct aws_creds *c)
{
    wipe_text(c->access_key);
    wipe_text(c->secret_key);
    wipe_text(c->session_token);
    *c = (struct aws_creds){0};
}

void aws_creds_set(struct aws_creds *c, struct str access_key, struct str secret_key,
                   struct str token, int64_t expires_ms)
{
    aws_creds_release(c);
    c->access_key = mem_dup_n(access_key.data, access_key.len);
    c->secret_key = mem_dup_n(secret_key.data, secret_key.len);
    c->session_token = token.len ? mem_dup_n(token.data, token.len) : NULL;
    c->expires_ms = expires_ms;
    /* The embedded Lambda's public "local" is no secret, and masking the word would spoil every
     * text. */
    if (!str_eq(secret_key, STR("local")))
        secret_add(secret_key);
    if (token.len)
        secret_add(token);
}

/* ---- sources that need nobody else ---- */

static enum creds_found creds_given(const struct creds_options *o, struct aws_creds *ret,
                                    struct buf *why)
{
    (void)why;
    if (!o->access_key || !o->secret_key)
        return CREDS_ABSENT;
    aws_creds_set(ret, str_c(o->access_key), str_c(o->secret_key), str_c(o->session_token), 0);
    snprintf(ret->source, sizeof(ret->source), "given keys");
    return CREDS_FOUND;
}

enum creds_found creds_from_environment(const struct creds_options *o, struct aws_creds *ret,
                                        struct buf *why)
{
    const char *access_key = aws_env_get(&o->env, "AWS_ACCESS_KEY_ID");
    const char *secret_key = aws_env_get(&o->env, "AWS_SECRET_ACCESS_KEY");

    if (o->profile_named) {
        buf_add_c(why, "environment: not asked, because a profile was named");
        return CREDS_ABSENT;
    }
    if (!access_key || !secret_key) {
        buf_printf(why, "environment: %s is not set",
                   access_key ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
        return CREDS_ABSENT;
    }
    aws_creds_set(ret, str_c(access_key), str_c(secret_key),
                  str_c(aws_env_get(&o->env, "AWS_SESSION_TOKEN")), 0);
    snprintf(ret->source, sizeof(ret->source), "environment");
    return CREDS_FOUND;
}

/* ---- the chain ---- */

static creds_source *const SOURCES[] = {
    creds_given,
    creds_from_environment,
    creds_from_profile,
};

struct creds_chain *creds_chain_new(const struct creds_options *options)
{
    struct creds_chain *chain = mem_zalloc(sizeof(*chain));

    chain->o = *options;
    return chain;
}

void creds_chain_free(struct creds_chain *chain)
{
    if (!chain)
        return;
    aws_creds_release(&chain->creds);
    free(chain);
}

static int fetch(struct creds_chain *chain, struct aws_creds *ret, struct err *err)
{
    CLEANUP(buf_release) struct buf tried = {0};

    for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
        CLEANUP(buf_release) struct buf why = {0};

        switch (SOURCES[i](&chain->o, ret, &why)) {
        case CREDS_FOUND:
            log_debug("credentials: %s", ret->source);
            return 0;
        case CREDS_FAILED:
            return err_set(err, ERR_CREDENTIALS, "credentials: %s", buf_c(&why));
        case CREDS_ABSENT:
            break;
        }
        if (why.len)
            buf_printf(&tried, "%s%s", tried.len ? "; " : "", buf_c(&why));
    }
    return err_set(err, ERR_CREDENTIALS, "no AWS credentials found. Tried %s", buf_c(&tried));
}

int creds_chain_get(struct creds_chain *chain, const struct aws_creds **ret, struct err *err)
{
    const int64_t now = clock_wall(chain->o.clock);
    const int64_t expires = chain->creds.expires_ms;
    struct aws_creds fresh = {0};

    if (!chain->creds.access_key || (expires && now > expires - REFRESH_BEFORE_MS)) {
        if (fetch(chain, &fresh, err) < 0) {
            aws_creds_release(&fresh);
            if (!chain->creds.access_key || now >= expires)
                return -1; /* else the old ones still hold */
        } else {
            aws_creds_release(&chain->creds);
            chain->creds = fresh;
        }
    }
    *ret = &chain->creds;
    return 0;
}

bool creds_chain_expire(struct creds_chain *chain)
{
    const bool can_change = chain->creds.expires_ms != 0;

    if (can_change)
        aws_creds_release(&chain->creds);
    return can_change;
}

const char *creds_chain_source(const struct creds_chain *chain)
{
    return chain->creds.source;
}
