#include "promote/artifact.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "promote/zipper.h"

static int read_bytes(const struct package *p, struct buf *out, struct err *err)
{
    return p->kind == PACKAGE_DIR ? zipper_folder(out, p->path, ARTIFACT_ZIP_MAX, err)
                                  : file_read(out, p->path, ARTIFACT_ZIP_MAX, err);
}

static int read_package(const struct package *p, struct buf *out, struct err *err)
{
    struct err why = {0};

    if (read_bytes(p, out, &why) < 0 && why.kind == ERR_LIMIT)
        return err_set(err, ERR_INPUT,
                       "%s: Lambda takes no more than 50 MiB in a request: put it into S3, and "
                       "name it by \"s3\"",
                       why.text);
    if (why.kind != ERR_NONE)
        return err_set(err, why.kind, "%s", why.text);
    if (p->kind == PACKAGE_ZIP && !str_starts(buf_str(out), STR("PK\003\004")) &&
        !str_starts(buf_str(out), STR("PK\005\006")))
        return err_set(err, ERR_INPUT, "%s is no zip file", p->shown);
    return 0;
}

static void short_hash(char out[MARK_HASH_SIZE], struct str of)
{
    char hex[SHA256_HEX_SIZE];

    sha256_hex(hex, of);
    memcpy(out, hex, MARK_HASH_SIZE - 1);
    out[MARK_HASH_SIZE - 1] = '\0';
}

static int identify_bytes(struct artifact *a, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = {0};

    if (read_package(a->package, &bytes, err) < 0)
        return -1;
    sha256_base64(a->code_sha256, buf_str(&bytes));
    short_hash(a->identity, buf_str(&bytes));
    return 0;
}

/* Until Lambda told what it is: see artifacts_learn(). For layers it stays. */
static int identify_s3(struct artifact *a)
{
    const struct package *p = a->package;
    CLEANUP(buf_release) struct buf name = {0};

    buf_printf(&name, "s3 %s?%s", p->key, p->object_version ? p->object_version : "");
    short_hash(a->identity, buf_str(&name));
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
    short_hash(a->identity, str_c(strstr(image, "@sha256:") + 8));
    return 0;
}

/* What it will deploy is known to it alone; its code's hash is learnt in the first environment. */
static int identify_command(struct artifact *a)
{
    CLEANUP(buf_release) struct buf name = {0};

    buf_printf(&name, "command %s", a->package->release);
    short_hash(a->identity, buf_str(&name));
    return 0;
}

static int identify(struct artifact *a, struct err *err)
{
    switch (a->package->kind) {
    case PACKAGE_ZIP:
    case PACKAGE_DIR:
        return identify_bytes(a, err);
    case PACKAGE_S3:
        return identify_s3(a);
    case PACKAGE_IMAGE:
        return identify_image(a, err);
    case PACKAGE_COMMAND:
        return identify_command(a);
    case PACKAGE_NONE:
        break;
    }
    return err_set(err, ERR_INPUT, "it has no \"package\": there is nothing to stage");
}

int artifact_identify(struct artifact *ret, const struct package *package, const char *key,
                      struct err *err)
{
    struct artifact a = {.package = package};

    if (package->needs_release)
        return err_set(err, ERR_INPUT,
                       "%s: package %s needs a release label: give --release or "
                       "SMOKEGATE_RELEASE",
                       key, package->shown);
    if (identify(&a, err) < 0)
        return err_ctx(err, "%s: package", key);
    memcpy(a.hash, a.identity, sizeof(a.hash));
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

/* ---- of an environment ---- */

static int identify_known(struct artifact *ret, const struct package *package, const char *key,
                          const struct artifact *known, struct err *err)
{
    if (!known || !known->package || !package->path || !known->package->path ||
        strcmp(package->path, known->package->path) != 0)
        return artifact_identify(ret, package, key, err);
    *ret = *known;
    ret->package = package;
    memcpy(ret->hash, ret->identity, sizeof(ret->hash));
    return 0;
}

static int identify_layers(struct artifact *layers, const struct manifest_environment *e,
                           const struct manifest_function *f, const struct artifacts *known,
                           struct err *err)
{
    for (size_t i = 0; i < f->layer_count; i++) {
        const size_t at = (size_t)(manifest_layer(e, f->layers[i]) - e->layers);

        if (!layers[at].package && identify_known(&layers[at], &e->layers[at].package, f->layers[i],
                                                  known ? &known->layers[at] : NULL, err) < 0)
            return err_ctx(err, "layer");
    }
    return 0;
}

/* A release is its code together with the layers under it, in their order. */
static void add_layers(struct artifact *a, const struct manifest_environment *e,
                       const struct manifest_function *f, const struct artifact *layers)
{
    CLEANUP(buf_release) struct buf all = {0};

    if (f->layer_count == 0)
        return;
    buf_add_c(&all, a->identity);
    for (size_t i = 0; i < f->layer_count; i++)
        buf_printf(&all, " %s", layers[manifest_layer(e, f->layers[i]) - e->layers].identity);
    short_hash(a->hash, buf_str(&all));
}

int artifacts_identify(struct artifacts *ret, const struct manifest_environment *environment,
                       const struct artifacts *known, struct err *err)
{
    const struct manifest_environment *e = environment;
    struct artifacts all = {mem_array(e->function_count + 1, sizeof(*all.functions)),
                            mem_array(e->layer_count + 1, sizeof(*all.layers))};

    for (size_t i = 0; i < e->function_count; i++) {
        const struct manifest_function *f = &e->functions[i];

        if (identify_known(&all.functions[i], &f->package, f->key,
                           known ? &known->functions[i] : NULL, err) < 0 ||
            identify_layers(all.layers, e, f, known, err) < 0) {
            artifacts_release(&all);
            return -1;
        }
        add_layers(&all.functions[i], e, f, all.layers);
    }
    *ret = all;
    return 0;
}

void artifacts_learn(struct artifacts *a, const struct manifest_environment *environment,
                     const struct artifacts *known)
{
    for (size_t i = 0; i < environment->function_count; i++) {
        struct artifact *f = &a->functions[i];

        if (f->package->kind != PACKAGE_S3)
            continue;
        if (!f->code_sha256[0] && known)
            memcpy(f->code_sha256, known->functions[i].code_sha256, sizeof(f->code_sha256));
        if (!f->code_sha256[0])
            continue;
        short_hash(f->identity, str_c(f->code_sha256));
        memcpy(f->hash, f->identity, sizeof(f->hash));
        add_layers(f, environment, &environment->functions[i], a->layers);
    }
}

void artifacts_release(struct artifacts *a)
{
    free(a->functions);
    free(a->layers);
    *a = (struct artifacts){0};
}
