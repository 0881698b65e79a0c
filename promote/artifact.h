/*
 * What is promoted: the identity of a function's package, found once and asserted on every version
 * published in every environment. Bytes are read when they are uploaded, not kept: a package that
 * changed meanwhile is noticed.
 */
#ifndef PROMOTE_ARTIFACT_H
#define PROMOTE_ARTIFACT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "lambda/function.h"
#include "promote/manifest.h"
#include "promote/mark.h"

enum { ARTIFACT_ZIP_MAX = 52428800 }; /* what Lambda takes in one request */

struct artifact {
    const struct package *package;
    /*
     * As Lambda calls it: base64 of a zip's, hex of an image's digest. "": only Lambda can tell (S3
     * object, image, command), and has not yet.
     */
    char code_sha256[LAMBDA_SHA256_SIZE];
    char image[512];               /* pinned image */
    char identity[MARK_HASH_SIZE]; /* of what identifies the package */
    char hash[MARK_HASH_SIZE];     /* for marks: of that, and of the layers' identities */
};

/* Of one environment, in the order of its functions and layers. {NULL, NULL}: none are needed. */
struct artifacts {
    struct artifact *functions;
    struct artifact *layers; /* those no function uses stay zeroed */
};

/*
 * Identifies the package of a function or layer called `key`. ERR_INPUT: it does not exist, is no
 * package, or needs a release label that nobody gave; names it as the user wrote it.
 */
int artifact_identify(struct artifact *ret, const struct package *package, const char *key,
                      struct err *err);

/*
 * Everything that is staged in an environment (artifacts_release them). What is the same package as
 * in `known` (may be NULL) is not read again. ERR_INPUT as above.
 */
int artifacts_identify(struct artifacts *ret, const struct manifest_environment *environment,
                       const struct artifacts *known, struct err *err);
/*
 * What Lambda has told of the code in S3 becomes its identity: an object's name may stand for
 * another one tomorrow, or in another bucket. `known` (may be NULL) tells what was not asked here.
 */
void artifacts_learn(struct artifacts *a, const struct manifest_environment *environment,
                     const struct artifacts *known);
void artifacts_release(struct artifacts *a); /* a zeroed one is fine */

/* The bytes to upload (zip and folder). ERR_INPUT when they are not what was identified. */
int artifact_read(const struct artifact *a, struct buf *out, struct err *err);

#endif
