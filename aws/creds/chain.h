/*
 * Who we are: the SDKs' default credentials chain, first hit wins. Environment, profile (roles, web
 * identity, SSO, keys, credential_process, `aws login`), web identity of the environment,
 * container, EC2 instance. docs/credentials.md tells users.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
#ifndef AWS_CREDS_CHAIN_H
#define AWS_CREDS_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/creds/creds.h"
#include "aws/env.h"
#include "aws/http.h"
#include "aws/profile.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

struct creds_chain;

/* http_send(), or what a test puts in its place. */
typedef int creds_send(void *ctx, struct http_pool *pool, const struct http_request *request,
                       struct aws_reply *ret, enum retry_end *ret_end, struct err *err);

/*
 * Asks whoever sits there for the code of the MFA device `serial`. False: nobody answered. `out`
 * gets it NUL-terminated.
 */
typedef bool creds_ask_mfa(void *ctx, const char *serial, char *out, size_t size);

/* Everything is borrowed and must outlive the chain. */
struct creds_options {
    struct aws_env env;
    const struct aws_profiles *profiles;
    const char *profile; /* the one to use */
    bool profile_named;  /* on the command line or in the project: the environment's keys do not
                            count */
    const char *access_key, *secret_key, *session_token; /* given outright */
    const char *role_arn;     /* assumed on top of what is found; NULL: none */
    struct creds_chain *base; /* assumes role_arn, instead of what would be found; NULL: none */
    const char *region;       /* of STS; may be NULL */
    const char *sts_endpoint; /* NULL: unknown, because there is no Region */
    bool fips, dual_stack;    /* of the other endpoints */
    const char *ca_bundle;
    bool insecure_http;
    struct http_pool *http;
    const struct clock *clock;
    creds_send *send; /* NULL: http_send */
    void *send_ctx;
    creds_ask_mfa *ask_mfa; /* NULL: there is nobody to ask */
    void *ask_mfa_ctx;
    bool (*cancelled)(void *ctx); /* NULL: never */
    void *cancelled_ctx;
};

/*
 * The Region of the EC2 instance this runs on. -1 and a clause in `why`: it is none, or its
 * metadata is not to be asked; off EC2 that takes a second at most. Uses env, profiles, profile,
 * http, clock, send and cancelled.
 */
int creds_instance_region(const struct creds_options *o, struct buf *region, struct buf *why);

struct creds_chain *creds_chain_new(const struct creds_options *options);
void creds_chain_free(struct creds_chain *chain);

/*
 * The credentials, fetched at the first call and again 15 minutes before they expire (or when a
 * quarter of a shorter life is left); `ret` is valid until the next call. While they still hold, a
 * failed refresh is tried again a minute later and is no error. Those of `base` that STS refuses
 * are given up as by creds_chain_expire(), and the role is assumed with others. ERR_CREDENTIALS
 * says what was tried and why each failed; when there were none from the beginning, the same is
 * said for ten seconds without trying again.
 */
int creds_chain_get(struct creds_chain *chain, const struct aws_creds **ret, struct err *err);

/*
 * Are there credentials for another `life_ms`? Fetches newer ones when those there end sooner.
 * ERR_CREDENTIALS when even those do.
 */
int creds_chain_need(struct creds_chain *chain, int64_t life_ms, struct err *err);

/* How often they were fetched: which ones a request was signed with. */
unsigned creds_chain_generation(const struct creds_chain *chain);

/*
 * A service refused those of that generation, whatever was said of their end. True: there are
 * others, or the next creds_chain_get() fetches some; sign again. False: it would change nothing
 * (static keys), or was done less than a minute ago.
 */
bool creds_chain_expire(struct creds_chain *chain, unsigned generation);

/* How long somebody was asked for MFA codes, in all: no deadline of ours is theirs. */
int64_t creds_chain_asked_ms(const struct creds_chain *chain);

const char *creds_chain_source(const struct creds_chain *chain);  /* "" before the first call */
const char *creds_chain_account(const struct creds_chain *chain); /* "" when nobody told */

#endif
