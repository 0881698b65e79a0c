/*
 * Credentials as a value. Secret parts are registered with secret_add(), wiped after use and never
 * become text.
 */
#ifndef AWS_CREDS_CREDS_H
#define AWS_CREDS_CREDS_H

#include <stdint.h>

#include "aws/sigv4.h"
#include "base/str.h"

struct aws_creds {
    char *access_key, *secret_key;
    char *session_token;       /* NULL: none */
    int64_t expires_ms;        /* wall time; 0: never */
    struct sigv4_cache *cache; /* of the secret key; owned; NULL: none */
    char account[32];          /* "123456789012"; "" when nobody told */
    char source[160];          /* "environment", "profile stage (static keys)" */
};

void aws_creds_release(struct aws_creds *c); /* wipes; a zeroed one is fine */

/* Copies the keys and registers the secret ones; forgets account and source. token may be empty. */
void aws_creds_set(struct aws_creds *c, struct str access_key, struct str secret_key,
                   struct str token, int64_t expires_ms);

/* The account of "arn:aws:iam::123456789012:role/x" or of a bare number; else it stays as it was.
 */
void aws_creds_set_account(struct aws_creds *c, struct str account_or_arn);

#endif
