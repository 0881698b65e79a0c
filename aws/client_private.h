/* Private to aws/: what client.c and transfer.c share. */
#ifndef AWS_CLIENT_PRIVATE_H
#define AWS_CLIENT_PRIVATE_H

#include "aws/client.h"
#include "aws/creds/chain.h"
#include "aws/http.h"
#include "aws/pace.h"
#include "aws/profile.h"
#include "aws/retry.h"
#include "aws/settings.h"
#include "base/rand.h"

struct pace_group {
    char *key; /* who and where */
    struct pace pace[AWS_QUOTA_COUNT];
    struct pace_group *next;
};

struct aws_pool {
    struct http_pool *http;
    struct pace_group *groups;
    struct aws_provider *providers;
};

/*
 * Who asks so, before any role_arn of a client: shared by the pool's clients, owned by the pool.
 * `profiles` is taken, or left when somebody asked so before.
 */
struct creds_chain *aws_provider_of(struct aws_pool *pool, const struct creds_options *o,
                                    struct aws_profiles *profiles);
void aws_providers_free(struct aws_pool *pool);

/* What came of a request that was sent ahead: its first attempt, whatever that was. */
struct kept {
    struct kept *next;
    struct buf key;                /* the request itself */
    struct aws_transfer *transfer; /* finished */
    int result;                    /* of aws_transfer_finish() */
    struct aws_reply reply;
    struct aws_error error;
    struct err err;
    int64_t spent_ms; /* of the call's time: waiting for its turn, and the attempt */
};

void kept_free(struct kept *k); /* NULL is fine */
/* How long a call of this request may take, whatever it waits for. */
int64_t aws_client_timeout_ms(const struct aws_client *client, const struct aws_request *request);
/* Tells the debug log of a wait that was ours. */
void log_waited(const struct aws_request *request, int64_t ms);

/* The one of this request, owned by the caller from now on; NULL: it was not sent ahead. */
struct kept *kept_take(struct aws_client *client, const struct aws_request *request);

struct aws_client {
    struct aws_pool *pool, *own_pool; /* own_pool: NULL when it was given */
    struct aws_settings settings;
    struct creds_chain *creds;    /* own_role, or one of the pool's */
    struct creds_chain *own_role; /* role_arn assumed by one of the pool's; NULL: no role */
    char *role_arn, *access_key, *secret_key, *session_token, *user_agent;
    char *identity;          /* whose budget it is while the account is not known */
    double rate;             /* calls a second */
    struct pace_group *pace; /* NULL before the first call */
    struct retry_quota quota;
    struct rng rng;
    const struct clock *clock;
    int64_t clock_offset_ms; /* the service's clock minus ours */
    int64_t timeout_ms, connect_ms;
    bool insecure_http;
    bool urgent;       /* aws_client_urgent() */
    struct kept *kept; /* aws_client_ahead() */
    CURLM *multi;      /* of those; NULL: none was sent yet. Keeps their connections */
    bool (*cancelled)(void *ctx);
    void *cancelled_ctx;
    struct aws_error error;
    char change_id[96]; /* aws_client_change_id() */
    int64_t change_ms;
    void (*called)(void *ctx, const struct aws_called *called);
    void *called_ctx;
};

#endif
