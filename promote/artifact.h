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
#include "promote/manifest.h"
#include "promote/mark.h"

enum { ARTIFACT_ZIP_MAX = 52428800 }; /* what Lambda takes in one request */

struct artifact {
    const struct package *package;
    char code_sha256[SHA256_BASE64_SIZE]; /* as Lambda will call it; "": only Lambda can tell */
    char image[512];                      /* pinned image */
    char hash[MARK_HASH_SIZE];            /* for marks: of what identifies the package */
};

/*
 * Identifies a package. ERR_INPUT: it does not exist, is no package, or needs a release label that
 * nobody gave; names it as the user wrote it.
 */
int artifact_identify(struct artifact *ret, const struct manifest_function *function,
                      struct err *err);

/* The bytes to upload (zip and folder). ERR_INPUT when they are not what was identified. */
int artifact_read(const struct artifact *a, struct buf *out, struct err *err);

#endif
