/*
 * Region, endpoint and the like, from options, environment and profile, in that order. Pure but for
 * the look-ups it is given. Blanks and newlines around a value are dropped; a value of nothing else
 * counts as not set.
 */
#ifndef AWS_SETTINGS_H
#define AWS_SETTINGS_H

#include <stdbool.h>

#include "aws/client.h"
#include "aws/env.h"
#include "aws/profile.h"
#include "base/err.h"

/* The services a client talks to. */
enum aws_service { AWS_LAMBDA, AWS_STS, AWS_CLOUDWATCH, AWS_SERVICE_COUNT };

struct aws_settings {
    char *profile;      /* "default" when nobody named one */
    bool profile_named; /* by an option: the environment's keys do not count */
    char *region;
    char *endpoints[AWS_SERVICE_COUNT]; /* no slash at the end */
    bool fips, dual_stack;              /* of endpoints that are not configured */
    char *ca_bundle;                    /* NULL: the system's */
    unsigned max_attempts;
};

void aws_settings_release(struct aws_settings *s); /* a zeroed one is fine */

/* By the name it signs with: "lambda", "sts", "monitoring". */
enum aws_service aws_service_of(const char *signing_name);

/* Which profile counts: the option, AWS_PROFILE, AWS_DEFAULT_PROFILE, "default". Not trimmed. */
const char *aws_settings_profile(const struct aws_client_options *o);

/* The Region that is configured; NULL: none is. Not trimmed. */
const char *aws_settings_region(const struct aws_client_options *o,
                                const struct aws_profiles *profiles);

/* A service's configured URL (SERVICE as in AWS_ENDPOINT_URL_SERVICE), NULL when there is none. */
char *aws_settings_endpoint_url(const struct aws_env *env, const struct aws_profiles *profiles,
                                const char *profile, const char *service);

/* ERR_INPUT: no Region, a bad endpoint, a max_attempts that is no number. */
int aws_settings_resolve(struct aws_settings *ret, const struct aws_client_options *o,
                         const struct aws_profiles *profiles, struct err *err);

#endif
