/*
 * Who we are: the SDKs' default credentials chain, first hit wins. Environment, profile (role with
 * source, web identity, static keys, credential_process), web identity of the environment,
 * container, EC2 instance. Credentials are registered as secrets, wiped after use and never become
 * text. https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
#ifndef AWS_CREDS_H
#define AWS_CREDS_H

#include <stdint.h>

#include "aws/env.h"
#include "aws/http.h"
#include "aws/profile.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

struct aws_creds {
    char *access_key, *secret_key;
    char *session_token; /* NULL: none */
    int64_t expires_ms;  /* wall time; 0: never */
    char source[160];    /* "environment", "profile stage (static keys)" */
};

void aws_creds_release(struct aws_creds *c); /* wipes; a zeroed one is fine */

/* Copies the keys and registers the secret ones with secret_add(). token may be NULL or "". */
void aws_creds_set(struct aws_creds *c, struct str access_key, struct str secret_key,
                   struct str token, int64_t expires_ms);

/* Everything is borrowed and must outlive the chain. */
struct creds_options {
    struct aws_env env;
    const struct aws_profiles *profiles;
    const char *profile; /* the one to use */
    bool profile_named;  /* on the command line or in the project: the environment's keys do not
                            count */
    const char *access_key, *secret_key, *session_token; /* given outright */
    const char *role_arn;     /* assumed on top of what is found; NULL: none */
    const char *region;       /* of STS; may be NULL */
    const char *sts_endpoint; /* NULL: the Region's */
    const char *ca_bundle;
    bool insecure_http;
    struct http_pool *http;
    const struct clock *clock;
};

struct creds_chain;

struct creds_chain *creds_chain_new(const struct creds_options *options);
void creds_chain_free(struct creds_chain *chain);

/*
 * The credentials, fetched at the first call and again 5 minutes before they expire; `ret` is valid
 * until the next call. ERR_CREDENTIALS says what was tried and why each failed.
 */
int creds_chain_get(struct creds_chain *chain, const struct aws_creds **ret, struct err *err);

/* The service called them expired: fetch anew. False when that would change nothing (static keys).
 */
bool creds_chain_expire(struct creds_chain *chain);

const char *creds_chain_source(const struct creds_chain *chain); /* "" before the first call */

#endif
