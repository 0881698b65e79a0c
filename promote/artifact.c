#include "promote/artifact.h"

#include <string.h>

#include "base/file.h"
#include "promote/zipper.h"

static int read_package(const struct package *p, struct buf *out, struct err *err)
{
    if (p->kind == PACKAGE_DIR)
        return zipper_folder(out, p->path, ARTIFACT_ZIP_MAX, err);
    if (file_read(out, p->path, ARTIFACT_ZIP_MAX, err) < 0)
        return -1;
    if (!str_starts(buf_str(out), STR("PK\003\004")) &&
        !str_starts(buf_str(out), STR("PK\005\006")))
        return err_set(err, ERR_INPUT, "%s is no zip file", p->shown);
    return 0;
}

static void set_hash(struct artifact *a, struct str identity)
{
    char hex[SHA256_HEX_SIZE];

    sha256_hex(hex, identity);
    memcpy(a->hash, hex, MARK_HASH_SIZE - 1);
    a->hash[MARK_HASH_SIZE - 1] = '\0';
}

static int identify_bytes(struct artifact *a, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = {0};

    if (read_package(a->package, &bytes, err) < 0)
        return -1;
    sha256_base64(a->code_sha256, buf_str(&bytes));
    set_hash(a, buf_str(&bytes));
    return 0;
}

static int identify_s3(struct artifact *a, struct err *err)
{
    const struct package *p = a->package;
    CLEANUP(buf_release) struct buf name = {0};

    (void)err;
    buf_printf(&name, "s3://%s/%s?%s", p->bucket, p->key,
               p->object_version ? p->object_version : "");
    set_hash(a, buf_str(&name));
    return 0;
}

static int identify_image(struct artifact *a, struct err *err)
{
    const char *image = a->package->image;

    if (!strstr(image, "@sha256:"))
        return err_set(err, ERR_INPUT,
                       "image %s has no digest: a tag may mean something else tomorrow; write "
                       "REPOSITORY@sha256:...",
                       image);
    if (strlen(image) >= sizeof(a->image))
        return err_set(err, ERR_INPUT, "image %s: too long", image);
    memcpy(a->image, image, strlen(image) + 1);
    set_hash(a, str_c(strstr(image, "@sha256:") + 8));
    return 0;
}

static int identify(struct artifact *a, struct err *err)
{
    switch (a->package->kind) {
    case PACKAGE_ZIP:
    case PACKAGE_DIR:
        return identify_bytes(a, err);
    case PACKAGE_S3:
        return identify_s3(a, err);
    case PACKAGE_IMAGE:
        return identify_image(a, err);
    case PACKAGE_COMMAND:
        return err_set(err, ERR_INPUT, "a \"command\" package cannot be promoted by this version");
    case PACKAGE_NONE:
        break;
    }
    return err_set(err, ERR_INPUT, "it has no \"package\": there is nothing to stage");
}

int artifact_identify(struct artifact *ret, const struct manifest_function *function,
                      struct err *err)
{
    struct artifact a = {.package = &function->package};

    if (function->package.needs_release)
        return err_set(err, ERR_INPUT,
                       "%s: package %s needs a release label: give --release or "
                       "SMOKEGATE_RELEASE",
                       function->key, function->package.shown);
    if (identify(&a, err) < 0)
        return err_ctx(err, "%s: package", function->key);
    *ret = a;
    return 0;
}

int artifact_read(const struct artifact *a, struct buf *out, struct err *err)
{
    char sha[SHA256_BASE64_SIZE];

    if (read_package(a->package, out, err) < 0)
        return -1;
    sha256_base64(sha, buf_str(out));
    if (strcmp(sha, a->code_sha256) != 0)
        return err_set(err, ERR_INPUT, "%s changed while it was being promoted", a->package->shown);
    return 0;
}
