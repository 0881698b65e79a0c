/*
 * Where a service is: partitions, FIPS, dual stack. Pure.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
 */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct aws_partition {
    const char *id;            /* "aws", as ARNs begin: arn:aws: */
    const char *region_prefix; /* "cn-" */
    const char *dns_suffix;
    const char *dual_stack_suffix;
};

/* Of a Region; "aws" for those nobody knows yet, as the SDKs do. */
const struct aws_partition *aws_partition_of(const char *region);

struct aws_endpoint_params {
    const char *service; /* host prefix: "lambda", "sts" */
    const char *region;
    const char *custom; /* a URL to use instead; NULL: none */
    bool fips, dual_stack;
};

/* Whether a URL's host is this machine; false for what is no URL. */
bool aws_endpoint_is_loopback(const char *url);

/*
 * The URL without a slash at the end, its scheme in small letters. ERR_INPUT: no Region, a Region
 * that is no host label, a custom URL together with FIPS or dual stack, or a custom URL that is not
 * http(s)://host[:port][/path].
 */
int aws_endpoint(struct buf *out, const struct aws_endpoint_params *params, struct err *err);

#endif
