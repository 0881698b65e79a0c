/*
 * Private to aws/creds/: one source of the chain. Each says whether it has credentials, whether it
 * was set up at all, and why not, for the message that lists what was tried.
 */
#ifndef AWS_CREDS_SOURCE_H
#define AWS_CREDS_SOURCE_H

#include "aws/creds/chain.h"
#include "base/buf.h"

enum creds_found {
    CREDS_FOUND,
    CREDS_ABSENT,  /* not set up: the next source is asked; the reason is in `why` */
    CREDS_FAILED,  /* set up and did not work: the chain ends, `why` says how */
    CREDS_REFUSED, /* the same: a service does not take the credentials it was asked with */
};

/* `why` gets one clause without a full stop, e.g. "environment: AWS_ACCESS_KEY_ID is not set". */
typedef enum creds_found creds_source(const struct creds_options *o, struct aws_creds *ret,
                                      struct buf *why);

creds_source creds_from_environment;
creds_source creds_from_profile;
creds_source creds_from_web_identity; /* of the environment */
creds_source creds_from_container;    /* ECS, EKS Pod Identity */
creds_source creds_from_instance;     /* EC2, IMDSv2 */

/* ---- what a profile may ask for ---- */

/* A trimmed value, NULL when it is unset or blank: the SDKs treat both alike. */
const char *creds_env(const struct creds_options *o, const char *name, struct buf *scratch);

enum creds_found creds_static(const struct profile_section *s, struct aws_creds *ret,
                              struct buf *why);
enum creds_found creds_sso(const struct creds_options *o, const struct profile_section *s,
                           struct aws_creds *ret, struct buf *why);
enum creds_found creds_process(const struct creds_options *o, const struct profile_section *s,
                               struct aws_creds *ret, struct buf *why);

/* `aws configure export-credentials` of the AWS CLI v2, for what only it can do. */
enum creds_found creds_aws_cli(const struct creds_options *o, const char *profile,
                               struct aws_creds *ret, struct buf *why);

/* ---- STS ---- */

struct creds_role {
    const char *arn;
    const char *session_name;                                /* NULL: "smokegate-" and the time */
    const char *external_id, *duration_seconds, *mfa_serial; /* NULL: none */
};

/* `by` may be the same as `ret`. CREDS_REFUSED: STS does not take `by`. */
enum creds_found creds_assume_role(const struct creds_options *o, const struct creds_role *role,
                                   const struct aws_creds *by, struct aws_creds *ret,
                                   struct buf *why);
enum creds_found creds_web_identity(const struct creds_options *o, const struct creds_role *role,
                                    const char *token_file, const char *who, struct aws_creds *ret,
                                    struct buf *why);

/* ---- where to ask: pure ---- */

/* 0, or -1 and a clause. The container's URL, "" when none is set up. */
int creds_container_url(const struct creds_options *o, struct buf *url, struct buf *why);
int creds_instance_endpoint(const struct creds_options *o, struct buf *url, struct buf *why);

/* The valid access token of a profile's or session's SSO login, refreshed when it can be. */
int creds_sso_token(const struct creds_options *o, const char *session, const char *start_url,
                    const char *region, const char *profile, struct buf *token,
                    int64_t *ret_expires_ms, struct buf *why);

#endif
