/*
 * What a profile asks for, before anything is done about it: where the first credentials come from
 * and which roles are assumed with them, one after the other. Pure.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
#ifndef AWS_CREDS_PLAN_H
#define AWS_CREDS_PLAN_H

#include "aws/creds/source.h"

enum creds_base {
    CREDS_BASE_KEYS,
    CREDS_BASE_SOURCE, /* credential_source */
    CREDS_BASE_WEB_IDENTITY,
    CREDS_BASE_SSO,
    CREDS_BASE_LOGIN, /* `aws login`: the AWS CLI knows how */
    CREDS_BASE_PROCESS,
};

enum { CREDS_ROLES_MAX = 16 };

/* Borrows the profiles. */
struct creds_plan {
    enum creds_base base;
    const struct profile_section *profile;                /* of the base */
    const struct profile_section *roles[CREDS_ROLES_MAX]; /* in the order they are assumed */
    size_t role_count;
};

/*
 * CREDS_ABSENT: no such profile, or one that says nothing of credentials, and nobody asked for it
 * by name. CREDS_FAILED: it contradicts itself, `why` says how.
 */
enum creds_found creds_plan_make(struct creds_plan *ret, const struct aws_profiles *profiles,
                                 const char *profile, bool named, struct buf *why);

#endif
