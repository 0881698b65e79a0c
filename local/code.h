/*
 * Uploaded zips: checked, named by their SHA-256, written once. A zip that nothing refers to any
 * more is removed when the server next starts, so that no upload can lose a race against a removal.
 */
#ifndef LOCAL_CODE_H
#define LOCAL_CODE_H

#include <stdint.h>

#include "base/digest.h"
#include "local/call.h"

enum { CODE_ZIP_MAX = 52428800 }; /* for a direct upload */

/* What came with a request. A zeroed one: nothing. */
struct code {
    char hex[SHA256_HEX_SIZE];    /* of the zip; "" for an image */
    char sha256[SHA256_HEX_SIZE]; /* CodeSha256: of a zip in base64, of an image its digest */
    int64_t size, unzipped;       /* bytes */
    const char *image_uri;        /* in the call's arena, or NULL */
};

/*
 * Before the lock is taken: finds ZipFile in the body (or in its Code or Content), decodes, checks
 * and keeps it in c->code; the text is taken out of the body. What is wrong is answered as AWS does
 * (413, "Could not unzip uploaded file..."); an S3 location is refused as NoSuchBucket: there is no
 * S3 here. Nothing at all is no error: the handler decides.
 */
int code_prepare(struct call *c);

/* The path of a zip. In the call's arena. */
const char *code_path(struct call *c, const char *hex);

/* Removes zips that no version refers to. Once, when the server starts. */
void code_collect(struct local *l);

#endif
