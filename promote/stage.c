#include <stdio.h>
#include <string.h>

#include "lambda/version.h"
#include "promote/act.h"
#include "promote/config.h"

enum { STAGE_TRIES = 6, UPDATE_TAKES_MS = 2000 };

/* ---- the log ---- */

static void tell(struct act *a, const struct function_view *f, const char *event,
                 const char *operation, const char *before, const char *after, const char *detail)
{
    act_tell(a, (struct journal_line){.event = event,
                                      .operation = operation,
                                      .function = f->function->name,
                                      .before = before,
                                      .after = after,
                                      .detail = detail});
}

/* ---- what the steps share ---- */

/* Until $LATEST can be changed or published; its revision id is of a settled state then. */
static int settle(struct act *a, struct function_view *f, struct err *err)
{
    if (function_readiness(&f->latest) == FUNCTION_READY)
        return 0;
    return function_wait(a->client, f->function->name, NULL, ACT_READY_MS, &f->latest, err);
}

static int reread(struct act *a, struct function_view *f, struct err *err)
{
    return function_wait(a->client, f->function->name, NULL, ACT_READY_MS, &f->latest, err);
}

/* A change that may have been carried out, or that somebody else's came before: look again. */
static bool look_again(struct act *a, enum err_kind kind)
{
    if (kind == ERR_UNKNOWN)
        a->unsure = true;
    return kind == ERR_UNKNOWN || kind == ERR_PRECONDITION || kind == ERR_CONFLICT;
}

/* ---- configuration ---- */

static int read_config(struct act *a, struct function_view *f, json_t **ret_variables,
                       struct err *err)
{
    json_t *variables = NULL;

    if (function_get_environment(a->client, f->function->name, &variables, &f->latest, err) < 0)
        return -1;
    config_compare(f, variables);
    *ret_variables = variables;
    return 0;
}

static int configure_once(struct act *a, struct function_view *f, json_t *variables,
                          struct err *err)
{
    const struct function_config *c = &f->function->config;
    json_t *merged = c->has_environment ? config_merge_environment(c, variables) : NULL;
    const char *layers[MANIFEST_LAYERS_MAX];
    const struct config_update update = {.function = f->function->name,
                                         .revision_id = f->latest.revision_id,
                                         .handler = c->handler,
                                         .runtime = c->runtime,
                                         .role = c->role,
                                         .tracing = c->tracing,
                                         .timeout_s = (int)c->timeout_s,
                                         .memory_mb = (int)c->memory_mb,
                                         .ephemeral_mb = (int)c->ephemeral_mb,
                                         .environment = merged,
                                         .set_layers = f->function->layers_written,
                                         .layers = layers,
                                         .layer_count = f->function->layer_count};
    struct function_info now;
    int result;

    for (size_t i = 0; i < f->function->layer_count; i++)
        layers[i] = f->layers[i]->arn;

    tell(a, f, "intent", "UpdateFunctionConfiguration", f->latest.revision_id, NULL,
         f->config_diff);
    result = function_update_config(a->client, &update, &now, err);
    json_decref(merged);
    if (result < 0) {
        tell(a, f, "failed", "UpdateFunctionConfiguration", f->latest.revision_id, NULL, err->text);
        return -1;
    }
    tell(a, f, "done", "UpdateFunctionConfiguration", f->latest.revision_id, now.revision_id, NULL);
    f->latest = now;
    f->config_same = f->renewed = true;
    return 0;
}

int stage_configure(struct act *a, struct function_view *f, struct err *err)
{
    struct err why = {0};

    for (int try = 0; try < STAGE_TRIES; try++) {
        json_t *variables = NULL;
        int result = 0;

        /* Read anew: the merge must be into what is there now, at this very revision. */
        if (settle(a, f, err) < 0 || read_config(a, f, &variables, err) < 0)
            return -1;
        if (!f->config_same)
            result = function_readiness(&f->latest) == FUNCTION_READY
                         ? configure_once(a, f, variables, &why)
                         : err_set(&why, ERR_CONFLICT, "an update is in progress");
        json_decref(variables);
        if (result == 0)
            return 0;
        if (!look_again(a, why.kind) || reread(a, f, &why) < 0)
            break;
    }
    return err_set(err, why.kind, "%s", why.text);
}

/* ---- code ---- */

static bool has_code(const struct function_view *f)
{
    const struct artifact *a = f->artifact;

    if (!config_has_architecture(f))
        return false;
    if (a->image[0])
        return strcmp(f->latest.resolved_image_uri, a->image) == 0 ||
               strcmp(f->latest.image_uri, a->image) == 0;
    return a->code_sha256[0] && strcmp(f->latest.code_sha256, a->code_sha256) == 0;
}

static int upload_once(struct act *a, struct function_view *f, const struct code_update *what,
                       struct err *err)
{
    struct code_update update = *what;
    struct function_info now;

    update.revision_id = f->latest.revision_id;
    tell(a, f, "intent", "UpdateFunctionCode", f->latest.revision_id, NULL,
         f->artifact->code_sha256);
    if (function_update_code(a->client, &update, &now, err) < 0) {
        tell(a, f, "failed", "UpdateFunctionCode", f->latest.revision_id, NULL, err->text);
        return -1;
    }
    tell(a, f, "done", "UpdateFunctionCode", f->latest.revision_id, now.revision_id,
         now.code_sha256);
    if (f->artifact->code_sha256[0] && strcmp(now.code_sha256, f->artifact->code_sha256) != 0)
        return err_set(err, ERR_REFUSED, "%s: Lambda calls the uploaded code %s, it should be %s",
                       f->function->name, now.code_sha256, f->artifact->code_sha256);
    f->latest = now;
    f->code_same = f->renewed = true;
    f->uploaded_ms = clock_mono(aws_client_clock(a->client));
    return 0;
}

int stage_upload(struct act *a, struct function_view *f, struct err *err)
{
    const struct package *p = f->artifact->package;
    CLEANUP(buf_release) struct buf zip = {0};
    struct code_update update = {.function = f->function->name,
                                 .architecture = f->function->config.architecture};
    struct err why = {0};

    if (p->kind == PACKAGE_ZIP || p->kind == PACKAGE_DIR) {
        if (artifact_read(f->artifact, &zip, err) < 0)
            return -1;
        update.zip = buf_str(&zip);
    } else {
        update.s3_bucket = p->bucket;
        update.s3_key = p->key;
        update.s3_version = p->object_version;
        update.image_uri = p->image;
    }
    for (int try = 0; try < STAGE_TRIES; try++) {
        if (settle(a, f, err) < 0)
            return -1;
        if (try > 0 && has_code(f)) {
            f->code_same = true;
            return 0;
        }
        if (upload_once(a, f, &update, &why) == 0)
            return 0;
        if (!look_again(a, why.kind) || reread(a, f, &why) < 0)
            break;
    }
    return err_set(err, why.kind, "%s", why.text);
}

/* ---- version ---- */

static int wait_active(struct act *a, const struct function_view *f, struct function_info *version,
                       struct err *err)
{
    const int64_t patience = version->snap_start ? ACT_SNAPSTART_MS : ACT_READY_MS;
    struct err why = {0};

    if (function_readiness(version) == FUNCTION_READY && version->state != FUNCTION_STATE_NONE)
        return 0;
    if (function_wait(a->client, f->function->name, version->version, patience, version, &why) == 0)
        return 0;
    if (why.kind == ERR_REFUSED)
        return err_set(err, why.kind,
                       "%s (publishing unchanged code answers this version again: change the code "
                       "or the configuration, or delete the version if nothing points to it)",
                       why.text);
    return err_set(err, why.kind, "%s", why.text);
}

/*
 * An update takes its time, and its end changes the revision id, which only a read would tell. In a
 * large set that time has passed when all the others were uploaded: then the version is published
 * without, held by its CodeSha256, and what Lambda answers it to be made of is compared with what
 * it answered to the upload. That is as good: a version does not change any more, and nothing
 * points to it yet. Too early costs a 409, and the read.
 */
static bool is_settled_by_now(struct act *a, const struct function_view *f)
{
    return f->uploaded_ms && function_readiness(&f->latest) == FUNCTION_WAIT &&
           clock_mono(aws_client_clock(a->client)) - f->uploaded_ms >= UPDATE_TAKES_MS;
}

static int check_made_of(const struct function_view *f, const struct function_info *version,
                         struct err *err)
{
    if (config_is_equal(&f->latest, version) &&
        strcmp(f->latest.code_sha256, version->code_sha256) == 0)
        return 0;
    return err_set(err, ERR_SUPERSEDED,
                   "%s: someone changed $LATEST while it was being staged: version %s has another "
                   "configuration than $LATEST had when the code was uploaded",
                   f->function->name, version->version);
}

static int publish_once(struct act *a, struct function_view *f, bool settled,
                        struct function_info *ret, struct err *err)
{
    char description[LAMBDA_DESCRIPTION_SIZE];
    struct version_publish publish = {.function = f->function->name,
                                      .code_sha256 = f->latest.code_sha256,
                                      .revision_id = settled ? NULL : f->latest.revision_id};

    if (a->release) {
        snprintf(description, sizeof(description), "%.200s", a->release);
        publish.description = description;
    }
    tell(a, f, "intent", "PublishVersion", f->latest.revision_id, NULL, f->latest.code_sha256);
    if (version_publish(a->client, &publish, ret, err) < 0) {
        tell(a, f, "failed", "PublishVersion", f->latest.revision_id, NULL, err->text);
        return -1;
    }
    tell(a, f, "done", "PublishVersion", f->latest.revision_id, ret->revision_id, ret->version);
    return 0;
}

/*
 * What Lambda calls the code of an image: its digest, as AWS documents it. Were it called
 * otherwise, GetFunction tells the image itself, and its revision is what is published then.
 */
static int know_image(struct act *a, struct function_view *f, struct err *err)
{
    struct artifact *artifact = f->artifact;
    const char *digest = strstr(artifact->image, "@sha256:");

    if (!digest || artifact->code_sha256[0])
        return 0;
    if (strcmp(f->latest.code_sha256, digest + strlen("@sha256:")) != 0) {
        if (function_get(a->client, f->function->name, NULL, &f->latest, err) < 0)
            return -1;
        if (!has_code(f))
            return err_set(err, ERR_SUPERSEDED,
                           "%s: someone changed $LATEST while it was being staged (image %s)",
                           f->function->name, f->latest.image_uri);
    }
    snprintf(artifact->code_sha256, sizeof(artifact->code_sha256), "%s", f->latest.code_sha256);
    return 0;
}

/* Is it still what was staged? Only where it moved is the configuration read again. */
static int check_unchanged(struct act *a, struct function_view *f, bool moved, struct err *err)
{
    json_t *variables = NULL;

    if (f->artifact->code_sha256[0] && strcmp(f->latest.code_sha256, f->artifact->code_sha256) != 0)
        return err_set(err, ERR_SUPERSEDED,
                       "%s: someone changed $LATEST while it was being staged (CodeSha256 %s)",
                       f->function->name, f->latest.code_sha256);
    if (!moved || !(f->function->config.written || f->function->layers_written))
        return 0;
    if (read_config(a, f, &variables, err) < 0)
        return -1;
    json_decref(variables);
    if (f->config_same)
        return 0;
    return err_set(err, ERR_SUPERSEDED, "%s: someone changed $LATEST while it was being staged: %s",
                   f->function->name, f->config_diff);
}

/* The version holds the code and the layers wanted: versions do not change any more. */
static bool is_wanted(const struct function_view *f, const struct function_info *version)
{
    return (!f->artifact->code_sha256[0] ||
            strcmp(version->code_sha256, f->artifact->code_sha256) == 0) &&
           (!f->function->layers_written ||
            layers_are_attached(f->layers, f->function->layer_count, version));
}

int stage_publish(struct act *a, struct function_view *f, struct err *err)
{
    struct function_info version;
    struct err why = {0};

    for (int try = 0; try < STAGE_TRIES; try++) {
        const bool settled = try == 0 && is_settled_by_now(a, f);

        if ((!settled && settle(a, f, err) < 0) || know_image(a, f, err) < 0 ||
            check_unchanged(a, f, try > 0, err) < 0)
            return -1;
        if (publish_once(a, f, settled, &version, &why) == 0) {
            if (settled && check_made_of(f, &version, err) < 0)
                return -1;
            if (wait_active(a, f, &version, err) < 0)
                return -1;
            snprintf(f->candidate, sizeof(f->candidate), "%s", version.version);
            f->proven = is_wanted(f, &version);
            return 0;
        }
        if ((!look_again(a, why.kind) && !settled) || reread(a, f, &why) < 0)
            break;
    }
    return err_set(err, why.kind, "%s", why.text);
}
