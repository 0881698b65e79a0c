/*
 * The three operations of STS that are used: who am I, and being somebody else. Builders and
 * readers are pure. https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 */
#ifndef AWS_STS_H
#define AWS_STS_H

#include "aws/client.h"
#include "aws/creds/creds.h"
#include "aws/request.h"
#include "base/buf.h"
#include "base/err.h"

struct sts_role {
    const char *arn, *session_name;
    const char *external_id, *duration_seconds, *mfa_serial, *mfa_code; /* NULL: left out */
};

void sts_assume_role_request(struct aws_request *r, const struct sts_role *role);

/* Sent unsigned: the token is the proof. */
void sts_web_identity_request(struct aws_request *r, const struct sts_role *role, struct str token);

/* The <Credentials> of either; -1 and a clause in `why` when they are not there. */
int sts_read_credentials(struct aws_creds *ret, struct str xml, struct buf *why);

struct sts_identity {
    char account[32];
    char arn[320];
    char user_id[160];
};

void sts_caller_identity_request(struct aws_request *r);
int sts_read_caller_identity(struct str xml, struct sts_identity *ret, struct err *err);

/* Who the client's credentials are. Needs no permission. */
int sts_caller_identity(struct aws_client *client, struct sts_identity *ret, struct err *err);

#endif
