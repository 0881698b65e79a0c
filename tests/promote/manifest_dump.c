#include "tests/promote/manifest_dump.h"

static void text(struct buf *out, const char *name, const char *value)
{
    if (value)
        buf_printf(out, " %s=%s", name, value);
}

static void package(struct buf *out, const struct package *p)
{
    static const char *const kinds[] = {"none", "zip", "dir", "s3", "image", "command"};

    buf_printf(out, "    package %s", kinds[p->kind]);
    text(out, "path", p->path);
    text(out, "shown", p->shown);
    text(out, "bucket", p->bucket);
    text(out, "key", p->key);
    text(out, "version", p->object_version);
    text(out, "image", p->image);
    for (size_t i = 0; p->argv && p->argv[i]; i++)
        buf_printf(out, " [%s]", p->argv[i]);
    buf_add_c(out, p->needs_release ? " needs a release\n" : "\n");
}

static void config(struct buf *out, const struct function_config *c)
{
    if (!c->written)
        return;
    buf_add_c(out, "    config");
    text(out, "runtime", c->runtime);
    text(out, "handler", c->handler);
    text(out, "role", c->role);
    text(out, "tracing", c->tracing);
    text(out, "architecture", c->architecture);
    if (c->memory_mb)
        buf_printf(out, " memory=%u", c->memory_mb);
    if (c->ephemeral_mb)
        buf_printf(out, " storage=%u", c->ephemeral_mb);
    if (c->timeout_s)
        buf_printf(out, " timeout=%u", c->timeout_s);
    buf_add_c(out, c->has_environment ? " environment:" : "");
    for (size_t i = 0; i < c->environment_count; i++)
        text(out, c->environment[i].name, c->environment[i].value);
    buf_putc(out, '\n');
}

static void environment(struct buf *out, const struct manifest_environment *e)
{
    buf_printf(out, "environment %s", e->name);
    buf_add_c(out, e->local ? " local" : "");
    buf_add_c(out, e->approval ? " approval" : "");
    text(out, "region", e->region);
    text(out, "profile", e->profile);
    text(out, "role_arn", e->role_arn);
    text(out, "endpoint", e->endpoint);
    for (size_t i = 0; i < e->step_count; i++)
        buf_printf(out, " %g for %lld ms", e->steps[i].weight, (long long)e->steps[i].hold_ms);
    buf_putc(out, '\n');
    for (size_t i = 0; i < e->function_count; i++) {
        const struct manifest_function *f = &e->functions[i];

        buf_printf(out, "  %s is %s", f->key, f->name);
        buf_add_c(out, f->layers_written ? ", layers:" : "");
        for (size_t k = 0; k < f->layer_count; k++)
            buf_printf(out, " %s", f->layers[k]);
        buf_putc(out, '\n');
        package(out, &f->package);
        config(out, &f->config);
    }
    for (size_t i = 0; i < e->layer_count; i++) {
        const struct manifest_layer *l = &e->layers[i];

        buf_printf(out, "  layer %s is %s", l->key, l->name);
        for (size_t k = 0; k < l->runtime_count; k++)
            buf_printf(out, " %s", l->runtimes[k]);
        buf_putc(out, '\n');
        package(out, &l->package);
    }
}

static void policy(struct buf *out, const struct manifest_policy *p)
{
    static const char *const rollbacks[] = {"all", "current"};
    static const char *const inconclusives[] = {"hold", "restore"};
    static const char *const audits[] = {"warn", "off", "fail"};

    buf_printf(out,
               "policy rollback=%s inconclusive=%s audit=%s verify_live=%d rate=%g lease=%lld\n",
               rollbacks[p->rollback], inconclusives[p->inconclusive], audits[p->audit],
               p->verify_live, p->rate, (long long)p->lease_ms);
}

void manifest_dump(struct buf *out, const struct manifest *m)
{
    for (size_t i = 0; i < m->environment_count; i++)
        environment(out, &m->environments[i]);
    buf_printf(out, "aliases %s %s %s\n", m->aliases.smoke, m->aliases.live, m->aliases.backup);
    buf_add_c(out, "testcases");
    for (size_t i = 0; i < m->testcase_count; i++)
        buf_printf(out, " %s", m->testcases[i]);
    buf_putc(out, '\n');
    for (size_t i = 0; i < m->schema_count; i++)
        buf_printf(out, "schema %s %s\n", m->schemas[i].uri, m->schemas[i].path);
    policy(out, &m->policy);
}
