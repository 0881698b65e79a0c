/*
 * Who signed a request: Signature Version 4 verified over the request as it came in, with AWS's
 * messages for what is wrong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
 */
#ifndef LOCAL_AUTH_H
#define LOCAL_AUTH_H

#include "local/call.h"

enum { AUTH_SKEW_MS = 5 * 60 * 1000 }; /* either way */

/*
 * Sets c->caller_arn and returns 0, or answers 403 and returns -1. `service` is what the signature
 * must be scoped to: "lambda" or "sts". Without authentication everybody is the account's user.
 */
int auth_check(struct call *c, const char *service);

/* Temporary credentials that AssumeRole gives out. Within a transaction. */
void auth_add_session(struct call *c, const char *access_key, const char *secret_key,
                      const char *token, const char *arn, int64_t expires_ms);

#endif
