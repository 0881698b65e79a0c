/*
 * AWS Signature Version 4 as a pure function: what to sign in, canonical request, string to sign
 * and signature out. The client signs with it and the embedded Lambda verifies with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * libcurl's own signer is not used: every release in the field canonicalises something wrongly.
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"

enum { SIGV4_DATE_SIZE = 17 }; /* "20150830T123600Z" */

struct sigv4_header {
    struct str name; /* any case */
    struct str value;
};

struct sigv4_request {
    struct str method;
    struct str target; /* as it stands in the request line: path, maybe '?' and query */
    const struct sigv4_header *headers; /* in their order; host and x-amz-date among them */
    size_t header_count;
    struct str
        signed_headers; /* "host;x-amz-date": only these count; {NULL, 0}: all of `headers` */
    struct str payload_sha256; /* lower-case hex of the body, or UNSIGNED-PAYLOAD */
    bool keep_path;            /* do not resolve "." and ".." and "//" (S3 and tests) */
};

/*
 * What a secret key signs with on one day, in one Region, for one service: derived by four HMACs,
 * half the cost of a signature, and the same for every request there. {0}: none yet. Belongs to one
 * secret key and is as secret as it is: wipe it with it.
 */
struct sigv4_cache {
    unsigned char key[SHA256_SIZE];
    char scope[128]; /* it is for; "": none */
};

struct sigv4_key {
    struct str access_key, secret_key;
    struct str region, service;
    struct str date;           /* 16 bytes "20150830T123600Z"; the scope's day is its first 8 */
    struct sigv4_cache *cache; /* of this secret key, used and filled; NULL: none */
};

/* Release it; a zeroed one is fine. Holds no secret. */
struct sigv4_result {
    struct buf canonical_request;
    struct buf signed_headers; /* "host;x-amz-date" */
    struct buf scope;          /* "20150830/us-east-1/lambda/aws4_request" */
    struct buf string_to_sign;
    char signature[SHA256_HEX_SIZE]; /* lower-case hex */
};

/*
 * Fills `ret` (zeroed or released before). Returns -1 when a header that `signed_headers` names is
 * not among `headers`, or when the date has not 16 bytes: then no signature can match.
 */
int sigv4_sign(struct sigv4_result *ret, const struct sigv4_request *request,
               const struct sigv4_key *key);
void sigv4_result_release(struct sigv4_result *r);

/* Appends the value of the Authorization header. */
void sigv4_authorization(struct buf *out, const struct sigv4_result *r, struct str access_key);

/* An Authorization header taken apart; everything points into it. */
struct sigv4_parts {
    struct str access_key, day, region,
        service; /* of Credential=KEY/DAY/REGION/SERVICE/aws4_request */
    struct str signed_headers, signature;
};

/* False when it is not "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...". */
bool sigv4_parse(struct str authorization, struct sigv4_parts *ret);

/* Compares two hex signatures in a time that does not depend on where they differ. */
bool sigv4_equal(struct str a, struct str b);

#endif
