/*
 * An AWS client: who we are, where to send, how fast, how often again. One for each environment of
 * a project; clients of one account and Region share a rate budget through their pool.
 *
 * aws_call() blocks and retries: reads always, changes only when the service certainly did not
 * carry them out (refused connection, 429). A change whose outcome is not known comes back as
 * ERR_UNKNOWN and the caller reads back. aws_transfer is one attempt as a curl easy handle for
 * someone else's multi; it neither retries nor paces, but aws_transfer_again() and
 * aws_client_turn_ms() tell that loop what aws_call() would do. Both sign when they start, with the
 * clock corrected by what the service's Date header told.
 */
#ifndef AWS_CLIENT_H
#define AWS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "aws/env.h"
#include "aws/error.h"
#include "aws/request.h"
#include "aws/retry.h"
#include "base/clock.h"
#include "base/err.h"

/*
 * What clients of one process share: DNS and TLS sessions, one parse of the CA bundle, the rate
 * budgets by account and Region, the credentials of those who ask for them the same way. Must
 * outlive its clients; what their options lend (env, clock, ctx) must outlive the pool.
 */
struct aws_pool;

struct aws_pool *aws_pool_new(void);
void aws_pool_free(struct aws_pool *pool);

struct aws_client_options {
    struct aws_env env;    /* AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, HOME... */
    struct aws_pool *pool; /* borrowed; NULL: one of its own */
    const char
        *profile; /* named explicitly: environment keys do not count then; NULL: AWS_PROFILE */
    const char *region;     /* NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, EC2's */
    const char *endpoint;   /* of Lambda; NULL: AWS_ENDPOINT_URL_LAMBDA..., the Region's own */
    const char *role_arn;   /* assumed from the credentials found; NULL: none */
    const char *access_key; /* both set: the chain is not asked (embedded local Lambda, tests) */
    const char *secret_key;
    const char *session_token;
    const char *ca_bundle; /* file of certificates to trust instead; NULL: AWS_CA_BUNDLE, profile */
    const char *user_agent; /* NULL: "smokegate/VERSION" */
    bool insecure_http;     /* plain http to other hosts than loopback */
    unsigned max_attempts;  /* 0: AWS_MAX_ATTEMPTS, the profile's, else 5 */
    double rate; /* control-plane calls a second; 0: 10 of Lambda's 15, no limit on loopback */
    int64_t timeout_ms;        /* of a whole call, with waiting for its turn and retries; 0: 30 s */
    int64_t connect_ms;        /* 0: 5 s */
    const struct clock *clock; /* NULL: clock_system */
    uint64_t seed;             /* of the jitter; 0: from the kernel */
    /*
     * Asks the user for the code of the MFA device `serial` and writes it NUL-terminated; false:
     * nobody there. The time it takes is of no call. NULL: roles behind MFA are fetched by the AWS
     * CLI, which keeps their sessions.
     */
    bool (*ask_mfa)(void *ctx, const char *serial, char *out, size_t size);
    void *ask_mfa_ctx;
    /*
     * Asked between attempts, while waiting, and during a read; true ends the call with
     * ERR_INTERRUPTED. What became of a change is waited for. NULL: never.
     */
    bool (*cancelled)(void *ctx);
    void *cancelled_ctx;
};

struct aws_client;

/*
 * Resolves Region and endpoint and prepares the credentials chain; strings are copied. Nothing is
 * sent to AWS yet, credentials are fetched by the first call; only where no Region is configured,
 * EC2's metadata is asked for one, for a second at most where there is none. ERR_INPUT: a bad
 * config file or endpoint, no Region.
 */
int aws_client_new(struct aws_client **ret, const struct aws_client_options *options,
                   struct err *err);
void aws_client_free(struct aws_client *client); /* NULL is fine; wipes the credentials */
void aws_client_freep(struct aws_client **client);

const char *aws_client_region(const struct aws_client *client);
const char *
aws_client_endpoint(const struct aws_client *client); /* of Lambda, no slash at the end */
const struct clock *aws_client_clock(const struct aws_client *client);

/* "environment", "profile stage (static keys)": known after the first call, else "". */
const char *aws_client_credentials_source(const struct aws_client *client);

/* The account of those credentials, when their source told it, else "": see sts_caller_identity().
 */
const char *aws_client_account(const struct aws_client *client);

/* Configured alike: the same profile, role and keys. Others may still be of the same account. */
bool aws_client_same_identity(const struct aws_client *a, const struct aws_client *b);

/* ERR_INTERRUPTED when `cancelled` says so. For loops that wait between calls. */
int aws_client_check(const struct aws_client *client, struct err *err);

/*
 * Before work that must not be cut short: ERR_CREDENTIALS unless there are credentials for another
 * `life_ms`, newer ones fetched when needed.
 */
int aws_client_need(struct aws_client *client, int64_t life_ms, struct err *err);

/*
 * Sends and waits. 0: the service answered 2xx, `ret` is filled (release it). -1: `err` says why,
 * in one line with service, operation, resource, status, type, message, request id; its kind is
 * ERR_UNKNOWN for a change that may have been carried out.
 */
int aws_call(struct aws_client *client, const struct aws_request *request, struct aws_reply *ret,
             struct err *err);

/*
 * Sends these side by side, as fast as their quotas' pace allows, and waits for all of them. What
 * came of each, good or bad, is the first attempt of the next aws_call() with the very same
 * request: it then decides, retries and tells as ever. So latencies do not add up where calls are
 * made one after another. For reads, and for changes that are conditional on a revision. Signed
 * requests of this client's service alone; nothing is sent when there are no credentials,
 * aws_call() says why.
 *
 * The time a request waits here for its turn, and its attempt, are taken from the time of that
 * aws_call(). Nothing begins when half of it is over: so this returns within the time of one call,
 * also when the service is not there, and what of a large set has not begun is left to aws_call().
 *
 * What nobody asked for is forgotten by the next of these, or by aws_client_ahead_end(): call it
 * when the calls have been made, so that no later one takes an answer of now for one of then.
 */
void aws_client_ahead(struct aws_client *client, const struct aws_request *requests, size_t count);
void aws_client_ahead_end(struct aws_client *client);

/*
 * While on, every aws_call() of this client may use the part of the rate budget that is kept for
 * urgent work (aws/pace.h): a rollback's writes, and what it must read for them.
 */
void aws_client_urgent(struct aws_client *client, bool on);

/* What the service said to the last aws_call() that failed; status 0 when it said nothing. */
const struct aws_error *aws_client_error(const struct aws_client *client);

/* How an aws_call() went, for logs. Texts are valid during the call that tells it. */
struct aws_called {
    const char *operation, *resource;
    enum aws_effect effect;
    enum err_kind kind;     /* ERR_NONE: it went well */
    int status;             /* HTTP; 0: no answer */
    const char *error_type; /* "PreconditionFailedException"; "" */
    const char *request_id; /* of the last answer; "" */
    unsigned attempts;      /* 0: nothing was sent */
    int64_t duration_ms;    /* with waiting for the pace and earlier attempts */
};

/* `called` is told of every aws_call() of this client from now on. NULL: nobody. */
void aws_client_listen(struct aws_client *client,
                       void (*called)(void *ctx, const struct aws_called *called), void *ctx);

/* Of the last aws_call() that changes something: its answer's request id ("": none), and its time.
 */
const char *aws_client_change_id(const struct aws_client *client);
int64_t aws_client_change_ms(const struct aws_client *client);

/* ---- one attempt, for a curl multi ---- */

struct aws_transfer;

/*
 * Signs now and returns an easy handle that is ready to be added; `request` is copied but for its
 * body, which is borrowed until the transfer is freed. May block to fetch credentials when there
 * are none yet or they are about to expire.
 */
int aws_transfer_new(struct aws_transfer **ret, struct aws_client *client,
                     const struct aws_request *request, struct err *err);

/* Owned by the transfer. CURLOPT_PRIVATE is yours: set it before adding. */
CURL *aws_transfer_easy(struct aws_transfer *t);

/*
 * After the multi reported it done with `result` (and it was removed from the multi). 0: an answer
 * arrived whole, whatever its status; `ret_error` is filled when it is not 2xx (kind:
 * aws_error_kind). -1: ERR_UNREACHABLE nothing was sent, ERR_UNKNOWN sent but no whole answer,
 * ERR_LIMIT answer too long.
 */
int aws_transfer_finish(struct aws_transfer *t, CURLcode result, struct aws_reply *ret,
                        struct aws_error *ret_error, struct err *err);

/*
 * How long until a request of this quota may be sent. 0: now, and it is counted; else milliseconds
 * after which to ask again.
 */
int64_t aws_client_turn_ms(struct aws_client *client, enum aws_quota quota);

/*
 * After finish, for a request that may be repeated: is it, and after how long? By the same table,
 * quota and number of attempts as aws_call(); `left_ms` is the time it may take yet. Keep one `r`
 * for all attempts of a request.
 */
bool aws_transfer_again(const struct aws_transfer *t, struct retry *r, int64_t left_ms,
                        int64_t *ret_wait_ms);

/*
 * After finish: the service did not carry it out because of the date of its signature or because
 * its credentials had expired, and that is corrected now: make a new transfer, once.
 */
bool aws_transfer_sign_again(const struct aws_transfer *t);

void aws_transfer_free(struct aws_transfer *t); /* NULL is fine */

#endif
