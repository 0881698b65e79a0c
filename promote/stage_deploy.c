#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "promote/act.h"
#include "promote/observe.h"

static void tell(struct act *a, const struct function_view *f, const char *event,
                 const char *detail, int64_t started_ms)
{
    const int64_t now_ms = clock_mono(aws_client_clock(a->client));

    journal_write(a->journal, &(struct journal_line){
                                  .event = event,
                                  .operation = "command",
                                  .environment = a->environment->name,
                                  .function = f->function->name,
                                  .detail = detail,
                                  .duration_ms = started_ms < 0 ? -1 : now_ms - started_ms,
                              });
}

static bool is_of(const struct function_view *f, const struct function_view *first)
{
    return !f->deployed && package_same_command(f->artifact->package, first->artifact->package);
}

static int run(struct act *a, const struct function_view *f, bool alone, struct buf *out,
               struct err *err)
{
    const int64_t started = clock_mono(aws_client_clock(a->client));
    const struct deploy_request request = {.environment = a->environment,
                                           .package = f->artifact->package,
                                           .function = alone ? f->function : NULL,
                                           .promotion = a->promotion};

    if (!a->deployer->run)
        return err_set(err, ERR_REFUSED, "%s: its deploy command cannot be run here",
                       f->function->key);
    tell(a, f, "intent", request.package->shown, -1);
    if (a->deployer->run(a->deployer->ctx, &request, out, err) < 0) {
        tell(a, f, "failed", err->text, started);
        return err_ctx(err, "%s", f->function->key);
    }
    tell(a, f, "done", request.package->shown, started);
    return 0;
}

/* A version that the command published itself: as it is, nothing of ours can be added to it. */
static int take_version(struct act *a, struct function_view *f, const char *version,
                        struct err *err)
{
    const struct manifest_function *m = f->function;

    if (m->config.written || m->layers_written)
        return err_set(err, ERR_INPUT,
                       "%s: its command told version %s, which \"%s\" of the project file cannot "
                       "change any more: let the command tell no version, or see to them there",
                       m->key, version, m->config.written ? "config" : "layers");
    if (function_wait(a->client, m->name, version, ACT_SNAPSTART_MS, &f->latest, err) < 0)
        return err_ctx(err, "%s: version %s of its command", m->key, version);
    f->code_same = f->config_same = true;
    snprintf(f->candidate, sizeof(f->candidate), "%s", f->latest.version);
    return 0;
}

/* What was deployed here must be what was deployed, and tested, below. */
static int prove(struct function_view *f, struct err *err)
{
    struct artifact *artifact = f->artifact;

    if (!artifact->code_sha256[0])
        snprintf(artifact->code_sha256, sizeof(artifact->code_sha256), "%.*s",
                 (int)sizeof(artifact->code_sha256) - 1, f->latest.code_sha256);
    if (strcmp(artifact->code_sha256, f->latest.code_sha256) == 0)
        return 0;
    return err_set(err, ERR_REFUSED,
                   "%s: the command deployed code with CodeSha256 %s here, and %s in the "
                   "environment below: what was tested there would not be what is promoted here",
                   f->function->key, f->latest.code_sha256, artifact->code_sha256);
}

static int look(struct act *a, struct function_view *f, const struct buf *out, bool alone,
                struct err *err)
{
    char version[LAMBDA_VERSION_SIZE];

    if (deploy_read_version(buf_str(out), f->function->key, alone, version, err) < 0)
        return err_ctx(err, "%s", f->function->key);
    if (version[0]) {
        if (take_version(a, f, version, err) < 0)
            return -1;
    } else if (function_wait(a->client, f->function->name, NULL, ACT_READY_MS, &f->latest, err) <
                   0 ||
               observe_config(f, a->client, err) < 0) {
        return -1;
    }
    f->deployed = true;
    return prove(f, err);
}

/* Nobody can renew a claim while the command runs: it is taken for long enough before. */
static bool takes_longer_than_lease(const struct act *a, const struct function_view *f)
{
    return f->artifact->package->timeout_ms > a->lease_ms - a->lease_ms / 5;
}

int stage_deploy(struct act *a, struct environment_view *v, struct function_view *f,
                 struct err *err)
{
    CLEANUP(mem_freep) const char **keys = mem_array(v->count + 1, sizeof(*keys));
    CLEANUP(buf_release) struct buf out = {0};
    size_t count = 0;
    bool alone;

    for (size_t i = 0; i < v->count; i++)
        if (is_of(&v->functions[i], f))
            keys[count++] = v->functions[i].function->key;
    alone = count == 1;
    if (takes_longer_than_lease(a, f) && act_renew(a, v, f->artifact->package->timeout_ms, err) < 0)
        return -1;
    if (run(a, f, alone, &out, err) < 0)
        return -1;
    if (deploy_check_versions(buf_str(&out), keys, count, err) < 0)
        return err_ctx(err, "%s", f->function->key);
    for (size_t i = 0; i < v->count; i++)
        if (is_of(&v->functions[i], f) && look(a, &v->functions[i], &out, alone, err) < 0)
            return -1;
    return 0;
}
